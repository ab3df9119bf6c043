"""Idle hours: a workload that has nothing to do is scaled down, with what that saves, until a moment that the plan names."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from autonomic.cost import allocation
from autonomic.cost.money import money
from autonomic.cost.resting import resting
from autonomic.cost.usage import KINDS
from autonomic.cost.windows import Stretch
from autonomic.domain.actions import PermittedAction, ScaleBy
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.cost import CostBudget
from autonomic.domain.findings import Finding
from autonomic.domain.idling import Idle
from autonomic.domain.meta import ObjectRef
from autonomic.domain.naming import outcome, plan_name
from autonomic.domain.plans import AskedQuery, Evidence, Trigger
from autonomic.domain.readings import Answers, Question, Unknown
from autonomic.domain.savings import BudgetTrigger
from autonomic.domain.servers import DEFAULT
from autonomic.domain.spending import Rungs
from autonomic.domain.units import duration, span
from autonomic.domain.verifications import PlanVerification, RolloutVerification
from autonomic.domain.view import View
from autonomic.loops.cost_judging import by_requests, figure, mode

FARTHEST = 1000
"""More replicas than one plan moves: down to the floor, and back to what was there, at once."""
_ATTEMPTS = 20
"""Most plans of one rest: one that was superseded may be made again."""
_A_DAY = 24
_SECOND = timedelta(seconds=1)


def priced(view: View) -> Iterator[Question]:
    """What the workloads cost that may be scaled down now."""
    for budget, _, ref, _ in _resting(view):
        yield from _asked(budget, ref, view).values()


def falling_asleep(loop: ControlLoopResource, view: View, answers: Answers) -> list[Finding]:
    """A finding for each workload that rests now, and was not scaled down for this rest before."""
    found = []
    for budget, idle, ref, rest in _resting(view):
        name = _untried(budget, rest, view)
        if name:
            found.append(_compose(budget, idle, ref, rest, name, loop, view, answers))
    return found


def until(idle: Idle, rest: Stretch) -> datetime:
    """When the way back begins."""
    return rest.ended - span(idle.lead)


def _resting(view: View) -> Iterator[tuple[CostBudget, Idle, ObjectRef, Stretch]]:
    """Not for less than the time that it takes to come back."""
    for key, budget in sorted(view.budgets.items()):
        idle, ref, namespace = budget.spec.idle, budget.spec.target_ref, budget.metadata.namespace
        if idle is None or ref is None or not view.judges(budget):
            continue
        rest = resting(idle, view.rests.get(key), view.now)
        if isinstance(rest, Stretch) and view.now + span(idle.lead) <= until(idle, rest):
            yield budget, idle, ref.within(namespace or ""), rest


def _untried(budget: CostBudget, rest: Stretch, view: View) -> str | None:
    """The name of the rest's next plan; None where one is on its way, or had its chance."""
    meta = budget.metadata
    for attempt in range(_ATTEMPTS):
        name = plan_name(meta.name, "rest", (meta.uid, str(meta.generation), str(rest.began), str(attempt)))
        before = view.plans.get(f"{meta.namespace}/{name}")
        if before is None:
            return name
        if outcome(before) != "Superseded":
            return None
    return None


def _asked(budget: CostBudget, ref: ObjectRef, view: View) -> dict[str, Question]:
    """What it costs an hour, and how many replicas it has; nothing where it is an autoscaler, whose pods are not known."""
    idle = budget.spec.idle
    if idle is None or ref.kind not in KINDS:
        return {}
    tenant, at = (
        view.tenant(budget.metadata.namespace),
        (view.now - view.ingestion_delay).replace(second=0, microsecond=0),
    )
    exprs = {"hourly": _hourly(idle, ref, view), "replicas": allocation.replicas(ref, tenant)}
    return {name: Question(expr, at, server=idle.server or DEFAULT) for name, expr in exprs.items()}


def _hourly(idle: Idle, ref: ObjectRef, view: View) -> str:
    tenant = view.tenant(ref.namespace)
    if idle.replica_hour:
        return f"{allocation.replicas(ref, tenant)} * {idle.replica_hour}"
    return allocation.hourly(ref, None, tenant)


def _saving(idle: Idle, asked: dict[str, Question], answers: Answers) -> tuple[Decimal, Decimal] | Unknown:
    """What it costs an hour, and what of that is saved at the floor."""
    if not asked:
        return Unknown("NoPods", "nobody knows the pods of an autoscaler")
    told = {name: allocation.number(answers.get(each, allocation.NOT_ASKED)) for name, each in asked.items()}
    hourly, replicas = told["hourly"], told["replicas"]
    if isinstance(hourly, Unknown):
        return hourly
    if isinstance(replicas, Unknown):
        return replicas
    left = Decimal(idle.floor) / replicas if replicas else Decimal(1)
    return hourly, hourly * max(Decimal(0), 1 - left)


def _compose(
    budget: CostBudget,
    idle: Idle,
    ref: ObjectRef,
    rest: Stretch,
    name: str,
    loop: ControlLoopResource,
    view: View,
    answers: Answers,
) -> Finding:
    asked, back = _asked(budget, ref, view), until(idle, rest)
    saving = _saving(idle, asked, answers)
    why = f"{_why(budget, idle, ref, rest)}; {_told(budget, saving, back - view.now)}."
    daily = saving[1] * _A_DAY if isinstance(saving, tuple) else None
    trigger = BudgetTrigger(
        budget=budget.metadata.name, rung=Rungs.NORMAL, until=back, saves=None if daily is None else figure(daily)
    )
    by = ScaleBy(by=-FARTHEST, min=idle.floor, max=10 * FARTHEST, bound="Min")
    return Finding(
        loop=loop.metadata.name,
        owner=budget.ref,
        subject="rest",
        name=name,
        trigger=Trigger(type="Budget", budget=trigger),
        permitted=(PermittedAction(type="Scale", scale=by),),
        targets=(ref,),
        justification=why,
        evidence=Evidence(summary=why, queries=tuple(_queries(idle, asked, saving))),
        verification=_verification(budget, ref, saving, back - view.now, view),
        mode=mode(budget, loop, view),
    )


def _why(budget: CostBudget, idle: Idle, ref: ObjectRef, rest: Stretch) -> str:
    by = [f"{len(idle.hours)} schedules" if len(idle.hours) > 1 else "its schedule"] if idle.hours else []
    by += [f"its requests of the last {idle.weeks} weeks"] if idle.requests else []
    return (
        f"{budget.metadata.name}: {ref.name} has nothing to do until {rest.ended:%a %Y-%m-%d %H:%M} UTC by"
        f" {' and '.join(by)}, and is scaled back up {idle.lead} before"
    )


def _told(budget: CostBudget, saving: tuple[Decimal, Decimal] | Unknown, lasts: timedelta) -> str:
    if isinstance(saving, Unknown):
        return f"what that saves is not known: {saving.message}"
    currency, hours = budget.spec.limit.currency, Decimal(lasts // _SECOND) / 3600
    return f"that saves {money(saving[1], currency)} an hour, {money(saving[1] * hours, currency)} in this rest"


def _queries(idle: Idle, asked: dict[str, Question], saving: tuple[Decimal, Decimal] | Unknown) -> Iterator[AskedQuery]:
    if isinstance(saving, tuple):
        one = asked["hourly"]
        yield AskedQuery(expr=one.expr[:4096], value=f"{saving[0]:.9f}"[:64], at=one.at, server=idle.server)


def _verification(
    budget: CostBudget, ref: ObjectRef, saving: tuple[Decimal, Decimal] | Unknown, lasts: timedelta, view: View
) -> PlanVerification:
    """By what it costs afterwards, where that is known, and can be told before it has to be up again."""
    idle = budget.spec.idle
    assert idle is not None  # noqa: S101 - its budget was chosen for that
    if isinstance(saving, tuple) and saving[1] > 0:
        judged = by_requests(budget, saving[0], saving[1], _hourly(idle, ref, view), idle.server)
        if span(judged.within) < lasts:
            return judged
    wish, settle = budget.spec.verification, span(budget.spec.verification.settle)
    within = max(_SECOND, min(span(wish.within), lasts))
    return PlanVerification(
        type="Rollout",
        settle=wish.settle if settle < within else "1s",
        within=duration(within // timedelta(milliseconds=1)),
        rollout=RolloutVerification(progress=wish.within),
    )
