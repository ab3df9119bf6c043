"""Trying a scenario out: figures and signals go in, the loops turn once, every plan is ruled; nothing is carried out."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from autonomic.domain.errors import AutonomicError
from autonomic.domain.findings import Fact
from autonomic.domain.view import View
from autonomic.simulate.filling import fill
from autonomic.simulate.flaws import Unfit, flaw
from autonomic.simulate.outcome import (
    MOST,
    ObjectiveOutcome,
    Outcome,
    PlanOutcome,
    RouteOutcome,
    of_fact,
    of_objectives,
    of_plan,
    of_route,
)
from autonomic.simulate.reading import OURS
from autonomic.simulate.scenario import Scenario
from autonomic.simulate.supposing import break_down, hear, judge
from autonomic.simulate.twin import Twin


class TookTooLong(AutonomicError):
    """The time for one simulation is over."""


@dataclass(frozen=True)
class Limits:
    """Bounds of one simulation. `namespace` is the only one whose plans and facts are shown; None: every one."""

    seconds: float = 10.0
    namespace: str | None = None


async def try_out(twin: Twin, scenario: Scenario, limits: Limits | None = None) -> Outcome:
    """What would follow. Raises Unfit for a scenario that can't be tried, TookTooLong, and what is behind raises."""
    limits = limits or Limits()
    try:
        async with asyncio.timeout(limits.seconds):
            return await _tried(twin, scenario, limits.namespace)
    except TimeoutError:
        raise TookTooLong(f"it took longer than {limits.seconds:g} s: suppose less at once") from None
    except (TypeError, AttributeError, KeyError, ValueError) as error:
        raise _odd(scenario, error) from error


def _odd(scenario: Scenario, error: Exception) -> Exception:
    """Kinds that are not ours have no model that would have found what is wrong with them; all else is our own mistake."""
    others = [(at, each) for at, each in enumerate(scenario.objects) if each["kind"] not in (*OURS, "Namespace")]
    if not others:
        return error
    at, raw = others[0]
    named = f"{raw['kind']} {raw['metadata']['name']}"
    detail = f"an object like this one is not what its kind has: {type(error).__name__}: {error}"
    return Unfit([flaw(f"objects.{at}", named, detail[:500])])


async def _tried(twin: Twin, scenario: Scenario, namespace: str | None) -> Outcome:
    layer = twin.layer
    await fill(twin, scenario)
    before = frozenset(layer.store.keys("AdaptationPlan"))
    judged = await judge(twin, scenario, namespace)
    hear(twin, scenario)
    break_down(twin, scenario, namespace)
    await layer.whole.turn_loops()
    ruled = await layer.whole.govern()
    routed = bool(scenario.down) or any(each.get("kind") == "AdaptiveRoute" for each in scenario.objects)
    if routed:
        await layer.whole.turn_routes()
    _note_observing(twin)
    shown = _plans(twin, before, frozenset(ruled), namespace)
    facts = [of_fact(each) for each in twin.diary.facts if _here(each, namespace)]
    return Outcome(
        at=twin.clock.now(),
        live=twin.live,
        policies=twin.base.policies,
        judged=len(judged),
        objectives=tuple(_objectives(twin, scenario, namespace)),
        plans=tuple(shown[:MOST]),
        facts=tuple(facts[:MOST]),
        routes=tuple(_routes(twin, namespace)) if routed else (),
        notes=twin.notes,
        left_out=max(0, len(shown) - MOST) + max(0, len(facts) - MOST),
    )


def _note_observing(twin: Twin) -> None:
    """Why something is only told, where plans would be made otherwise."""
    told = {fact.fields.get("loop") for fact in twin.diary.facts if fact.name == "WouldPropose"}
    view = _view(twin)
    if told and not view.redlines:
        twin.note("there is no RedLine, so that nothing is more than observed")
    for name in sorted(each for each in told if each and each not in view.loops):
        twin.note(f"there is no ControlLoop {name}, so that this loop only observes")


def _objectives(twin: Twin, scenario: Scenario, namespace: str | None) -> Iterable[ObjectiveOutcome]:
    """Of the contracts that burn, and of those that figures are given for by their name."""
    view, named = _view(twin), {each.contract for each in scenario.figures}
    for key, contract in sorted(view.contracts.items()):
        if namespace in (None, contract.metadata.namespace) and (key in view.assessments or key in named):
            yield from of_objectives(contract, twin.layer.slo.status(contract) or contract.status)


def _plans(twin: Twin, before: frozenset[str], ruled: frozenset[str], namespace: str | None) -> list[PlanOutcome]:
    """Those that are new first, then those that were there and were ruled once more."""
    plans = sorted(_view(twin).plans.items())
    kept = {key: plan for key, plan in plans if namespace in (None, plan.metadata.namespace)}
    made = [of_plan(plan, proposed=True) for key, plan in kept.items() if key not in before]
    return made + [of_plan(plan, proposed=False) for key, plan in kept.items() if key in before & ruled]


def _routes(twin: Twin, namespace: str | None) -> Iterable[RouteOutcome]:
    for _, route in sorted(_view(twin).routes.items()):
        if namespace in (None, route.metadata.namespace):
            yield from of_route(route)


def _view(twin: Twin) -> View:
    return twin.layer.store.view(twin.clock.now())


def _here(fact: Fact, namespace: str | None) -> bool:
    """Facts about what is in no namespace are for whoever may see all."""
    return namespace in (None, fact.about.namespace)
