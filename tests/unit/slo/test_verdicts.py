"""Verdicts over many promises at once: the same as the exact arithmetic of budgets, one by one."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.budgets import Count, ErrorBudget
from autonomic.domain.words import Level
from autonomic.slo.cohort import Cohort
from autonomic.slo.promises import Promise
from autonomic.slo.verdicts import (
    KNOWN,
    LEVELS,
    NO_DATA,
    PROBLEM,
    STALE,
    TOO_FEW,
    Hysteresis,
    Terms,
    Verdicts,
    count,
    decimal,
    judge,
)
from tests.unit.domain.specimens import FAST
from tests.unit.slo.answering import Counts, cohort_of, counted, promised

MINUTE = 60_000


def verdict(cohort: Cohort) -> Verdicts:
    return judge(cohort.terms, cohort.figures)


def one(counts: dict[str, Counts], **more: Any) -> Verdicts:
    return verdict(counted(cohort_of(promised(**more)), counts))


@st.composite
def pairs(draw: st.DrawFn, target: Decimal, factor: Decimal) -> tuple[int, int]:
    """Bad and total; often as many bad as exactly reach the bound, or one more or less."""
    total = draw(st.integers(1, 10**6)) * draw(st.sampled_from([1, 1000, 10**7]))
    bound = factor * (1 - target) * total
    near = st.integers(-1, 1).map(lambda off: max(0, int(bound) + off))
    return draw(st.integers(0, total) | near), total


@st.composite
def promises(draw: st.DrawFn) -> tuple[Promise, dict[str, tuple[int, int]]]:
    target = draw(st.sampled_from(["99.9", "99.5", "99", "95", "99.99"]))
    factor = draw(st.sampled_from(["14.4", "6", "3", "1", "1.33333"]))
    tiers = [{**FAST, "factor": factor}]
    promise = promised(target=target, alerting={"windows": tiers}, minEvents=1)
    ratio = Decimal(target) / 100
    windows = {window: draw(pairs(ratio, Decimal(factor))) for window in ("1h", "5m")}
    return promise, {**windows, "28d": draw(pairs(ratio, Decimal(1)))}


def test_the_arithmetic_is_that_of_exact_decimals_up_to_equality() -> None:
    """Many promises of one schedule, so that they are judged side by side."""

    @given(st.data())
    def same(data: st.DataObject) -> None:
        drawn = [data.draw(promises()) for _ in range(3)]
        for promise, counts in drawn:
            target, tier = promise.objective.ratio_target, promise.schedule.tiers[0]
            exact = {window: Count(window, Decimal(bad), Decimal(total)) for window, (bad, total) in counts.items()}
            fires = all(exact[window].burns_faster_than(tier.factor, target) for window in ("1h", "5m"))
            budget = ErrorBudget(target, exact["28d"])
            seen = verdict(counted(cohort_of(promise), counts))
            assert bool(seen.fires[0][0]) == fires
            wanted = Level.EXHAUSTED if budget.exhausted else Level.BREACH if fires else None
            assert LEVELS[seen.level[0]] is wanted
            assert seen.remaining[0] == pytest.approx(float(budget.remaining), rel=1e-9, abs=1e-9)

    same()


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=2, max_size=20))
def test_each_of_many_is_judged_as_if_it_were_alone(drawn: list[tuple[int, int]]) -> None:
    counts: list[dict[str, Counts]] = [
        {window: (min(bad, total), total) for window in ("28d", "1h", "5m")} for bad, total in drawn
    ]
    together = cohort_of(*(promised(name=f"p{at}") for at in range(len(drawn))))
    for at, each in enumerate(counts):
        counted(together, each, at)
    seen = verdict(together)
    for at, each in enumerate(counts):
        alone = one(each)
        assert (seen.level[at], seen.unknown[at]) == (alone.level[0], alone.unknown[0])
        assert (seen.fires[0][at], seen.sure[0][at]) == (alone.fires[0][0], alone.sure[0][0])


@given(st.integers(1, 10**6), st.integers(1, 14))
def test_no_rounding_moves_a_tier_s_bound(thousands: int, factor: int) -> None:
    tiers = [{**FAST, "factor": str(factor)}]
    total, bad = thousands * 1000, factor * thousands
    well: dict[str, Counts] = {"28d": (0, total)}
    at_the_bound = one({**well, "1h": (bad, total), "5m": (bad, total)}, target="99.9", alerting={"windows": tiers})
    beyond = {**well, "1h": (bad + 1, total), "5m": (bad + 1, total)}
    assert not at_the_bound.fires[0][0]
    assert one(beyond, target="99.9", alerting={"windows": tiers}).fires[0][0]


@pytest.mark.parametrize("total", [5000, 10_000, 20_000, 40_000])
def test_equality_is_equality_where_floating_point_would_say_more(total: int) -> None:
    bad = total * 12 // 10_000
    assert bad > 1.2 * float(1 - Decimal("0.999")) * total  # which is why the decimals decide
    tiers = [{**FAST, "factor": "1.2"}]
    counts: dict[str, Counts] = {"28d": (0, total), "1h": (bad, total), "5m": (bad, total)}
    assert not one(counts, target="99.9", alerting={"windows": tiers}).fires[0][0]


def test_a_budget_of_which_exactly_nothing_is_left_is_exhausted() -> None:
    for total in (1000, 3000, 7_000_000_000):
        well: dict[str, Counts] = {"1h": (0, 1000), "5m": (0, 100)}
        assert LEVELS[one({**well, "28d": (total // 1000, total)}, target="99.9").level[0]] is Level.EXHAUSTED
        assert LEVELS[one({**well, "28d": (total // 1000 - 1, total)}, target="99.9").level[0]] is None


@pytest.mark.parametrize("tiers", [("Breach", "Warning"), ("Warning", "Breach")])
def test_the_level_is_the_gravest_tier_that_fires(tiers: tuple[str, str]) -> None:
    windows = [{**FAST, "level": tiers[0]}, {**FAST, "long": "2h", "level": tiers[1]}]
    burning: dict[str, Counts] = {"28d": (0, 100_000), "5m": (50, 100), "1h": (500, 1000), "2h": (500, 1000)}
    assert LEVELS[one(burning, alerting={"windows": windows}).level[0]] is Level.BREACH
    calm = {"1h": tiers[0], "2h": tiers[1]}
    for window, quiet in calm.items():
        left = next(each for each in tiers if each != quiet)
        seen = one({**burning, window: (0, 1000)}, alerting={"windows": windows})
        assert LEVELS[seen.level[0]] is Level(left)


def test_a_spent_budget_is_exhausted_whatever_the_tiers_say() -> None:
    for now in ((0, 0), (0, 100), (100, 100)):
        assert LEVELS[one({"28d": (500, 100_000), "1h": now, "5m": now}).level[0]] is Level.EXHAUSTED


def test_why_something_is_unknown_is_the_first_reason_that_applies() -> None:
    cohort = cohort_of(*(promised(name=f"p{at}") for at in range(5)))
    counted(cohort, {"28d": (99, 100)}, 0)
    counted(cohort, {"28d": (99, 99)}, 1)
    cohort.newest[2:] = np.nan
    cohort.born[3] = np.inf
    cohort.born[4] = np.inf
    cohort.problems = {4: None}  # type: ignore[dict-item]  # whatever it is
    seen = verdict(cohort)
    assert seen.unknown.tolist() == [KNOWN, TOO_FEW, STALE, NO_DATA, PROBLEM]
    assert [LEVELS[each] for each in seen.level] == [Level.EXHAUSTED, None, None, None, None]


@pytest.mark.parametrize("born", [-np.inf, 0.0, 1e12], ids=["before every window", "1970", "2001"])
def test_what_once_had_a_sample_is_stale_and_not_without_data(born: float) -> None:
    cohort = counted(cohort_of(promised()), {"28d": (0, 1000)})
    cohort.newest[0], cohort.born[0] = np.nan, born
    assert verdict(cohort).unknown.tolist() == [STALE]


@pytest.mark.parametrize("flaw", ["newest", "problem", "few"])
def test_what_is_unknown_fires_no_tier(flaw: str) -> None:
    cohort = counted(cohort_of(promised()), {"28d": (0, 99 if flaw == "few" else 1000), "1h": (9, 1000), "5m": (9, 9)})
    counted(cohort, {"1h": (900, 1000)})
    if flaw == "newest":
        cohort.newest[0] = np.nan
    if flaw == "problem":
        cohort.problems = {0: None}  # type: ignore[dict-item]  # whatever it is
    seen = verdict(cohort)
    assert not seen.fires[0][0]
    assert not seen.sure[0][0]
    assert seen.level[0] == 0


def test_numbers_are_read_as_they_are_written() -> None:
    assert str(decimal(3.0)) == "3"
    assert str(decimal(0.1)) == "0.1"
    assert count("1h", 2**53, 2.5) == Count("1h", Decimal(2**53), Decimal("2.5"))


class Alert:
    """One promise, minute by minute, that keeps an alert for five."""

    def __init__(self) -> None:
        self.hysteresis = Hysteresis()
        self.hysteresis.select(np.array([-1]))
        promise = promised(alerting={"windows": [FAST], "keepFiringFor": "5m"})
        self.terms = Terms([promise], promise.schedule)

    def goes(self, *levels: str) -> str:
        """What is shown in each minute: W, B, E, of nothing `.`, of what is unknown `?`."""
        return "".join(self.shows(at, level) for at, level in enumerate("".join(levels)))

    def shows(self, minute: int, level: str) -> str:
        """What is shown then."""
        unknown = np.array([TOO_FEW if level == "?" else KNOWN], np.int8)
        codes = np.array([max(0, ".WBE".find(level))], np.int8)
        verdicts = Verdicts(unknown, codes, np.zeros(1), (), ())
        return ".WBE"[self.hysteresis.shown(verdicts, self.terms, minute * MINUTE)[0]]


@pytest.mark.parametrize(
    ("goes", "shown"),
    [
        ("..B..", "..BBB"),
        ("B.......", "BBBBB..."),
        ("BB......", "BBBBBB.."),
        ("B...B......", "BBBBBBBBB.."),
        ("BWWWWWWW", "BBBBBWWW"),
        ("BWWWWWW......", "BBBBBWWWWWW.."),
        ("WBW", "WBB"),
        ("BE......", "BEEEEE.."),
        ("B??????.", "B......."),
        ("B??.....", "B..BB..."),
        ("B???????B", "B.......B"),
        ("B??????BB", "B......BB"),
    ],
)
def test_a_level_rises_at_once_and_falls_after_five_quiet_minutes(goes: str, shown: str) -> None:
    assert Alert().goes(goes) == shown


def test_an_alert_that_was_shown_before_a_restart_goes_on_and_ends_in_its_time() -> None:
    alert = Alert()
    alert.hysteresis.resume(0, Level.BREACH, 3 * MINUTE)
    assert alert.goes("......") == "BBB..."


def test_alerts_move_with_their_promises() -> None:
    alert = Alert()
    alert.goes("B")
    alert.hysteresis.select(np.array([-1, 0]))
    quiet = Verdicts(np.zeros(2, np.int8), np.zeros(2, np.int8), np.zeros(2), (), ())
    promise = promised()
    terms = Terms([promise, promise], promise.schedule)
    assert alert.hysteresis.shown(quiet, terms, MINUTE).tolist() == [0, LEVELS.index(Level.BREACH)]
