"""AdaptiveRoutes that can't be: each is refused with the field, the value and the way out."""

from typing import Any

import pytest
from pydantic import ValidationError

from autonomic.domain.routes import APPROVED_ANNOTATION, AdaptiveRoute, AdaptiveRouteSpec
from tests.unit.cycle.routing.scene import route_raw, route_spec

BASE = [{"name": "sonnet"}, {"name": "haiku"}]


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"baseline": "opus"}, "'opus' is not one of the candidates sonnet, haiku"),
        ({"candidates": [*BASE, {"name": "haiku"}]}, "haiku is there twice"),
        ({"candidates": [{"name": "sonnet"}]}, "at least 2 items"),
        ({"candidates": [{"name": "sonnet", "minWeight": 600}, {"name": "haiku", "minWeight": 600}]}, "sum to 1200"),
        ({"candidates": [{"name": "sonnet", "maxWeight": 400}, {"name": "haiku", "maxWeight": 400}]}, "sum to 800"),
        (
            {"candidates": [{"name": "sonnet", "minWeight": 9, "maxWeight": 8}, BASE[1]]},
            "minWeight 9 is above maxWeight 8",
        ),
        ({"candidates": [{"name": "sonnet", "maxWeight": 1001}, BASE[1]]}, "less than or equal to 1000"),
        ({"objective": {"weights": {"success": "0.6", "latency": "0.6"}}}, "sum to 1.4, not to 1"),
        ({"objective": {"constraints": {"maxCost": "-1"}}}, "should match pattern"),
        ({"taskTypes": ["a", "a"]}, "has one twice"),
        ({"taskTypes": ["a", "b"]}, "say taskType for each route"),
        ({"publish": [{"kind": "HTTPRoute", "name": "llm", "taskType": "code"}]}, "'code' is not among triage"),
        ({"publish": [{"kind": "HTTPRoute", "name": "llm"}] * 2}, "HTTPRoute llm rule 0 is there twice"),
        ({"publish": [{"kind": "ConfigMap", "name": "llm"}]}, "set key exactly when kind is ConfigMap"),
        ({"publish": [{"kind": "HTTPRoute", "name": "llm", "format": "LiteLLM"}]}, "format is for a ConfigMap"),
        ({"publish": [{"kind": "Service", "name": "llm"}]}, "HTTPRoute"),
        ({"policy": {"algorithm": "Guess"}}, "EpsilonGreedy"),
        ({"mode": "Auto"}, "Observe"),
    ],
)
def test_what_can_not_be_is_refused_and_named(spec: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        AdaptiveRouteSpec.model_validate(route_spec(**spec))


def test_the_mode_is_no_part_of_what_is_approved_and_everything_else_is() -> None:
    def digest(**spec: Any) -> str:
        return AdaptiveRouteSpec.model_validate(route_spec(**spec)).bounds_digest

    assert digest(mode="Observe") == digest(mode="Enforce")
    others: tuple[dict[str, Any], ...] = (
        {"baseline": "haiku"},
        {"safety": {"maxStep": 201}},
        {"policy": {"algorithm": "Thompson"}},
        {"publish": []},
    )
    assert len({digest(), *(digest(**each) for each in others)}) == 5


def test_bounds_are_approved_by_their_own_digest_alone() -> None:
    raw = route_raw()
    digest = AdaptiveRoute.read(raw).spec.bounds_digest
    assert not AdaptiveRoute.read(raw).approved
    raw["metadata"]["annotations"] = {APPROVED_ANNOTATION: digest}
    assert AdaptiveRoute.read(raw).approved
    raw["spec"]["candidates"][1]["maxWeight"] = 999
    assert not AdaptiveRoute.read(raw).approved
