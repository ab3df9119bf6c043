"""AdaptiveRoutes that can't be: each is refused with the field, the value and the way out."""

from typing import Any

import pytest
from pydantic import ValidationError

from autonomic.domain.routes import ADOPTED_ANNOTATION, AdaptiveRoute, AdaptiveRouteSpec
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
        ({"policy": {"epsilon": "0.2"}}, "epsilon: of EpsilonGreedy alone, algorithm is ChangePoints"),
        ({"policy": {"algorithm": "Thompson", "meanHalfLife": 9}}, "meanHalfLife: of EpsilonGreedy alone"),
        ({"policy": {"algorithm": "EpsilonGreedy", "leastEpsilon": "0.05"}}, "does not fall without epsilonHalfLife"),
        (
            {"policy": {"algorithm": "EpsilonGreedy", "epsilonHalfLife": 100, "leastEpsilon": "0.2"}},
            "leastEpsilon: 0.2 is above epsilon 0.1",
        ),
        ({"policy": {"algorithm": "EpsilonGreedy", "epsilonHalfLife": 9}}, "greater than or equal to 10"),
        ({"policy": {"algorithm": "EpsilonGreedy", "meanHalfLife": 0}}, "greater than or equal to 1"),
        ({"policy": {"explorationFloor": 101}}, "less than or equal to 100"),
        (
            {"policy": {"explorationFloor": 5}, "candidates": [{"name": "sonnet", "minWeight": 996}, BASE[1]]},
            "explorationFloor 5 makes the minWeights sum to 1001",
        ),
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
        {"policy": {"algorithm": "EpsilonGreedy", "explorationFloor": 5}},
        {"publish": []},
    )
    assert len({digest(), *(digest(**each) for each in others)}) == 6


def test_a_route_works_by_what_was_adopted_last_whatever_its_spec_says_since() -> None:
    raw = route_raw()
    first = AdaptiveRoute.read(raw)
    assert (first.approved, first.adopted, first.standing) == (False, None, first)
    raw["metadata"]["annotations"] = {ADOPTED_ANNOTATION: first.spec.bounds}
    assert AdaptiveRoute.read(raw).approved
    raw["spec"]["candidates"][1]["maxWeight"] = 999
    changed = AdaptiveRoute.read(raw)
    assert (changed.approved, changed.standing.spec) == (False, first.spec)
    raw["spec"]["mode"] = "Observe"
    assert AdaptiveRoute.read(raw).standing.spec.candidates[1].max_weight == 999


@pytest.mark.parametrize("text", ["", "{", "[]", '{"taskTypes": []}', '{"later": 1}'])
def test_what_this_version_can_not_read_was_never_adopted(text: str) -> None:
    raw = route_raw()
    raw["metadata"]["annotations"] = {ADOPTED_ANNOTATION: text}
    assert AdaptiveRoute.read(raw).adopted is None
