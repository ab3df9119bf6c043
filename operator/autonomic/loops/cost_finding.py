"""From a rung to findings: what is proposed there, why, what it is expected to save, and how it will be judged."""

from datetime import datetime
from decimal import Decimal

from autonomic.cost.money import money
from autonomic.domain.accounts import Account
from autonomic.domain.actions import PermittedAction
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.cost import CostBudget
from autonomic.domain.findings import Finding
from autonomic.domain.meta import ObjectRef
from autonomic.domain.naming import outcome, plan_name
from autonomic.domain.plans import AdaptationPlan, AskedQuery, Evidence, Trigger
from autonomic.domain.savings import BudgetTrigger, CostVerification
from autonomic.domain.spending import Rung, Rungs
from autonomic.domain.verifications import PlanVerification
from autonomic.domain.view import View
from autonomic.execution.restoring import LASTING
from autonomic.loops.cost_giving_back import back_name, due, steps_back
from autonomic.loops.cost_judging import LEAST_SAVING, WINDOWS, figure, judged_by, mode, taken
from autonomic.loops.cost_report import incident, percent
from autonomic.loops.cost_standing import Standing

_ATTEMPTS = 20
"""Most plans of one rung in one incident: one that was superseded, or given back, may be made again."""
_CHEAPENING = frozenset({"SwitchModel", "SetEnv", "SetConfig", "ShiftTraffic", "Reroute"})


def climbing(standing: Standing, loop: ControlLoopResource, view: View) -> list[Finding]:
    """What is proposed on the rungs that the budget stands on, mildest first, where it was not tried in this incident."""
    account, began = standing.account, incident(standing, view.now)
    if not isinstance(account, Account) or began is None:
        return []
    found = []
    for name, each in standing.budget.spec.rungs():
        if not each.actions or name.height > standing.acting.height or not _may_save(each, account):
            continue
        plan = _untried(standing.budget, name, began, view)
        if plan:
            found.append(_climb(standing, account, (name, each), plan, loop, view))
    return found


def giving_back(standing: Standing, loop: ControlLoopResource, view: View) -> list[Finding]:
    """What is restored that was done on rungs above the one where the budget stands now. None while that is not known."""
    if not isinstance(standing.account, Account):
        return []
    plans = [(plan, back_name(standing.budget, plan, view)) for plan in due(standing.budget, standing.level, view)]
    found = (_back(standing, plan, name, loop, view) for plan, name in plans if name)
    return [each for each in found if each]


def _may_save(rung: Rung, account: Account) -> bool:
    """What changes something must be able to show that it saved, and nothing can be where no rate is known, or it is zero.

    A model that is known to be no cheaper than those in use saves nothing.
    """
    return not _lasts(rung.actions) or (account.lately > 0 and _expected(rung, account) != 0)


def _lasts(actions: tuple[PermittedAction, ...]) -> bool:
    return any(each.type in LASTING for each in actions)


def _untried(budget: CostBudget, rung: Rungs, began: datetime, view: View) -> str | None:
    """The name of the rung's next plan in this incident; None where one is on its way, or had its chance."""
    meta = budget.metadata
    for attempt in range(_ATTEMPTS):
        identity = (meta.uid, str(meta.generation), rung.value, str(began), str(attempt))
        name = plan_name(meta.name, rung.value.lower(), identity)
        before = view.plans.get(f"{meta.namespace}/{name}")
        if before is None:
            return name
        if outcome(before) != "Superseded" and not _given_back(before, view):
            return None
    return None


def _given_back(plan: AdaptationPlan, view: View) -> bool:
    return any(
        each.spec.trigger.budget
        and each.spec.trigger.budget.gives_back == plan.metadata.name
        and each.metadata.namespace == plan.metadata.namespace
        and outcome(each) == "Succeeded"
        for each in view.plans.values()
    )


def _climb(
    standing: Standing, account: Account, rung: tuple[Rungs, Rung], name: str, loop: ControlLoopResource, view: View
) -> Finding:
    budget, (word, wish) = standing.budget, rung
    return Finding(
        loop=loop.metadata.name,
        owner=budget.ref,
        subject=word.value,
        name=name,
        trigger=Trigger(type="Budget", budget=BudgetTrigger(budget=budget.metadata.name, rung=word)),
        permitted=wish.actions,
        targets=tuple(_target(each, budget) for each in wish.actions),
        justification=_why(standing, account, word, wish),
        evidence=_evidence(account, budget.spec.spend.server),
        verification=_verification(budget, wish, account) if _lasts(wish.actions) else taken(budget),
        mode=mode(budget, loop, view),
    )


def _back(standing: Standing, plan: AdaptationPlan, name: str, loop: ControlLoopResource, view: View) -> Finding | None:
    budget, (actions, changes) = standing.budget, steps_back(plan)
    if not actions:
        return None
    asked = BudgetTrigger(budget=budget.metadata.name, rung=standing.level, gives_back=plan.metadata.name)
    why = f"{budget.metadata.name} is {standing.level} again: what plan {plan.metadata.name} did to save money is given back."
    return Finding(
        loop=loop.metadata.name,
        owner=budget.ref,
        subject=plan.metadata.name,
        name=name,
        trigger=Trigger(type="Budget", budget=asked),
        permitted=(),
        targets=tuple(each.target_ref.within(budget.metadata.namespace or "") for each in actions),
        justification=why,
        evidence=_evidence(standing.account, budget.spec.spend.server)
        if isinstance(standing.account, Account)
        else Evidence(summary=why),
        verification=taken(budget),
        mode=mode(budget, loop, view),
        fixed=actions,
        exactly=changes,
    )


def _target(action: PermittedAction, budget: CostBudget) -> ObjectRef:
    ref = action.target_ref or budget.spec.target_ref
    assert ref is not None  # noqa: S101 - the budget was refused otherwise
    return ref.within(budget.metadata.namespace or "")


def _why(standing: Standing, account: Account, rung: Rungs, wish: Rung) -> str:
    limit, currency = standing.budget.spec.limit, account.currency
    parts = [
        f"{standing.budget.metadata.name}: {money(account.amount, currency)} of {money(account.limit, currency)}"
        f" in {limit.per} are spent ({percent(account.share)}), which is {rung}"
    ]
    if standing.pressed_by and standing.own.height < rung.height:
        parts.append(f"{standing.pressed_by} above it presses")
    if account.because:
        parts.append(account.because)
    saving = _expected(wish, account)
    if saving is not None:
        parts.append(f"this is expected to save {money(saving, currency)} a day")
    if account.exhausts_at:
        parts.append(f"at this rate nothing is left by {account.exhausts_at:%Y-%m-%d %H:%M} UTC")
    return "; ".join(parts) + "."


def _evidence(account: Account, server: str | None) -> Evidence:
    rate = f"{money(account.per_day, account.currency)} a day over {account.window}"
    at_end = "" if account.at_end is None else f"; {money(account.at_end, account.currency)} by the end of the window"
    spent = f"{account.amount} of {account.limit} {account.currency} spent since {account.began:%Y-%m-%d %H:%M} UTC"
    asked = tuple(
        AskedQuery(expr=expr[:4096], value=value[:64], at=account.at, server=server) for expr, value in account.sources
    )
    return Evidence(summary=f"{spent}; {rate}{at_end}"[:4096], queries=asked)


def _verification(budget: CostBudget, rung: Rung, account: Account) -> PlanVerification:
    """Better is: cheaper by a twentieth, all through one window that began after the change had settled."""
    window = budget.spec.verification.window or WINDOWS[budget.spec.limit.per]
    counted = account.tasks or account.tokens
    expected = _expected(rung, account)
    cost = CostVerification(
        budget=budget.metadata.name,
        window=window,
        basis="Task" if counted and _cheapens(rung.actions) else "Rate",
        over=account.window,
        spent=figure(account.lately),
        tasks=None if account.tasks is None else figure(account.tasks),
        tokens=None if account.tokens is None else figure(account.tokens),
        least=str(LEAST_SAVING),
        expected=None if expected is None else figure(expected),
        currency=account.currency,
    )
    return judged_by(budget, window, cost)


def _cheapens(actions: tuple[PermittedAction, ...]) -> bool:
    """Whether they make the same work cheaper, and not less of it."""
    return all(each.type in _CHEAPENING for each in actions if each.type in LASTING)


def _expected(rung: Rung, account: Account) -> Decimal | None:
    """What going over to the rung's models is expected to save a day; None where nobody knows, or it does something else."""
    models = [each.switch_model.model for each in rung.actions if each.switch_model]
    others = [each for each in rung.actions if each.type in LASTING and not each.switch_model]
    if len(models) != 1 or others:
        return None
    return account.expected.get(models[0])
