"""The PromQL that is asked, and when."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.contracts import Objective
from autonomic.domain.errors import Invalid
from autonomic.domain.units import milliseconds
from autonomic.slo.questions import ask_about, evaluation_time, tick
from tests.unit.domain.specimens import NOW, objective

PROMISE = Objective.model_validate(objective())


def test_counts_are_exact_increases_of_the_selectors() -> None:
    asked = ask_about(PROMISE, NOW, exact=True)
    assert set(asked.counts) == {"1h", "5m", "28d"}
    assert asked.counts["1h"].bad.expr == 'sum(increase(tasks_total{status="failed"}[1h] anchored))'
    assert asked.counts["28d"].total.expr == "sum(increase(tasks_total[28d] anchored))"


def test_a_server_without_anchored_ranges_is_asked_for_plain_increases() -> None:
    assert ask_about(PROMISE, NOW, exact=False).counts["5m"].total.expr == "sum(increase(tasks_total[5m]))"


def test_freshness_and_history_are_asked_of_the_total() -> None:
    asked = ask_about(PROMISE, NOW, exact=True)
    assert asked.newest.expr == "max(timestamp(tasks_total))"
    assert asked.history["1h"].expr == "count(last_over_time(tasks_total[3600000ms] offset 1h))"


def test_the_probe_for_history_is_no_longer_than_the_window_and_an_hour() -> None:
    windows = [
        {"long": "1m", "short": "5s", "factor": "2", "level": "Breach"},
        {"long": "3d", "short": "6h", "factor": "1", "level": "Breach"},
    ]
    asked = ask_about(Objective.model_validate(objective(alerting={"windows": windows})), NOW, exact=True)
    assert asked.history["1m"].expr == "count(last_over_time(tasks_total[60000ms] offset 1m))"
    assert asked.history["3d"].expr == "count(last_over_time(tasks_total[3600000ms] offset 3d))"


def test_every_question_is_asked_for_the_evaluation_time() -> None:
    asked = ask_about(PROMISE, NOW, exact=True)
    every = list(asked.every())
    assert len(every) == 1 + 2 * 3 + 1
    assert {each.at for each in every} == {NOW}


@pytest.mark.parametrize("field", ["bad", "total"])
@pytest.mark.parametrize(
    ("selector", "why"),
    [
        ("sum(a)", "not a plain selector"),
        ("rate(a[5m])", "not a plain selector"),
        ("a[5m]", "not a plain selector"),
        ("a or b", "not a plain selector"),
        ("a offset 5m", "offset"),
        ("a @ 1700000000", "offset or @"),
        ("a{", "not PromQL"),
        ("{}", "not PromQL"),
        ("a)) or vector(0) #", "not PromQL"),
    ],
)
def test_what_is_no_plain_selector_is_refused_with_the_field_s_name(field: str, selector: str, why: str) -> None:
    ratio = {"bad": "a", "total": "b", field: selector}
    promise = Objective.model_validate(objective(indicator={"ratio": ratio}))
    with pytest.raises(Invalid, match=why) as refused:
        ask_about(promise, NOW, exact=True)
    assert f"indicator.ratio.{field}" in str(refused.value)
    assert repr(selector) in str(refused.value)


moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it
grids = st.sampled_from(["1s", "15s", "1m", "7m", "1h"])


@given(moments, grids, st.integers(0, 600))
def test_the_evaluation_time_is_the_last_grid_point_that_is_late_enough(now: datetime, grid: str, delay: int) -> None:
    at = evaluation_time(now, grid, timedelta(seconds=delay))
    behind = now - timedelta(seconds=delay) - at
    assert round(at.timestamp() * 1000) % milliseconds(grid) == 0
    assert timedelta(milliseconds=-1) <= behind < timedelta(milliseconds=milliseconds(grid) + 1)


def test_the_grid_is_the_same_in_every_time_zone() -> None:
    here = NOW.astimezone(timezone(timedelta(hours=5, minutes=45))) + timedelta(seconds=59)
    assert evaluation_time(here, "1h", timedelta(0)) == NOW


def test_the_tick_is_the_resolution_in_seconds() -> None:
    alerting = {**objective()["alerting"], "resolution": "1500ms"}
    assert tick(Objective.model_validate(objective(alerting=alerting))) == 1.5
