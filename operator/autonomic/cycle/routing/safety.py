"""Why nothing is explored now: the error budget is low, an incident is open, or what is known is stale. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from autonomic.domain.contracts import ObjectiveStatus, SLAContract, SLAContractStatus
from autonomic.domain.routes import AdaptiveRoute
from autonomic.domain.units import span
from autonomic.domain.view import View

Judged = Callable[[SLAContract], SLAContractStatus | None]
"""What this replica knows of a contract now; None where it does not judge it."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing is explored: `reason` is a CamelCase word, `message` a sentence."""

    reason: str
    message: str


def hold(route: AdaptiveRoute, view: View, judged: Judged, silent: timedelta | None) -> Hold | None:
    """None while it may explore. `silent` is the time since the last outcome, None where there never was one."""
    longest = span(route.spec.safety.max_signal_age)
    if silent is None:
        return Hold("NoOutcomes", "no outcome was told yet: the baseline does all tasks")
    if silent > longest:
        return Hold("Stale", f"no outcome was told for {silent.total_seconds():.0f}s, maxSignalAge is {longest}")
    return _by_contract(route, view, judged)


def _by_contract(route: AdaptiveRoute, view: View, judged: Judged) -> Hold | None:
    name = route.spec.safety.contract
    if name is None:
        return None
    contract = view.contracts.get(f"{route.metadata.namespace}/{name}")
    if contract is None:
        return Hold("ContractUnknown", f"there is no SLAContract {name} in namespace {route.metadata.namespace}")
    status = judged(contract) or contract.status
    if not status.objectives:
        return Hold("BudgetUnknown", f"nothing is known yet of SLAContract {name}")
    least = Decimal(route.spec.safety.min_error_budget_remaining)
    return next((found for each in status.objectives if (found := _of_objective(name, each, least))), None)


def _of_objective(contract: str, told: ObjectiveStatus, least: Decimal) -> Hold | None:
    where = f"objective {told.name} of SLAContract {contract}"
    if told.alert in ("Breach", "Exhausted") or told.incident is not None:
        return Hold("Incident", f"{where} has an incident: {told.alert}")
    try:
        left = Decimal(told.budget_remaining.removesuffix("%")) / 100
    except InvalidOperation:
        return Hold("BudgetUnknown", f"it is not known how much of the error budget of {where} is left")
    if left <= least:
        return Hold(
            "BudgetLow", f"{left:.1%} of the error budget of {where} is left, exploring needs more than {least:.1%}"
        )
    return None
