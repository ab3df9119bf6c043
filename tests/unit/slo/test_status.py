"""How an assessment is shown, and what is reason enough to write."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.contracts import ObjectiveStatus, SLAContractStatus
from autonomic.domain.readings import Unknown
from autonomic.slo.status import differs_visibly, percent, shown, worst
from tests.unit.domain.specimens import NOW
from tests.unit.slo.answering import counted, judged

BURNING = {"28d": counted(123, 100_000), "1h": counted(100, 1000), "5m": counted(10, 100)}


def test_the_status_shows_figures_as_people_read_them() -> None:
    status = shown(judged(BURNING), None)
    assert (status.sli, status.budget_remaining, status.alert) == ("99.877%", "75.4%", "Breach")
    assert {each.window: each.rate for each in status.burn_rates} == {"1h": "20.0", "5m": "20.0"}
    assert status.since == NOW


def test_since_stays_while_the_level_does_and_moves_with_it() -> None:
    first = shown(judged(BURNING), None)
    later = replace(judged(BURNING), at=NOW + timedelta(minutes=3))
    assert shown(later, first).since == NOW
    calm = replace(judged({**BURNING, "5m": counted(0, 100)}), at=NOW + timedelta(minutes=5))
    assert shown(calm, first).since == NOW + timedelta(minutes=5)
    assert shown(calm, first).alert == "None"


def test_what_is_unknown_is_shown_as_unknown() -> None:
    status = shown(judged({**BURNING, "28d": (Unknown("NaN", "x"), Unknown("NaN", "x"))}), None)
    assert (status.sli, status.budget_remaining, status.alert) == ("Unknown", "Unknown", "Unknown")


@given(st.decimals("-5", "1", places=8))
def test_a_percentage_is_never_shown_better_than_it_is(ratio: Decimal) -> None:
    said = Decimal(percent(ratio).removesuffix("%")) / 100
    assert said <= ratio < said + Decimal("0.001")


def of(alert: str, left: str = "50.0%", name: str = "a") -> ObjectiveStatus:
    return ObjectiveStatus.model_validate({"name": name, "sli": "99%", "budgetRemaining": left, "alert": alert})


def test_the_worst_objective_is_the_gravest_and_then_the_poorest() -> None:
    order = [
        of("Exhausted", "-10.0%"),
        of("Exhausted", "0.0%"),
        of("Breach"),
        of("Unknown", "Unknown"),
        of("Warning"),
        of("None", "1.0%"),
        of("None"),
    ]
    for number, each in enumerate(order):
        assert worst(reversed(order[number:])) == each
    assert worst([]) is None


def test_a_moving_burn_rate_alone_is_no_reason_to_write() -> None:
    before = SLAContractStatus(objectives=(shown(judged(BURNING), None),))
    moved = shown(judged({**BURNING, "5m": counted(11, 100)}), before.objectives[0])
    assert moved.burn_rates != before.objectives[0].burn_rates
    assert not differs_visibly(before, SLAContractStatus(objectives=(moved,)))


@pytest.mark.parametrize("change", [{"alert": "None"}, {"sli": "98%"}, {"budget_remaining": "1.0%"}])
def test_every_figure_that_people_read_is_a_reason_to_write(change: dict[str, str]) -> None:
    before = of("Breach")
    after = before.model_copy(update=change)
    assert differs_visibly(SLAContractStatus(objectives=(before,)), SLAContractStatus(objectives=(after,)))
