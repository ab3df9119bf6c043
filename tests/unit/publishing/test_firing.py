"""The alerts fire when the engine's arithmetic does: the same traffic, played to promtool and counted exactly."""

from pathlib import Path

import pytest

from tests.unit.publishing.trial import SlicedTrial, Trial

HOUR = 60


def steady(bad: int, minutes: int, total: int = 10_000) -> list[tuple[int, int]]:
    return [(bad, total)] * minutes


@pytest.mark.parametrize(
    ("bad", "minutes", "window"),
    [(673, 7 * HOUR, "1h"), (281, 7 * HOUR, "6h"), (141, 26 * HOUR, "1d"), (51, 32 * HOUR, "30h")],
)
def test_a_burn_just_above_a_factor_fires_its_tier(tmp_path: Path, bad: int, minutes: int, window: str) -> None:
    trial = Trial(steady(bad, minutes))
    assert window in {each for _, each in next(reversed(trial.settled.values()))}
    trial.play(tmp_path)


@pytest.mark.parametrize(
    ("bad", "minutes", "window"),
    [(671, 7 * HOUR, "1h"), (279, 7 * HOUR, "6h"), (139, 26 * HOUR, "1d"), (49, 32 * HOUR, "30h")],
)
def test_a_burn_just_below_a_factor_does_not_fire_its_tier(tmp_path: Path, bad: int, minutes: int, window: str) -> None:
    trial = Trial(steady(bad, minutes))
    assert window not in {each for level, each in next(reversed(trial.settled.values())) if level != "Exhausted"}
    trial.play(tmp_path)


def test_a_burst_fires_while_it_lasts_and_not_once_the_short_window_is_past_it(tmp_path: Path) -> None:
    trial = Trial(steady(0, 3 * HOUR) + steady(2000, 45) + steady(0, 8 * HOUR))
    assert ("Breach", "1h") in set().union(*trial.settled.values())
    assert not {level for level, _ in next(reversed(trial.settled.values()))} & {"Breach", "Warning"}
    trial.play(tmp_path)


def test_without_traffic_nothing_fires(tmp_path: Path) -> None:
    trial = Trial(steady(1, 2 * HOUR) + steady(0, 8 * HOUR, total=0))
    assert set(trial.settled.values()) == {frozenset()}
    trial.play(tmp_path)


def test_errors_that_were_never_counted_beside_traffic_are_none(tmp_path: Path) -> None:
    trial = Trial(steady(0, 4 * HOUR) + steady(900, 3 * HOUR))
    assert set(trial.settled.values()) >= {frozenset()}
    assert any(trial.settled.values())
    trial.play(tmp_path)


def test_too_few_events_fire_nothing(tmp_path: Path) -> None:
    trial = Trial(steady(1, 7 * HOUR, total=1), extra={"minEvents": 200})
    last = next(reversed(trial.settled.values()))
    assert ("Breach", "6h") in last
    assert ("Breach", "1h") not in last
    trial.play(tmp_path)


def test_a_tier_is_silent_until_there_is_a_history_as_long_as_its_window(tmp_path: Path) -> None:
    trial = Trial(steady(5000, 7 * HOUR))
    assert trial.settled[min(at for at in trial.settled if at > 2 * HOUR)] >= {("Breach", "1h")}
    assert ("Breach", "6h") not in trial.settled[max(at for at in trial.settled if at < 6 * HOUR)]
    trial.play(tmp_path)


def test_at_equality_no_tier_fires_and_a_budget_is_spent(tmp_path: Path) -> None:
    """With powers of two there is no rounding: the factor 8 of 1/16 is one half, to the last bit."""
    tiers = (("1h", "5m", "8", "Breach"), ("2h", "10m", "7.96875", "Breach"))
    trial = Trial(steady(512, 3 * HOUR, total=1024), target="93.75", period="6h", tiers=tiers)
    last = next(reversed(trial.settled.values()))
    assert last == {("Breach", "2h"), ("Exhausted", "6h")}
    trial.play(tmp_path)
    spent = Trial(steady(64, HOUR, total=1024), target="93.75", period="6h", tiers=tiers)
    assert next(reversed(spent.settled.values())) == {("Exhausted", "6h")}
    spent.play(tmp_path)


def test_a_quiet_hour_weighs_no_more_than_what_happened_in_it(tmp_path: Path) -> None:
    """A mean of the hours' ratios would be one half, and a burn of a hundred times the budget."""
    trial = Trial((steady(0, HOUR) + steady(5, HOUR, total=5)) * 16)
    assert not {alert for alerts in trial.settled.values() for alert in alerts if alert[1] == "30h"}
    trial.play(tmp_path)


@pytest.mark.parametrize(("every", "fires"), [(6, True), (7, False)])
def test_slices_burn_by_their_number_whatever_was_in_them(tmp_path: Path, every: int, fires: bool) -> None:
    """One bad slice of six or of seven, where the tier's bound is 0.15: more than one of six point seven."""
    tiers = (("210m", "1h", "3", "Breach"),)
    bad, good = steady(20, 5, total=1000), steady(9, 5, total=10_000)
    trial = SlicedTrial((bad + good * (every - 1)) * 12, target="95", period="6h", tiers=tiers)
    assert any(("Breach", "210m") in alerts for alerts in trial.settled.values()) == fires
    trial.play(tmp_path)
