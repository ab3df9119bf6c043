"""What plug-ins may ask for: a loop proposes what an owner permits, an action comes down to one of the layer's own."""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from itertools import islice

from autonomic.domain.actions import PermittedAction
from autonomic.domain.contracts import SLAContract
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.findings import Analysis, Finding
from autonomic.domain.readings import Answers, Question
from autonomic.domain.targets import Target
from autonomic.domain.view import View
from autonomic.domain.words import LOOPS_ANNOTATION, Mode, strictest
from autonomic.execution.action import ActionKind, Declined
from autonomic.loops.protocol import ControlLoop
from autonomic.ports.plugins import Guarded, PluginAction

MOST_QUESTIONS = 500
MOST_FINDINGS = 1000


@dataclass(frozen=True)
class Plugins:
    """The loops and actions that packages brought, by type and by name, each with its guard.

    `fault` says of a type of loop what is wrong with the plug-in that brings it, None while nothing is. `trials` are the same
    behind guards of their own, for what is only supposed; None: they are not asked then.
    """

    loops: Mapping[str, tuple[ControlLoop, Guarded]] = field(default_factory=dict)
    actions: Mapping[str, tuple[PluginAction, Guarded]] = field(default_factory=dict)
    fault: Callable[[str], str | None] = field(default=lambda _: None)
    trials: "Plugins | None" = None


class Mind:
    """How a loop is asked: one of the layer's own at once, a plug-in's behind its guard. Raises PluginFault for the latter."""

    def __init__(self, loop: ControlLoop, guard: Guarded | None = None) -> None:
        self._loop = loop
        self._guard = guard

    async def monitor(self, view: View) -> Iterable[Question]:
        """What must be asked."""
        if self._guard is None:
            return self._loop.monitor(view)
        return await self._guard.ask(lambda: _questions(self._loop.monitor(view)))

    async def analyze(self, resource: ControlLoopResource, view: View, answers: Answers) -> Analysis:
        """What it concludes. Of a plug-in no more than owners permit, and never more trusted than its ControlLoop."""
        if self._guard is None:
            return self._loop.analyze(resource, view, answers)
        return await self._guard.ask(lambda: _checked(self._loop.analyze(resource, view, answers), resource, view))

    async def pace(self, view: View) -> float | None:
        """Seconds after which another turn could see something new."""
        if self._guard is None:
            return self._loop.pace(view)
        return await self._guard.ask(lambda: _seconds(self._loop.pace(view)))


async def translated(
    finding: Finding, targets: tuple[Target, ...], plugins: Plugins, kinds: Mapping[str, ActionKind]
) -> Finding:
    """The finding with the layer's own actions alone; where a plug-in chose any, a person decides.

    Raises Declined where there is nothing to do or no such plug-in, PluginFault.
    """
    named = [each.plugin.name for each in finding.permitted if each.plugin]
    if not named:
        return finding
    pairs = zip(finding.permitted, targets, strict=True)
    permitted = tuple([await _plain(each, target, plugins, kinds) for each, target in pairs])
    chosen = f"Chosen by plug-in action {', '.join(sorted(set(named)))}: {finding.justification}"
    return replace(
        finding, permitted=permitted, mode=strictest(finding.mode, Mode.PROPOSE), justification=chosen[:1024]
    )


async def _plain(
    permitted: PermittedAction, target: Target, plugins: Plugins, kinds: Mapping[str, ActionKind]
) -> PermittedAction:
    asked = permitted.plugin
    if asked is None:
        return permitted
    if asked.name not in plugins.actions:
        raise Declined(f"no plug-in here brings an action {asked.name}: install its package, or name another action")
    action, guard = plugins.actions[asked.name]
    shown = replace(target, raw=deepcopy(dict(target.raw)))
    plain = await guard.ask(lambda: _possible(action.act(dict(asked.parameters), shown), kinds))
    if plain is None:
        raise Declined(f"plug-in action {asked.name} has nothing to do on {target.ref}")
    return plain


def _possible(plain: object, kinds: Mapping[str, ActionKind]) -> PermittedAction | None:
    """Only what changes fields of the target and can be taken back."""
    if plain is None:
        return None
    if not isinstance(plain, PermittedAction):
        raise TypeError(f"act returned {type(plain).__name__}: it must return a PermittedAction or None")
    kind = kinds.get(plain.type)
    if kind is None or kind.deed != "Patch" or not kind.reversible:
        raise ValueError(
            f"act returned {plain.type}: only actions that change fields and can be taken back are possible"
        )
    return plain


def _questions(asked: Iterable[object]) -> tuple[Question, ...]:
    found = tuple(islice(asked, MOST_QUESTIONS + 1))
    if len(found) > MOST_QUESTIONS:
        raise ValueError(f"monitor asks more than {MOST_QUESTIONS} questions")
    strange = next((each for each in found if not isinstance(each, Question)), None)
    if strange is not None:
        raise TypeError(f"monitor gave {type(strange).__name__}: it must give Questions")
    return tuple(each for each in found if isinstance(each, Question))


def _seconds(pace: object) -> float | None:
    if pace is None:
        return None
    if not isinstance(pace, int | float) or not 1.0 <= pace < float("inf"):
        raise ValueError(f"pace returned {pace!r}: it must return None or seconds, 1 or more")
    return float(pace)


def _checked(analysis: object, resource: ControlLoopResource, view: View) -> Analysis:
    """Raises ValueError or TypeError with what it must not ask for."""
    if not isinstance(analysis, Analysis):
        raise TypeError(f"analyze returned {type(analysis).__name__}: it must return an Analysis")
    if analysis.reports:
        raise ValueError("analyze returned reports: a plug-in writes no status of others' objects")
    if len(analysis.findings) > MOST_FINDINGS:
        raise ValueError(f"analyze returned more than {MOST_FINDINGS} findings")
    return Analysis(findings=tuple(_held(each, resource, view) for each in analysis.findings))


def _held(finding: Finding, resource: ControlLoopResource, view: View) -> Finding:
    """The finding, in the mode of its ControlLoop at most."""
    contract = view.contracts.get(finding.owner.key) if finding.owner.kind == "SLAContract" else None
    if contract is None:
        raise ValueError(f"finding {finding.name}: its owner {finding.owner} is no SLAContract that there is")
    wrong = _wrong(finding, contract, resource)
    if wrong:
        raise ValueError(f"finding {finding.name}: {wrong}")
    ceilings = view.namespace(contract.metadata.namespace).ceiling, view.ceiling
    return replace(finding, mode=strictest(finding.mode, resource.spec.mode, *ceilings))


def _wrong(finding: Finding, contract: SLAContract, resource: ControlLoopResource) -> str | None:
    alert, slo = finding.trigger.slo_alert, finding.verification.slo
    mine, objectives = contract.metadata.name, {each.name for each in contract.spec.objectives}
    if finding.loop != resource.metadata.name:
        return f"its loop is {finding.loop}, and the ControlLoop is {resource.metadata.name}"
    if resource.spec.type not in _let_in(contract):
        return f"{mine} lets no loop {resource.spec.type} propose: its owner may annotate it {LOOPS_ANNOTATION}"
    if alert is None or (alert.contract, alert.objective in objectives) != (mine, True):
        return f"its trigger must be the alert of an objective of {mine}"
    if slo is None or (slo.contract, slo.objective) != (mine, alert.objective):
        return f"it must be verified on {mine}/{alert.objective}, which asks for it"
    if finding.fixed or finding.exactly or not finding.permitted:
        return "it must say what it asks for in `permitted`, and nowhere else"
    allowed = {
        (
            action.model_dump_json(),
            (action.target_ref or contract.spec.target_ref).within(finding.owner.namespace or ""),
        )
        for adaptation in contract.spec.adaptations
        for action in adaptation.actions
    }
    wanted = {(action.model_dump_json(), ref) for action, ref in zip(finding.permitted, finding.targets, strict=True)}
    return None if wanted <= allowed else f"it asks for what the adaptations of {mine} do not permit"


def _let_in(contract: SLAContract) -> set[str]:
    return {each.strip() for each in contract.metadata.annotations.get(LOOPS_ANNOTATION, "").split(",")}
