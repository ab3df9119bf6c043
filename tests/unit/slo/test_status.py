"""How an assessment is shown, and what is reason enough to write."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.contracts import ObjectiveStatus, Reading, SLAContractStatus
from autonomic.domain.objectives import Objective
from autonomic.domain.readings import Unknown
from autonomic.domain.words import Level
from autonomic.slo.status import differs_visibly, percent, reading, worst
from autonomic.slo.status import shown as show
from tests.unit.domain.specimens import FAST, NOW, SLOW, objective
from tests.unit.slo.answering import Counts, judged

PROMISE = Objective.model_validate(objective())
BURNING: dict[str, Counts] = {"28d": (123, 100_000), "1h": (100, 1000), "5m": (10, 100)}
CALM: dict[str, Counts] = {**BURNING, "1h": (0, 1000), "5m": (0, 100)}


def shown(counts: dict[str, Counts], before: ObjectiveStatus | None = None, **more: Any) -> ObjectiveStatus:
    return show(PROMISE, [judged(counts, **more)], before)


def test_the_status_shows_figures_as_people_read_them() -> None:
    status = shown(BURNING)
    assert (status.sli, status.budget_remaining, status.alert) == ("99.877%", "75.4%", "Breach")
    assert {each.window: each.rate for each in status.burn_rates} == {"1h": "20.0", "5m": "20.0"}
    assert (status.since, status.exactness, status.history, status.exhausts_at) == (
        NOW,
        "Exact",
        "",
        datetime.fromisoformat("2025-01-02T13:20:03Z"),  # 75.4 % of 28 days, spent 20 times too fast
    )


def test_since_stays_while_the_level_does_and_moves_with_it() -> None:
    first = shown(BURNING)
    assert shown(BURNING, first, now=NOW + timedelta(minutes=3)).since == NOW
    calm = shown({**BURNING, "5m": (0, 100)}, first, now=NOW + timedelta(minutes=5))
    assert (calm.since, calm.alert) == (NOW + timedelta(minutes=5), "None")


def test_what_is_unknown_is_shown_as_unknown() -> None:
    status = shown(BURNING, problem=Unknown("NaN", "x"))
    assert (status.sli, status.budget_remaining, status.alert) == ("Unknown", "Unknown", "Unknown")
    assert status.burn_rates == ()
    assert status.exhausts_at is None


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(days=27), "27d"),
        (timedelta(days=3), "3d"),
        (timedelta(days=2, hours=23), "71h"),
        (timedelta(hours=3), "3h"),
        (timedelta(minutes=179, seconds=59), "179m"),
        (timedelta(seconds=59), "0m"),
        (timedelta(days=28), ""),
        (None, ""),
    ],
)
def test_a_short_history_is_told_rounded_down(age: timedelta | None, said: str) -> None:
    assert shown(BURNING, age=age).history == said


def test_counts_that_extrapolate_are_said_to_be_approximate() -> None:
    assert shown(BURNING, anchored=False).exactness == "Approximate"


def later_incident(before: ObjectiveStatus, counts: dict[str, Counts], minutes: int, **more: Any) -> datetime | None:
    return shown(counts, before, now=NOW + timedelta(minutes=minutes), **more).incident


def test_an_incident_begins_with_an_alert_and_keeps_its_beginning() -> None:
    first = shown(BURNING)
    assert first.incident == NOW
    assert later_incident(first, BURNING, 3) == NOW
    assert shown(CALM).incident is None


def test_an_incident_outlives_its_alert_while_the_budget_burns() -> None:
    quiet: dict[str, Counts] = {**BURNING, "5m": (0, 100)}
    assert shown(quiet).alert == "None"
    assert later_incident(shown(BURNING), quiet, 5) == NOW


def test_an_incident_ends_when_the_fastest_long_window_is_calm() -> None:
    assert later_incident(shown(BURNING), {**CALM, "1h": (5, 1000)}, 5) is None
    assert later_incident(shown(BURNING), {**CALM, "1h": (6, 1000)}, 5) == NOW


def test_an_incident_is_not_begun_anew_by_an_alert_that_is_only_kept() -> None:
    assert later_incident(shown(CALM), CALM, 1, shown=Level.BREACH) is None


def test_an_incident_outlives_what_is_unknown() -> None:
    assert later_incident(shown(BURNING), BURNING, 5, problem=Unknown("Down", "x")) == NOW


def test_an_incident_that_ended_gives_way_to_another() -> None:
    calm = shown(CALM, shown(BURNING), now=NOW + timedelta(hours=2))
    assert later_incident(calm, BURNING, 180) == NOW + timedelta(hours=3)


GROUPED = Objective.model_validate(objective(groupBy=["tenant"]))


def group(tenant: str, counts: dict[str, Counts], **more: Any) -> Any:
    return judged(counts, group=(("tenant", tenant),), **more)


def test_of_groups_the_worst_is_on_top_and_all_are_there() -> None:
    seen = [group("acme", CALM), group("beta", BURNING), group("core", CALM, problem=Unknown("Down", "x"))]
    status = show(GROUPED, seen, None)
    assert [(each.group, each.alert) for each in status.groups] == [
        ("tenant=acme", "None"),
        ("tenant=beta", "Breach"),
        ("tenant=core", "Unknown"),
    ]
    assert (status.alert, status.sli) == ("Breach", "99.877%")


def test_each_group_keeps_its_own_since() -> None:
    first = show(GROUPED, [group("acme", CALM), group("beta", BURNING)], None)
    later = NOW + timedelta(minutes=1)
    second = show(GROUPED, [group("acme", BURNING, now=later), group("beta", BURNING, now=later)], first)
    assert [each.since for each in second.groups] == [later, NOW]
    assert [each.incident for each in second.groups] == [later, NOW]


def test_an_objective_without_any_group_is_unknown() -> None:
    status = show(GROUPED, [], None)
    assert (status.alert, status.sli, status.groups) == ("Unknown", "Unknown", ())


def test_a_reading_is_found_by_its_group() -> None:
    status = SLAContractStatus(objectives=(show(GROUPED, [group("acme", CALM), group("beta", BURNING)], None),))
    told = status.reading("success", "tenant=acme")
    assert told is not None
    assert told.alert == "None"
    assert status.reading("success", "tenant=none") is None
    assert status.reading("other") is None


def test_a_window_of_two_tiers_is_shown_once() -> None:
    tiers = [FAST, {**SLOW, "short": "1h"}]
    seen = judged({**BURNING, "1d": (20, 1000)}, alerting={"windows": tiers})
    assert [(each.window, each.rate) for each in reading(seen, None).burn_rates] == [
        ("1h", "20.0"),
        ("5m", "20.0"),
        ("1d", "4.0"),
    ]


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


def test_figures_that_move_at_every_turn_are_no_reason_to_write() -> None:
    before = show(GROUPED, [group("acme", BURNING, age=timedelta(days=3))], None)
    moved = {**BURNING, "28d": (124.0, 100_900.0), "5m": (11.0, 100.0)}
    after = show(GROUPED, [group("acme", moved, age=timedelta(days=4))], before)
    for name in ("burn_rates", "history", "exhausts_at"):
        assert getattr(after, name) != getattr(before, name), name
    assert not differs_visibly(SLAContractStatus(objectives=(before,)), SLAContractStatus(objectives=(after,)))


def of_group(alert: str, left: str = "50.0%") -> ObjectiveStatus:
    each = {"sli": "99%", "budgetRemaining": left, "alert": alert, "group": "tenant=acme"}
    return of("Breach").model_copy(update={"groups": (each_group(each),)})


def each_group(raw: dict[str, str]) -> Reading:
    (one,) = ObjectiveStatus.model_validate({**of("None").wire(), "groups": [raw]}).groups
    return one


@pytest.mark.parametrize("after", [of_group("None"), of_group("Breach", "49.9%")], ids=["alert", "budget"])
def test_a_change_of_one_group_is_a_reason_to_write(after: ObjectiveStatus) -> None:
    before = SLAContractStatus(objectives=(of_group("Breach"),))
    assert differs_visibly(before, SLAContractStatus(objectives=(after,)))
    assert not differs_visibly(before, before)


def test_the_worst_objective_leaves_groups_and_checkpoint_to_the_objective() -> None:
    top = worst([of_group("Breach")])
    assert top is not None
    assert top.groups == ()


@pytest.mark.parametrize("change", [{"alert": "None"}, {"budget_remaining": "1.0%"}, {"exactness": "Approximate"}])
def test_an_alert_and_a_tenth_of_a_percent_of_the_budget_are_reasons_to_write(change: dict[str, str]) -> None:
    before = of("Breach")
    after = before.model_copy(update=change)
    assert differs_visibly(SLAContractStatus(objectives=(before,)), SLAContractStatus(objectives=(after,)))
