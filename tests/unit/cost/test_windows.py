"""When a budget's window began and ends, and how it is cut."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from autonomic.cost.windows import stretches, window
from autonomic.domain.spending import SpendLimit


def limit(per: str, **more: str) -> SpendLimit:
    written: dict[str, Any] = {"amount": "1", "currency": "USD", "per": per, **more}
    return SpendLimit.model_validate(written)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_month_with_a_change_of_the_clock_is_an_hour_shorter_than_its_days() -> None:
    found = window(limit("1mo", timeZone="Europe/Berlin"), utc("2026-03-31T12:00"))
    assert (found.began, found.ended) == (utc("2026-02-28T23:00"), utc("2026-03-31T22:00"))
    assert found.seconds == 743 * 3600


def test_a_day_may_have_23_hours_and_25() -> None:
    spring = window(limit("1d", timeZone="Europe/Berlin"), utc("2026-03-29T12:00"))
    autumn = window(limit("1d", timeZone="Europe/Berlin"), utc("2026-10-25T12:00"))
    assert (spring.seconds, autumn.seconds) == (23 * 3600, 25 * 3600)


def test_a_day_whose_midnight_is_skipped_begins_with_its_first_instant() -> None:
    found = window(limit("1d", timeZone="Africa/Cairo"), utc("2026-04-24T12:00"))
    assert (found.began, found.seconds) == (utc("2026-04-23T22:00"), 23 * 3600)


def test_an_hour_begins_by_the_clock_of_its_place() -> None:
    found = window(limit("1h", timeZone="Asia/Kolkata"), utc("2026-11-23T12:10"))
    assert (found.began, found.ended) == (utc("2026-11-23T11:30"), utc("2026-11-23T12:30"))


def test_the_moment_at_which_a_window_ends_is_its_own() -> None:
    midnight = utc("2026-11-23T00:00")
    assert window(limit("1d"), midnight).ended == midnight
    assert window(limit("1d"), midnight + timedelta(seconds=1)).began == midnight


def test_a_week_begins_on_monday_and_a_rolling_month_has_thirty_days() -> None:
    assert window(limit("1w"), utc("2026-11-25T12:00")).began == utc("2026-11-23T00:00")
    rolling = window(limit("1mo", window="Rolling"), utc("2026-11-23T12:00"))
    assert (rolling.began, rolling.ended) == (utc("2026-10-24T12:00"), utc("2026-11-23T12:00"))


def test_a_window_is_cut_at_midnights_of_utc_without_a_gap() -> None:
    whole = window(limit("1w", window="Rolling"), utc("2026-11-23T12:00"))
    parts = stretches(whole)
    assert [each.seconds for each in parts] == [43200, *[86400] * 6, 43200]
    assert (parts[0].began, parts[-1].ended) == (whole.began, whole.ended)
    assert all(one.ended == other.began for one, other in pairwise(parts))
    assert [each.day.day for each in parts] == [16, 17, 18, 19, 20, 21, 22, 23]
