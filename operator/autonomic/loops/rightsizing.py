"""RightsizingLoop: what a workload never used in a long time is proposed to be taken away, one change at a time."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

from autonomic.cost.money import money
from autonomic.cost.rightsizing import Fewer, Smaller, proposals
from autonomic.cost.usage import KINDS, Usage, moment, questions, read
from autonomic.domain.actions import PermittedAction, ResizeBy, ScaleBy
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.cost import CostBudget
from autonomic.domain.findings import Analysis, Finding
from autonomic.domain.meta import ObjectRef
from autonomic.domain.naming import outcome, plan_name
from autonomic.domain.plans import AskedQuery, BudgetTrigger, Evidence, PlanVerification, RolloutVerification, Trigger
from autonomic.domain.readings import Answers, Question, Unknown
from autonomic.domain.spending import Rightsizing, Rungs
from autonomic.domain.units import span
from autonomic.domain.view import View
from autonomic.domain.words import strictest

Proposal = Smaller | Fewer
_DAY = timedelta(days=1)
_SMALLEST = Decimal("0.000000001")
_EPOCH = 719_163
"""Ordinal of 1970-01-01."""


class RightsizingLoop:
    """Looks at the targets of CostBudgets that ask for it. Its questions read weeks: let it turn every few hours."""

    type: ClassVar[str] = "Rightsizing"

    def monitor(self, view: View) -> Iterable[Question]:
        """What each target used and was given."""
        for budget, target, wish in _asking(view):
            yield from _questions(budget, target, wish, view).values()

    def analyze(self, loop: ControlLoopResource, view: View, answers: Answers) -> Analysis:
        """A finding for each budget: the change that saves most and was not proposed in this window before."""
        found: list[Finding] = []
        for budget, target, wish in _asking(view):
            asked = _questions(budget, target, wish, view)
            usage = read(asked, wish, answers)
            if not isinstance(usage, Unknown):
                found += _findings(budget, target, wish, usage, asked, loop, view)
        return Analysis(findings=tuple(found))

    def pace(self, view: View) -> float | None:
        """The loop's own interval."""
        return None


def _asking(view: View) -> Iterator[tuple[CostBudget, ObjectRef, Rightsizing]]:
    for _, budget in sorted(view.budgets.items()):
        wish, ref, namespace = budget.spec.rightsizing, budget.spec.target_ref, budget.metadata.namespace
        if wish and ref and ref.kind in KINDS and view.namespace(namespace).enabled:
            yield budget, ref.within(namespace or ""), wish


def _questions(budget: CostBudget, target: ObjectRef, wish: Rightsizing, view: View) -> dict[str, Question]:
    return questions(target, wish, view.tenant(budget.metadata.namespace), view.now)


def _findings(
    budget: CostBudget,
    target: ObjectRef,
    wish: Rightsizing,
    usage: Usage,
    asked: dict[str, Question],
    loop: ControlLoopResource,
    view: View,
) -> Iterator[Finding]:
    for each in proposals(usage, Decimal(wish.headroom)):
        name = _name(budget, wish, each, view)
        before = view.plans.get(f"{budget.metadata.namespace}/{name}")
        if before is None:
            yield _compose(budget, target, wish, each, name, asked, loop, view)
            return
        if outcome(before) is None:
            return


def _name(budget: CostBudget, wish: Rightsizing, proposal: Proposal, view: View) -> str:
    """Once in each window: what was denied, or did not go well, is not proposed every day."""
    meta, period = budget.metadata, (moment(view.now).toordinal() - _EPOCH) // max(1, span(wish.window) // _DAY)
    return plan_name(meta.name, "rightsize", (meta.uid, str(meta.generation), proposal.about, str(period)))


def _compose(
    budget: CostBudget,
    target: ObjectRef,
    wish: Rightsizing,
    proposal: Proposal,
    name: str,
    asked: dict[str, Question],
    loop: ControlLoopResource,
    view: View,
) -> Finding:
    saves = (
        f"saves {money(proposal.daily, budget.spec.limit.currency)} a day"
        if proposal.daily
        else "saves no money by itself"
    )
    why = f"{target.name}: {_told(proposal)} in {wish.window}; less, with {Decimal(wish.headroom):.0%} of headroom, {saves}."
    ceilings = (view.namespace(budget.metadata.namespace).ceiling, view.ceiling)
    judged = budget.spec.verification
    return Finding(
        loop=loop.metadata.name,
        owner=budget.ref,
        subject=proposal.about,
        name=name,
        # On no rung: it stands whatever is left of the budget, and is not given back.
        trigger=Trigger(type="Budget", budget=_asked(budget, proposal)),
        permitted=(_action(proposal),),
        targets=(target,),
        justification=why,
        evidence=Evidence(summary=why, queries=tuple(_queries(proposal, asked))),
        verification=PlanVerification(
            type="Rollout",
            settle=judged.settle,
            within=judged.within,
            rollout=RolloutVerification(progress=judged.within),
        ),
        mode=strictest(loop.spec.mode, budget.spec.mode, *ceilings),
    )


def _asked(budget: CostBudget, proposal: Proposal) -> BudgetTrigger:
    saves = f"{proposal.daily.quantize(_SMALLEST):f}"
    return BudgetTrigger(budget=budget.metadata.name, rung=Rungs.NORMAL, saves=saves)


def _told(proposal: Proposal) -> str:
    if isinstance(proposal, Fewer):
        return f"{proposal.now} replicas never used more than {proposal.used}"
    named = "memory" if proposal.resource == "Memory" else "CPU"
    what = f"the {named} {proposal.what.lower()} of container {proposal.container}"
    return f"{what} is {proposal.now}, never more than {proposal.used} were used"


def _action(proposal: Proposal) -> PermittedAction:
    if isinstance(proposal, Fewer):
        by = ScaleBy(by=proposal.enough - proposal.now, min=proposal.enough, max=proposal.now)
        return PermittedAction(type="Scale", scale=by)
    resize = ResizeBy(
        container=proposal.container,
        resource=proposal.resource,
        what=proposal.what,
        percent=proposal.percent,
        most=proposal.now,
        least=proposal.least,
    )
    return PermittedAction(type="Resize", resize=resize)


def _queries(proposal: Proposal, asked: dict[str, Question]) -> Iterator[AskedQuery]:
    name = "busiest" if isinstance(proposal, Fewer) else f"used.{proposal.resource}"
    yield AskedQuery(expr=asked[name].expr[:4096], value=proposal.used, at=asked[name].at)
