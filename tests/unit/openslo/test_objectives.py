"""Targets, slices, windows, names and alert policies of SLOs."""

from typing import Any

import pytest

from autonomic.domain.errors import Invalid
from tests.unit.openslo.papers import imported, losses, objectives, paper, policy, ratio, slo

LONDON = "Europe/London"


def calendar(duration: str, start: str) -> list[dict[str, Any]]:
    """A time window of the calendar."""
    return [{"duration": duration, "isRolling": False, "calendar": {"startTime": start, "timeZone": LONDON}}]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"target": 0.995}, "99.5"),
        ({"target": 0.9}, "90"),
        ({"target": 0.99999}, "99.999"),
        ({"targetPercent": 99.95}, "99.95"),
        ({"targetPercent": 99}, "99"),
    ],
)
def test_a_target_keeps_every_digit(given: dict[str, Any], expected: str) -> None:
    assert objectives(slo(objectives=[given], alertPolicies=[policy(threshold=2)]))[0]["target"] == expected


@pytest.mark.parametrize(
    ("duration", "expected", "named"),
    [
        ("28d", "28d", False),
        ("4w", "4w", False),
        ("720h", "720h", False),
        ("1M", "30d", True),
        ("1Q", "90d", True),
        ("1Y", "365d", True),
    ],
)
def test_a_rolling_window_has_a_fixed_length(duration: str, expected: str, named: bool) -> None:
    document = slo(timeWindow=[{"duration": duration, "isRolling": True}])
    assert objectives(document)[0]["window"] == {"rolling": expected}
    assert list(losses(document)) == (["spec.timeWindow[0].duration"] if named else [])


@pytest.mark.parametrize(
    ("duration", "start", "unit"),
    [
        ("1d", "2022-03-05 00:00:00", "Day"),
        ("24h", "2022-03-05 00:00:00", "Day"),
        ("1w", "2022-01-03 00:00:00", "Week"),
        ("7d", "2022-01-03", "Week"),
        ("1M", "2022-05-01 00:00:00", "Month"),
        ("1Q", "2022-04-01 00:00:00", "Quarter"),
        ("3M", "2022-10-01T00:00:00", "Quarter"),
        ("1Y", "2022-01-01 00:00:00", "Year"),
        ("12M", "2022-01-01 00:00:00", "Year"),
        ("4Q", "2022-01-01 00:00:00", "Year"),
    ],
)
def test_a_window_that_begins_with_the_calendar_is_of_the_calendar(duration: str, start: str, unit: str) -> None:
    (objective,) = objectives(slo(timeWindow=calendar(duration, start)))
    assert objective["window"] == {"calendar": {"unit": unit, "timeZone": LONDON}}


@pytest.mark.parametrize(
    ("duration", "start"),
    [
        ("1w", "2022-01-01 00:00:00"),  # a Saturday
        ("1w", "2022-01-03 12:00:00"),
        ("1M", "2022-01-15 00:00:00"),
        ("1Q", "2022-02-01 00:00:00"),
        ("1Y", "2022-04-01 00:00:00"),
        ("2M", "2022-01-01 00:00:00"),
        ("28d", "2022-01-03 00:00:00"),
    ],
)
def test_a_window_that_begins_elsewhere_is_named_and_makes_no_contract(duration: str, start: str) -> None:
    found = imported(slo(timeWindow=calendar(duration, start)))
    assert found.manifests == ()
    assert [(loss.path, "of the calendar from midnight on" in loss.why) for loss in found.losses] == [
        ("spec.timeWindow[0].calendar", True)
    ]


@pytest.mark.parametrize(("window", "expected"), [(5, "5m"), ("5", "5m"), ("10m", "10m"), (0.5, "30s"), ("1h", "1h")])
def test_a_slice_without_a_unit_is_in_minutes(window: Any, expected: str) -> None:
    sliced = {"target": 0.99, "timeSliceTarget": 0.95, "timeSliceWindow": window}
    document = slo(
        budgetingMethod="Timeslices",
        objectives=[sliced],
        metadata={"annotations": {"autonomic.maestro.dev/resolution": "30s"}},
        alertPolicies=[policy(lookbackWindow="6h", alertAfter="1h")],
    )
    assert objectives(document)[0]["slices"] == {"length": expected, "target": "95"}


def test_the_mean_of_slices_has_no_target_of_theirs() -> None:
    sliced = {"target": 0.99, "timeSliceTarget": 0.95, "timeSliceWindow": "5m"}
    document = slo(budgetingMethod="RatioTimeslices", objectives=[sliced])
    assert objectives(document)[0]["slices"] == {"length": "5m"}
    assert list(losses(document)) == ["spec.objectives[0].timeSliceTarget"]


def test_a_slice_in_which_nothing_may_fail_is_named() -> None:
    sliced = {"target": 0.99, "timeSliceTarget": 1, "timeSliceWindow": "5m"}
    assert (
        "no event may be bad"
        in losses(slo(budgetingMethod="Timeslices", objectives=[sliced]))["spec.objectives[0].timeSliceTarget"]
    )


def test_objectives_are_called_as_they_are_shown_and_told_apart() -> None:
    given = [
        {"target": 0.98, "displayName": "Foo Total Errors"},
        {"target": 0.99, "displayName": "foo total errors"},
        {"target": 0.999},
    ]
    assert [each["name"] for each in objectives(slo(objectives=given))] == [
        "foo-total-errors",
        "foo-total-errors-2",
        "objective-3",
    ]


def test_objectives_with_indicators_of_their_own_stand_side_by_side_and_their_weight_is_named() -> None:
    own = {"indicator": {"metadata": {"name": "a"}, "spec": ratio()}, "compositeWeight": 2, "target": 0.99}
    document = slo(indicator=None, objectives=[own])
    assert "ratio" in objectives(document)[0]["indicator"]
    assert list(losses(document)) == ["spec.objectives[0].compositeWeight"]


def test_an_alert_policy_becomes_a_tier() -> None:
    given = [policy(), policy("ticket", threshold=3, lookbackWindow="1d", alertAfter="2h")]
    document = slo(alertPolicies=given)
    assert objectives(document)[0]["alerting"]["windows"] == [
        {"long": "1h", "short": "5m", "factor": "14.4", "level": "Breach"},
        {"long": "1d", "short": "2h", "factor": "3", "level": "Warning"},
    ]
    assert losses(document) == {}


def test_an_alert_policy_and_its_condition_are_found_by_their_names() -> None:
    spec = policy()["spec"]
    condition = paper("AlertCondition", "burn", spec["conditions"][0]["spec"])
    named = paper("AlertPolicy", "page", spec | {"conditions": [{"conditionRef": "burn"}]})
    for reference in ({"alertPolicyRef": "page"}, "page"):
        documents = slo(alertPolicies=[reference]), named, condition
        assert objectives(*documents)[0]["alerting"]["windows"][0]["factor"] == "14.4"
        assert losses(*documents) == {}


@pytest.mark.parametrize(
    ("condition", "field"),
    [
        ({"alertAfter": None}, ""),
        ({"alertAfter": "0m"}, ".alertAfter"),
        ({"op": "lt"}, ".op"),
        ({"kind": "anomaly"}, ".kind"),
        ({"lookbackWindow": "1M"}, ".lookbackWindow"),
    ],
)
def test_a_condition_that_makes_no_two_windows_is_named_and_leaves_the_usual_tiers(
    condition: dict[str, Any], field: str
) -> None:
    document = slo(alertPolicies=[policy(**condition)])
    assert "alerting" not in objectives(document)[0]
    assert list(losses(document)) == [f"spec.alertPolicies[0].spec.conditions[0].spec.condition{field}"]


def test_what_else_a_policy_says_is_named() -> None:
    switches = {
        "alertWhenNoData": False,
        "alertWhenResolved": True,
        "notificationTargets": [{"targetRef": "oncall"}],
        "description": "d",
    }
    document = slo(alertPolicies=[policy("urgent", switches, op="gte")])
    assert objectives(document)[0]["alerting"]["windows"][0]["level"] == "Warning"
    spec = "spec.alertPolicies[0].spec"
    assert set(losses(document)) == {
        f"{spec}.alertWhenNoData",
        f"{spec}.alertWhenResolved",
        f"{spec}.notificationTargets[0]",
        f"{spec}.description",
        f"{spec}.conditions[0].spec.severity",
        f"{spec}.conditions[0].spec.condition.op",
    }


def test_a_low_target_without_policies_is_refused_with_the_way_out() -> None:
    with pytest.raises(Invalid, match=r"13\.44 can never fire at target 90.*give alertPolicies with a lower threshold"):
        imported(slo(objectives=[{"target": 0.9}]))


def test_a_policy_that_is_silent_while_the_budget_burns_is_no_tier() -> None:
    document = slo(alertPolicies=[policy(switches={"alertWhenBreaching": False})])
    assert list(losses(document)) == ["spec.alertPolicies[0].spec.alertWhenBreaching"]
