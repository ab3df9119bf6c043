"""The checks of plug-ins: those that are installed here, and how the operator that runs gets on with its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autonomic.adapters.plugins.plugging import OWN
from autonomic.cli.doctor.surroundings import Surroundings
from autonomic.cli.doctor.verdicts import Check, Outcome
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.errors import AutonomicError
from autonomic.domain.meta import condition
from autonomic.domain.words import Truth
from autonomic.ports.plugins import PluginStanding
from autonomic.settings import Settings

_ASK = "let the account read services/proxy there, or run this in the operator's pod; docs/plugins.md"
_BRING = "bring its package to the operator, by plugins.image of the chart or in the operator's image: docs/plugins.md"
_CORRECT = "correct or uninstall its package, and start the operator again: plug-ins are loaded once"
_MEND = "correct its package; GET /autonomic/health and the operator's log say what it failed at, and it is tried again"
_FAULTS = ("PluginFailing", "UnknownType")
_Of = tuple[str, str, str]


@dataclass(frozen=True)
class Seen:
    """What is installed here, what the operator has (or why that is not known), and what its ControlLoops say by type."""

    here: Mapping[_Of, PluginStanding]
    running: Mapping[_Of, PluginStanding] | None
    silent: str
    faults: Mapping[str, str]


async def examine_plugins(surroundings: Surroundings, settings: Settings) -> list[Check]:
    """How many there are, then one check for each plug-in, then the ControlLoops whose loop is nowhere."""
    here = _by_plugin(await surroundings.plugins(settings))
    try:
        running, silent = _by_plugin(await surroundings.running(settings)), ""
    except AutonomicError as error:
        running, silent = None, str(error)
    seen = Seen(here, running, silent, await _faults(surroundings, settings))
    plugins = sorted({**here, **(running or {})})
    loops = {name for kind, name, _ in plugins if kind == "Loop"}
    lost = [_lost(type_, why) for type_, why in sorted(seen.faults.items()) if type_ not in loops]
    return [_summary(seen), *(_check(seen, each) for each in plugins), *lost]


async def _faults(surroundings: Surroundings, settings: Settings) -> dict[str, str]:
    """Where the cluster gives no answer, another check says so."""
    try:
        async with surroundings.cluster(settings) as cluster:
            return {each.spec.type: why for each in await cluster.loops() if (why := _fault(each))}
    except AutonomicError:
        return {}


def _fault(loop: ControlLoopResource) -> str:
    ready = condition(loop.status.conditions, "Ready")
    if loop.spec.type in OWN or not ready or ready.status is Truth.TRUE or ready.reason not in _FAULTS:
        return ""
    return f"ControlLoop {loop.metadata.name}: {ready.message}"


def _summary(seen: Seen) -> Check:
    here = f"{len(seen.here) or 'no'} plug-in{'' if len(seen.here) == 1 else 's'} installed here"
    if seen.running is not None:
        return Check("plug-ins", Outcome.OK, f"{here}, {len(seen.running) or 'none'} in the operator that runs")
    outcome = Outcome.WARN if seen.here else Outcome.OK
    return Check("plug-ins", outcome, f"{here}; what the operator has is not known: {seen.silent}", _ASK)


def _check(seen: Seen, of: _Of) -> Check:
    kind, name, package = of
    message, remedy = _said(seen, of)
    told = f"{package} {message}"
    return Check(f"plug-in {kind} {name}", Outcome.WARN if remedy else Outcome.OK, told, remedy)


def _said(seen: Seen, of: _Of) -> tuple[str, str]:
    """What there is to say of it, and what to do; nothing where it is well."""
    here, there = seen.here.get(of), (seen.running or {}).get(of)
    wrong = here.message if here and here.state == "Broken" else ""
    why = f": {seen.faults[of[1]]}" if of[0] == "Loop" and of[1] in seen.faults else ""
    if there is None:
        if wrong:
            return f"can't be used: {wrong}", _CORRECT
        absent = seen.running is not None
        return (
            ("is installed here, and the operator does not have it", _BRING) if absent else ("can be loaded here", "")
        )
    if there.state == "Broken":
        return f"is not used by the operator{f': {wrong}' if wrong else why}", _CORRECT
    failed = f"{there.failures} time{'' if there.failures == 1 else 's'}"
    if there.state == "LeftAlone":
        return f"failed {failed}, and the operator leaves it alone for a while{why}", _MEND
    if there.state == "Failing":
        return f"fails in the operator, {failed} so far{why}", _MEND
    return "works in the operator", ""


def _lost(type_: str, why: str) -> Check:
    return Check(f"plug-in Loop {type_}", Outcome.WARN, why, f"{_BRING}; or delete the ControlLoop")


def _by_plugin(standings: Sequence[PluginStanding]) -> dict[_Of, PluginStanding]:
    return {(each.kind, each.name, each.package): each for each in standings}
