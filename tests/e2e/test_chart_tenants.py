"""The chart's `objectsPerNamespace`: what of one namespace is judged."""

import pytest

from autonomic.settings import Settings
from tests.e2e.rendering import helm_template, pod, rendered

SETTING, VARIABLE = "objectsPerNamespace", "AUTONOMIC_OBJECTS_PER_NAMESPACE"


def said(value: int) -> str:
    """What the operator is told."""
    environment = pod(rendered(SETTING, value))["spec"]["containers"][0]["env"]
    (found,) = (str(each["value"]) for each in environment if each["name"] == VARIABLE)
    return found


def test_the_bound_is_handed_on_and_none_is_none() -> None:
    assert [said(each) for each in (100_000, 0)] == ["100000", "0"]


def test_the_chart_says_what_the_settings_say() -> None:
    environment = pod(rendered("logLevel", "INFO"))["spec"]["containers"][0]["env"]
    assert {"name": VARIABLE, "value": str(Settings().objects_per_namespace)} in environment


@pytest.mark.parametrize("wrong", [-1, 1.5, "many", 100_001])
def test_a_bound_that_is_none_is_refused(wrong: object) -> None:
    refused = helm_template(SETTING, wrong)
    assert refused.returncode != 0
    assert SETTING in refused.stderr
