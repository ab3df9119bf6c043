"""Freezes: when nothing is begun, and until when."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from autonomic.domain.freezes import WEEKDAYS
from autonomic.domain.redlines import RedLineSpec
from autonomic.domain.targets import StepFacts
from autonomic.domain.view import View
from autonomic.governance.freezing import FOREVER, frozen_until
from autonomic.governance.redlines import freezes
from tests.unit.domain.specimens import NOW, namespace, plan, redline, target

WEEKEND = {"schedule": "0 18 * * 5", "duration": "62h", "timeZone": "Europe/Paris"}


def until(at: str, **spec: Any) -> str | None:
    """When the freeze ends as seen from a moment in UTC, to the minute."""
    end = frozen_until(RedLineSpec.model_validate(spec), datetime.fromisoformat(f"{at}+00:00"))
    return None if end is None else f"{end.astimezone(UTC):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2025-01-03T16:59:59", None),
        ("2025-01-03T17:00:00", "2025-01-06 07:00"),
        ("2025-01-06T06:59:59", "2025-01-06 07:00"),
        ("2025-01-06T07:00:00", None),
    ],
)
def test_a_freeze_holds_from_its_first_instant_to_just_before_its_end(at: str, end: str | None) -> None:
    assert until(at, freeze=[WEEKEND]) == end


def test_a_freeze_lasts_as_long_as_it_says_also_where_clocks_change() -> None:
    assert until("2025-03-29T12:00:00", freeze=[WEEKEND]) == "2025-03-31 07:00"
    assert until("2025-10-25T12:00:00", freeze=[WEEKEND]) == "2025-10-27 06:00"


def test_a_freeze_at_an_hour_that_clocks_skip_begins_after_the_gap() -> None:
    night = [{"schedule": "30 2 * * *", "duration": "1h", "timeZone": "Europe/Paris"}]
    assert until("2025-03-30T00:59:00", freeze=night) is None
    assert until("2025-03-30T01:01:00", freeze=night) == "2025-03-30 02:00"


def test_freezes_that_follow_on_one_another_are_one() -> None:
    evening = {"schedule": "0 20 * * *", "duration": "4h"}
    assert until("2025-01-03T21:00:00", freeze=[evening], freezeDays=["Saturday", "Sunday"]) == "2025-01-06 00:00"


def test_of_freezes_that_overlap_the_later_end_counts() -> None:
    both = [{"schedule": "0 12 * * *", "duration": "1h"}, {"schedule": "30 12 * * *", "duration": "2h"}]
    assert until("2025-01-01T12:45:00", freeze=both) == "2025-01-01 14:30"


def test_a_day_of_the_week_is_frozen_from_midnight_to_midnight_in_utc() -> None:
    assert until("2025-01-03T23:59:59", freezeDays=["Saturday"]) is None
    assert until("2025-01-04T00:00:00", freezeDays=["Saturday"]) == "2025-01-05 00:00"


def test_a_freeze_of_all_days_has_no_end() -> None:
    assert frozen_until(RedLineSpec(freeze_days=WEEKDAYS), NOW) == FOREVER


def test_a_line_without_a_freeze_freezes_nothing() -> None:
    assert frozen_until(RedLineSpec(), NOW) is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"schedule": "0 25 * * 5"}, "'0 25 * * 5' is not a schedule: write five cron fields"),
        ({"schedule": "* * * * *"}, "comes back more than 24 times a day"),
        ({"timeZone": "Mars/Olympus"}, "'Mars/Olympus' is not a time zone: write an IANA name"),
        ({"duration": "32d"}, "'32d' is longer than 31d, the longest freeze there is"),
    ],
)
def test_a_freeze_that_can_t_be_understood_is_refused_with_the_value_and_the_way_out(
    wrong: dict[str, str], said: str
) -> None:
    with pytest.raises(ValidationError, match=r"freeze\.0") as caught:
        RedLineSpec.model_validate({"freeze": [{**WEEKEND, **wrong}]})
    assert said in str(caught.value)


FACTS = (StepFacts("Scale", target(), (), frozenset(), "scale from 2 to 4 replicas", 2, 4),)


def test_a_frozen_plan_is_told_which_line_freezes_it_and_until_when() -> None:
    line = redline("newyear", freeze=[{"schedule": "0 0 31 12 *", "duration": "3d"}])
    seen = View(NOW, redlines={"newyear": line}, namespaces={"shop": namespace()})
    assert freezes(plan(), FACTS, seen) == ("RedLine newyear: frozen until 2025-01-03 00:00 UTC",)


def test_a_freeze_holds_only_for_what_its_line_selects() -> None:
    line = redline(freezeDays=list(WEEKDAYS), appliesTo={"labels": {"tier": "web"}})
    seen = View(NOW, redlines={"default": line}, namespaces={"shop": namespace()})
    assert freezes(plan(), FACTS, seen) == ()
