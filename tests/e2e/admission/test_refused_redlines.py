"""What a RedLine must not say is refused when it is written, with the field and the way out."""

from typing import Any

import pytest

from testbed.api import ApiError
from testbed.installation import Installation
from testbed.people import ROOT
from tests.e2e.admission.proposals import GROUP

PATH = f"/apis/{GROUP}/v1alpha1/redlines"
WEEKEND = {"schedule": "0 18 * * 5", "duration": "62h", "timeZone": "Europe/Paris"}


def written(installed: Installation, **spec: Any) -> dict[str, Any]:
    """The RedLine as it would be stored."""
    raw = {"apiVersion": f"{GROUP}/v1alpha1", "kind": "RedLine", "metadata": {"name": "weekend"}, "spec": spec}
    return installed.cluster.api(ROOT).post(PATH, raw, dryRun="All", fieldValidation="Strict")


def test_a_redline_with_every_field_is_accepted(installed: Installation) -> None:
    spec = {
        "appliesTo": {"labels": {"tier": "web"}},
        "limits": {"maxWorkloads": "0.1", "cooldown": "10m"},
        "freeze": [WEEKEND],
        "freezeDays": ["Saturday", "Sunday"],
        "reviewers": 2,
        "separationOfDuties": True,
    }
    stored = written(installed, **spec)["spec"]
    assert {name: stored[name] for name in spec if name != "appliesTo"} == {
        k: v for k, v in spec.items() if k != "appliesTo"
    }


@pytest.mark.parametrize(
    ("spec", "field", "said"),
    [
        ({"freeze": [{**WEEKEND, "schedule": "0 18 * 5"}]}, "spec.freeze[0]", "schedule has five cron fields"),
        ({"freeze": [{**WEEKEND, "duration": "a weekend"}]}, "spec.freeze[0].duration", "should match"),
        ({"freeze": [{**WEEKEND, "timeZone": "somewhere warm"}]}, "spec.freeze[0].timeZone", "should match"),
        ({"freeze": [{"duration": "1h"}]}, "spec.freeze[0].schedule", "Required"),
        ({"freezeDays": ["Someday"]}, "spec.freezeDays[0]", 'supported values: "Monday"'),
        ({"reviewers": 6}, "spec.reviewers", "less than or equal to 5"),
        ({"reviewers": 0}, "spec.reviewers", "greater than or equal to 1"),
        ({"limits": {"maxWorkloads": "2"}}, "spec.limits.maxWorkloads", "should match"),
        ({"limits": {"cooldown": "soon"}}, "spec.limits.cooldown", "should match"),
        ({"freezes": []}, "spec.freezes", "unknown field"),
    ],
    ids=str,
)
def test_a_redline_that_can_t_be_meant_is_refused_and_the_field_is_named(
    installed: Installation, spec: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(ApiError) as caught:
        written(installed, **spec)
    assert field in str(caught.value)
    assert said in str(caught.value)
