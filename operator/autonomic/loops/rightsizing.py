"""RightsizingLoop: what a workload never used in a long time is proposed to be taken away, one change at a time."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

from autonomic.cost import allocation
from autonomic.cost.money import money
from autonomic.cost.rightsizing import Fewer, Smaller, proposals
from autonomic.cost.usage import KINDS, moment, questions, read
from autonomic.domain.actions import PermittedAction, ResizeBy, ScaleBy
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.cost import CostBudget
from autonomic.domain.findings import Analysis, Finding
from autonomic.domain.meta import ObjectRef
from autonomic.domain.naming import outcome, plan_name
from autonomic.domain.plans import AskedQuery, Evidence, Trigger
from autonomic.domain.readings import Answers, Question, Unknown
from autonomic.domain.savings import BudgetTrigger
from autonomic.domain.servers import DEFAULT
from autonomic.domain.spending import Rightsizing, Rungs
from autonomic.domain.units import span
from autonomic.domain.verifications import PlanVerification
from autonomic.domain.view import View
from autonomic.loops.cost_judging import by_requests, figure, mode, taken
from autonomic.loops.rightsizing_back import Case, needed_after_all

Proposal = Smaller | Fewer
_DAY = timedelta(days=1)
_A_DAY = 24
_EPOCH = 719_163
"""Ordinal of 1970-01-01."""


class RightsizingLoop:
    """Looks at the targets of CostBudgets that ask for it. Its questions read weeks: let it turn every few hours.

    What it took away is given back once it is needed after all.
    """

    type: ClassVar[str] = "Rightsizing"

    def monitor(self, view: View) -> Iterable[Question]:
        """What each target used and was given, and what it costs now."""
        for budget, target, wish in _asking(view):
            yield from _questions(budget, target, wish, view).values()
            yield from _costs(target, wish, view).values()

    def analyze(self, loop: ControlLoopResource, view: View, answers: Answers) -> Analysis:
        """A finding for each budget: the change that saves most and was not proposed in this window before."""
        found: list[Finding] = []
        for budget, target, wish in _asking(view):
            asked = _questions(budget, target, wish, view)
            usage = read(asked, wish, answers)
            if not isinstance(usage, Unknown):
                case = Case(budget, target, wish, usage, loop, view)
                found += needed_after_all(case) or _findings(case, asked, answers)
        return Analysis(findings=tuple(found))

    def pace(self, view: View) -> float | None:
        """The loop's own interval."""
        return None


def _asking(view: View) -> Iterator[tuple[CostBudget, ObjectRef, Rightsizing]]:
    for _, budget in sorted(view.budgets.items()):
        wish, ref, namespace = budget.spec.rightsizing, budget.spec.target_ref, budget.metadata.namespace
        if wish and ref and ref.kind in KINDS and view.judges(budget):
            yield budget, ref.within(namespace or ""), wish


def _questions(budget: CostBudget, target: ObjectRef, wish: Rightsizing, view: View) -> dict[str, Question]:
    return questions(target, wish, view.tenant(budget.metadata.namespace), view.now)


def _costs(target: ObjectRef, wish: Rightsizing, view: View) -> dict[str, Question]:
    """As of now: a plan that was carried out since midnight has saved already."""
    tenant, at = view.tenant(target.namespace), (view.now - view.ingestion_delay).replace(second=0, microsecond=0)
    exprs = {"hourly": _hourly(target, wish, view), "replicas": allocation.replicas(target, tenant)}
    return {name: Question(expr, at, server=wish.server or DEFAULT) for name, expr in exprs.items()}


def _hourly(target: ObjectRef, wish: Rightsizing, view: View) -> str:
    prices = (wish.cpu_hour, wish.gib_hour) if wish.cpu_hour and wish.gib_hour else None
    return allocation.hourly(target, prices, view.tenant(target.namespace))


def _findings(case: Case, asked: dict[str, Question], answers: Answers) -> list[Finding]:
    for each in proposals(case.usage, Decimal(case.wish.headroom)):
        name = _name(case.budget, case.wish, each, case.view)
        before = case.view.plans.get(f"{case.budget.metadata.namespace}/{name}")
        if before is None:
            return [_compose(case, each, name, asked, answers)]
        if outcome(before) is None:
            break
    return []


def _name(budget: CostBudget, wish: Rightsizing, proposal: Proposal, view: View) -> str:
    """Once in each window: what was denied, or did not go well, is not proposed every day."""
    meta, period = budget.metadata, (moment(view.now).toordinal() - _EPOCH) // max(1, span(wish.window) // _DAY)
    return plan_name(meta.name, "rightsize", (meta.uid, str(meta.generation), proposal.about, str(period)))


def _compose(case: Case, proposal: Proposal, name: str, asked: dict[str, Question], answers: Answers) -> Finding:
    budget, target, wish = case.budget, case.target, case.wish
    saves = (
        f"saves {money(proposal.daily, budget.spec.limit.currency)} a day"
        if proposal.daily
        else "saves no money by itself"
    )
    why = f"{target.name}: {_told(proposal)} in {wish.window}; less, with {Decimal(wish.headroom):.0%} of headroom, {saves}."
    return Finding(
        loop=case.loop.metadata.name,
        owner=budget.ref,
        subject=proposal.about,
        name=name,
        # On no rung: it stands whatever is left of the budget.
        trigger=Trigger(type="Budget", budget=_asked(budget, proposal)),
        permitted=(_action(proposal),),
        targets=(target,),
        justification=why,
        evidence=Evidence(summary=why, queries=tuple(_queries(proposal, asked, wish.server))),
        verification=_verification(case, proposal, answers),
        mode=mode(budget, case.loop, case.view),
    )


def _verification(case: Case, proposal: Proposal, answers: Answers) -> PlanVerification:
    """By what it costs afterwards: each replica, or all of them where they get fewer. A limit costs nothing: it rolls out."""
    told = {
        name: allocation.number(answers.get(each, allocation.NOT_ASKED))
        for name, each in _costs(case.target, case.wish, case.view).items()
    }
    hourly, replicas = told["hourly"], told["replicas"]
    if isinstance(hourly, Unknown) or isinstance(replicas, Unknown) or not proposal.daily or not hourly or not replicas:
        return taken(case.budget)
    counted = (
        None
        if isinstance(proposal, Fewer)
        else (allocation.replicas(case.target, case.view.tenant(case.target.namespace)), replicas)
    )
    expr = _hourly(case.target, case.wish, case.view)
    return by_requests(case.budget, hourly, proposal.daily / _A_DAY, expr, case.wish.server, counted)


def _asked(budget: CostBudget, proposal: Proposal) -> BudgetTrigger:
    return BudgetTrigger(budget=budget.metadata.name, rung=Rungs.NORMAL, saves=figure(proposal.daily))


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


def _queries(proposal: Proposal, asked: dict[str, Question], server: str | None) -> Iterator[AskedQuery]:
    name = "busiest" if isinstance(proposal, Fewer) else f"used.{proposal.resource}"
    yield AskedQuery(expr=asked[name].expr[:4096], value=proposal.used, at=asked[name].at, server=server)
