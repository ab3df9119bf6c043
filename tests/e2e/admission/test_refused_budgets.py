"""CostBudgets that can't be meant are refused by a real API server where it can know, in words that say what to do."""

from typing import Any

import pytest

from autonomic.domain.words import GROUP
from testbed.api import ApiError
from testbed.installation import Installation
from testbed.people import ADMIN
from tests.unit.domain.cost_specimens import FEWER, budget_raw

ENDED = {"model": "m", "from": "2026-02-01", "until": "2026-01-01", "input": "1", "output": "1"}

RESTS = {"hours": [{"schedule": "0 20 * * *", "duration": "8h"}]}


def apply(installed: Installation, **spec: Any) -> dict[str, Any]:
    """What `kubectl apply --dry-run=server` does."""
    path = f"/apis/{GROUP}/v1alpha1/namespaces/{installed.namespace}/costbudgets"
    wanted = {key: value for key, value in budget_raw(**spec)["spec"].items() if value is not None}
    document = budget_raw() | {"metadata": {"name": "team", "namespace": installed.namespace}, "spec": wanted}
    return installed.cluster.api(ADMIN).post(path, document, dryRun="All", fieldValidation="Strict")


def limited(**limit: Any) -> dict[str, Any]:
    return {"limit": {"amount": "100", "currency": "USD", "per": "1d", **limit}}


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (limited(per="2d"), 'supported values: "1h", "1d", "1w", "1mo"'),
        (limited(currency="usd"), "should match '^[A-Z]{3}$'"),
        (limited(amount="-1"), "should match"),
        ({"spend": {"type": "LiteLLM", "genAI": {}}}, "set liteLLM exactly when type is LiteLLM"),
        ({"spend": {"type": "Query", "query": {"expr": "sum(cost)"}}}, "expr needs $window"),
        ({"targetRef": None, "ladder": [{"at": "1", "actions": [FEWER]}]}, "give targetRef, or a targetRef to each action"),
        ({"rollover": True, **limited(window="Rolling")}, "rollover is for calendar windows"),
        ({"ladder": []}, "should have at least 1 items"),
        ({"idle": {"hours": []}}, "give hours, or requests by which they are measured"),
        ({"idle": RESTS, "targetRef": None, "ladder": [{"at": "1"}]}, "give targetRef, which rests in the idle hours"),
        ({"ladder": [{"at": "1", "actions": [{"type": "Rollback", "rollback": {}}]}]}, "a Rollback can't be given back"),
        ({"prices": [ENDED]}, "until must come after from"),
        ({"ladder": [{"at": "0.9"}, {"at": "0.9"}]}, "the second rung is not above the first"),
        ({"ladder": [{"at": "0.8"}, {"at": "1"}, {"at": "0.9"}]}, "the third rung is not above the second"),
        ({"release": "0.9"}, "release is not below the first rung"),
        ({"ceiling": "1"}, 'unknown field "spec.ceiling"'),
    ],
)  # fmt: skip
def test_what_admission_sees_is_refused_there_in_words(
    installed: Installation, spec: dict[str, Any], said: str
) -> None:
    with pytest.raises(ApiError) as caught:
        apply(installed, **spec)
    assert caught.value.status in (400, 422), caught.value
    assert said in str(caught.value)


def test_a_budget_is_accepted_and_what_it_leaves_out_is_filled_in(installed: Installation) -> None:
    made = apply(installed, ladder=None)["spec"]
    assert (made["release"], made["rollover"], made["limit"]["window"]) == ("0.7", False, "Calendar")
    assert made["ladder"] == [{"at": "0.9", "actions": []}]
