"""What holds exploration back: a low budget, an incident, silence; and what is not known holds it back as well."""

from datetime import timedelta

import pytest

from autonomic.cycle.routing.safety import hold
from autonomic.domain.contracts import ObjectiveStatus, SLAContractStatus
from autonomic.domain.routes import AdaptiveRoute
from autonomic.domain.view import View
from tests.unit.cycle.routing.scene import route_raw
from tests.unit.domain.specimens import NOW, contract

FRESH = timedelta(seconds=5)
VIEW = View(now=NOW, contracts={"shop/agent": contract()})


def status(left: str = "80%", alert: str = "None", **more: object) -> SLAContractStatus:
    told = {"name": "success", "sli": "99.9%", "budgetRemaining": left, "alert": alert, **more}
    return SLAContractStatus(objectives=(ObjectiveStatus.model_validate(told),))


def why(told: SLAContractStatus | None, silent: timedelta | None = FRESH, name: str | None = "agent") -> str | None:
    safety = {"contract": name} if name else {}
    held = hold(AdaptiveRoute.read(route_raw(safety=safety)), VIEW, lambda _: told, silent)
    return held.reason if held else None


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (status(), None),
        (status("20.1%"), None),
        (status("20%"), "BudgetLow"),
        (status("-5%"), "BudgetLow"),
        (status("Unknown"), "BudgetUnknown"),
        (status(alert="Warning"), None),
        (status(alert="Breach"), "Incident"),
        (status(alert="Exhausted"), "Incident"),
        (status(incident=NOW), "Incident"),
        (SLAContractStatus(), "BudgetUnknown"),
        (None, "BudgetUnknown"),
    ],
)
def test_the_contract_decides_whether_a_route_explores(told: SLAContractStatus | None, reason: str | None) -> None:
    assert why(told) == reason


def test_a_contract_that_does_not_exist_holds_exploration_back() -> None:
    assert why(status(), name="nobody") == "ContractUnknown"


def test_without_a_contract_only_silence_holds_it_back() -> None:
    assert why(None, name=None) is None
    assert why(None, timedelta(minutes=11), None) == "Stale"
    assert why(None, None, None) == "NoOutcomes"
