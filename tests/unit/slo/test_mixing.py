"""Composites: the weighted mean of their parts' error ratios, and Unknown as soon as a part is."""

import numpy as np
import pytest

from autonomic.domain.readings import Unknown
from autonomic.slo.cohort import Cohort
from autonomic.slo.mixing import mix
from autonomic.slo.promises import promises
from autonomic.slo.verdicts import NO_DATA, PROBLEM, STALE, TOO_FEW, judge
from tests.unit.domain.specimens import contract, objective
from tests.unit.slo.answering import OPTIONS, Counts, cohort_of, counted

HOUR, FIVE = 3_600_000, 300_000


def cohort(one: dict[str, Counts], other: dict[str, Counts], least: int = 100) -> Cohort:
    """A composite of two parts with weights 3 and 1, at places 0 and 1; it is at 2."""
    parts = [{"objective": "success", "weight": 3}, {"objective": "speed", "weight": 1}]
    speed = objective(name="speed", indicator={"ratio": {"bad": "slow", "total": "tasks_total"}})
    whole = objective(name="mix", indicator={"composite": parts}, minEvents=least)
    kept = contract(objectives=[objective(), speed, whole])
    mixed = promises(kept, OPTIONS, {kept.key: kept}, {})[2]
    held = cohort_of(*(part for part, _ in mixed.parts), mixed)
    return counted(counted(held, one, 0), other, 1)


def error_ratio(counts: "np.typing.NDArray[np.float64]") -> float:
    bad, total = counts[:, 2]
    return float(bad / total)


FULL: dict[str, Counts] = {"28d": (10, 1000), "1h": (10, 1000), "5m": (10, 1000)}


def test_the_error_ratio_is_the_weighted_mean_of_the_parts_whatever_their_traffic() -> None:
    held = cohort(
        {"28d": (20, 1000), "1h": (1, 100), "5m": (0, 1)}, {"28d": (0, 9_000_000), "1h": (50, 100), "5m": (1, 4)}
    )
    mix(held)
    assert error_ratio(held.period) == pytest.approx(3 * 0.02 / 4)
    assert error_ratio(held.windows[HOUR]) == pytest.approx((3 * 0.01 + 0.5) / 4)
    assert error_ratio(held.windows[FIVE]) == pytest.approx(0.25 / 4)
    assert held.period[1, 2] == 4


def test_parts_that_fail_alike_make_a_whole_that_fails_like_them() -> None:
    held = cohort(FULL, FULL)
    mix(held)
    seen = judge(held.terms, held.figures)
    assert seen.remaining[2] == pytest.approx(seen.remaining[0])
    assert seen.fires[0][0] == seen.fires[0][2]


@pytest.mark.parametrize("window", ["28d", "1h", "5m"])
def test_a_part_with_too_few_events_leaves_that_window_of_the_whole_unknown(window: str) -> None:
    few = (0, 0) if window == "5m" else (0, 99)
    held = cohort(FULL, {**FULL, window: few})
    mix(held)
    seen = judge(held.terms, held.figures)
    assert (seen.unknown[2] == TOO_FEW) == (window == "28d")
    assert not seen.sure[0][2]


def test_the_short_window_needs_one_event_of_each_part() -> None:
    held = cohort(FULL, {**FULL, "5m": (0, 1)})
    mix(held)
    assert judge(held.terms, held.figures).sure[0][2]


@pytest.mark.parametrize(("born", "code"), [(np.inf, NO_DATA), (0.0, STALE)])
def test_a_whole_is_as_fresh_as_its_stalest_part_and_as_old_as_its_youngest(born: float, code: int) -> None:
    held = cohort(FULL, FULL)
    held.newest[:2] = held.at - 5000, held.at
    held.born[:2] = 7, 9
    mix(held)
    assert (held.newest[2], held.born[2]) == (held.at - 5000, 9)
    held.newest[1], held.born[1] = np.nan, born
    mix(held)
    assert judge(held.terms, held.figures).unknown[2] == code


def test_a_part_that_can_t_be_read_says_why_for_the_whole() -> None:
    why = Unknown("InvalidQuery", "no")
    held = cohort(FULL, FULL)
    held.problems = {1: why}
    mix(held)
    assert held.problems[2] == why
    assert judge(held.terms, held.figures).unknown.tolist()[1:] == [PROBLEM, PROBLEM]


def test_without_a_composite_nothing_changes() -> None:
    kept = contract()
    held = counted(cohort_of(*promises(kept, OPTIONS, {kept.key: kept}, {})), FULL)
    mix(held)
    assert held.period.tolist() == [[10], [1000]]
