"""Constraints first, each with its reason; then the ranking."""

from dataclasses import replace

import pytest

from autonomic.routing.profile import PerformanceProfile
from autonomic.routing.scoring import Candidate, Constraints, Weighing, ahead, eligible, rank

BLANK = PerformanceProfile("", "code", 0.0, None, None, None, None, None, None, (0.0, 1.0))
BIG = replace(
    BLANK, candidate="big", samples=200.0, success=0.95, latency_p95=2.0, cost_per_task=0.04, confidence=(0.91, 0.97)
)
SMALL = replace(
    BLANK, candidate="small", samples=200.0, success=0.9, latency_p95=1.0, cost_per_task=0.01, confidence=(0.85, 0.93)
)
PROFILES = {"big": BIG, "small": SMALL}
EU = Candidate("big", 128_000, {"region": "eu"})
US = Candidate("small", 8_000, {"region": "us"})


@pytest.mark.parametrize(
    ("constraints", "who", "why"),
    [
        (
            Constraints(min_success=0.94),
            "small",
            "at most 93.0% of its tasks succeed (over 200 outcomes), 94.0% is asked",
        ),
        (Constraints(latency_p95=1.5), "big", "its p95 is 2 s (over 200 outcomes), 1.5 s is the limit"),
        (Constraints(cost_per_task=0.02), "big", "a task costs 0.04 (over 200 outcomes), 0.02 is the limit"),
        (Constraints(context_length=100_000), "small", "its context holds 8000 tokens, 100000 are needed"),
        (Constraints(residency={"region": "eu"}), "small", "its label region is us, eu is required"),
        (Constraints(residency={"zone": "a"}), "small", "its label zone is not set, a is required"),
    ],
)
def test_who_breaks_a_constraint_is_out_with_the_reason(constraints: Constraints, who: str, why: str) -> None:
    fit, reasons = eligible((EU, US), PROFILES, constraints)
    assert reasons[who] == why
    assert set(fit) == {"big", "small"} - set(reasons)


def test_every_reason_is_named() -> None:
    _, reasons = eligible((US,), PROFILES, Constraints(0.99, 0.5, 0.001, 9_000, {"region": "eu"}))
    assert len(reasons["small"].split("; ")) == 5


def test_what_is_not_known_shuts_nobody_out() -> None:
    constraints = Constraints(0.99, 0.5, 0.001, 9_000)
    few = replace(SMALL, samples=10.0, confidence=(0.5, 1.0))
    assert eligible((Candidate("small"),), {}, constraints) == (("small",), {})
    assert eligible((Candidate("small"),), {"small": BLANK}, constraints) == (("small",), {})
    assert eligible((Candidate("small"),), {"small": few}, constraints) == (("small",), {})


def test_the_ranking_weighs_success_latency_and_cost() -> None:
    best, other = rank(("big", "small"), PROFILES)
    assert [best.candidate, other.candidate] == ["small", "big"]
    assert best.score == pytest.approx(0.6 * 0.9 + 0.2 + 0.2)
    assert other.score == pytest.approx(0.6 * 0.95 + 0.2 / 2 + 0.2 / 4)
    assert rank(("big", "small"), PROFILES, Weighing(1.0, 0.0, 0.0))[0].candidate == "big"


def test_who_is_not_known_counts_neither_way() -> None:
    assert [each.candidate for each in rank(("new", "newer"), {})] == ["new", "newer"]
    half = replace(SMALL, latency_p95=None, cost_per_task=None)
    assert rank(("small",), {"small": half})[0].score == pytest.approx(0.9)
    assert rank(("small",), {"small": replace(SMALL, latency_p95=0.0, cost_per_task=0.0)})[0].score == pytest.approx(
        0.94
    )


def test_what_one_is_ahead_by_is_in_units_of_success() -> None:
    found = ahead(("big", "small", "new"), PROFILES)
    assert found["small"] - found["big"] == pytest.approx((0.2 * (1 - 1 / 2) + 0.2 * (1 - 1 / 4)) / 0.6)
    assert found["new"] == 0.0
