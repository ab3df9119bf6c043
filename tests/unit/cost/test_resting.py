"""Which rest a workload is in now: by its schedule, by what was measured, by the clock of the place."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from autonomic.cost.resting import resting
from autonomic.cost.windows import Stretch
from autonomic.domain.idling import Idle, Rest
from autonomic.domain.readings import Unknown

NIGHT = {"schedule": "0 20 * * 1-5", "duration": "10h"}
UNKNOWN = Unknown("Absent", "nobody counts")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def idle(**more: Any) -> Idle:
    return Idle.model_validate({"hours": [NIGHT], **more})


def shown(found: Stretch | Unknown | None) -> str:
    if not isinstance(found, Stretch):
        return found.reason if found else "awake"
    return f"{found.began:%a %H:%M} - {found.ended:%a %H:%M}"


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        ("2026-11-23T19:59:59", "awake"),  # a Monday
        ("2026-11-23T20:00:00", "Mon 20:00 - Tue 06:00"),
        ("2026-11-24T05:59:59", "Mon 20:00 - Tue 06:00"),
        ("2026-11-24T06:00:00", "awake"),
        ("2026-11-28T20:30:00", "awake"),
    ],
)
def test_hours_of_a_schedule_begin_and_end_to_the_second(now: str, wanted: str) -> None:
    assert shown(resting(idle(), None, at(now))) == wanted


def test_the_schedule_goes_by_the_clock_of_the_place_through_its_jumps() -> None:
    there = idle(timeZone="Europe/Paris")
    assert shown(resting(there, None, at("2026-11-23T19:30:00"))) == "Mon 19:00 - Tue 05:00"
    assert shown(resting(there, None, at("2026-07-06T19:30:00"))) == "Mon 18:00 - Tue 04:00"
    weekend = idle(hours=[{"schedule": "0 20 * * 5", "duration": "60h"}], timeZone="Europe/Paris")
    found = resting(weekend, None, at("2026-03-28T12:00:00"))  # clocks go forward in that night
    assert shown(found) == "Fri 19:00 - Mon 06:00"


def test_hours_that_touch_are_one_rest_and_what_never_ends_is_looked_at_by_the_week() -> None:
    two = idle(hours=[NIGHT, {"schedule": "0 6 * * 2", "duration": "2h"}])
    assert shown(resting(two, None, at("2026-11-24T06:30:00"))) == "Mon 20:00 - Tue 08:00"
    always = idle(hours=[{"schedule": "0 0 * * *", "duration": "24h"}])
    stretches = {str(resting(always, None, at("2026-11-24T06:30:00") + timedelta(hours=n))) for n in range(48)}
    assert len(stretches) == 1 and "awake" not in stretches


def test_measured_hours_are_of_the_week_there() -> None:
    measured = Idle.model_validate({"requests": "requests_total", "timeZone": "Europe/Paris"})
    night = (Rest(4 * 24 + 20, 58),)
    assert shown(resting(measured, night, at("2026-11-28T12:00:00"))) == "Fri 19:00 - Mon 05:00"
    assert shown(resting(measured, night, at("2026-11-27T18:59:00"))) == "awake"
    assert shown(resting(measured, (Rest(0, 168),), at("2026-11-27T18:59:00"))) == "Sun 23:00 - Sun 23:00"


def test_where_both_are_given_it_rests_where_both_say_so() -> None:
    both = idle(requests="requests_total")
    monday = at("2026-11-23T23:30:00")
    assert shown(resting(both, (Rest(22, 12),), monday)) == "Mon 22:00 - Tue 06:00"
    assert shown(resting(both, (Rest(30, 12),), monday)) == "awake"
    assert shown(resting(both, (Rest(0, 168),), at("2026-11-24T12:00:00"))) == "awake"


@pytest.mark.parametrize("rests", [UNKNOWN, None])
def test_what_was_not_measured_is_not_idle(rests: Unknown | None) -> None:
    found = resting(idle(requests="requests_total"), rests, at("2026-11-23T23:30:00"))
    assert isinstance(found, Unknown)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"hours": []}, "give hours, or requests by which they are measured"),
        ({"hours": [{"schedule": "0 25 * * *", "duration": "10h"}]}, "is not a schedule"),
        ({"hours": [{**NIGHT, "duration": "8d"}]}, "longer than a week"),
        ({"timeZone": "Mars/Olympus"}, "is not a time zone"),
        ({"floor": -1}, "greater than or equal to 0"),
        ({"weeks": 1}, "greater than or equal to 2"),
    ],
)
def test_idle_hours_that_can_not_be_meant_are_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        idle(**wrong)
