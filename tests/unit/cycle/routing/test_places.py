"""What is written to one place, and what keeps it from being written."""

import json
from typing import Any

from autonomic.cycle.routing.places import Place
from autonomic.domain.routes import AdaptiveRoute
from autonomic.domain.targets import Target
from tests.unit.cycle.routing.scene import http_route, route_raw
from tests.unit.domain.specimens import meta

WANTED = {"triage": {"sonnet": 700, "haiku": 300}}


def place(live: dict[str, Any], **spec: Any) -> Place:
    raw = route_raw(**spec)
    raw["metadata"] = meta("triage")
    live["metadata"] |= {"uid": "uid-llm", "resourceVersion": "1"}
    route = AdaptiveRoute.read(raw)
    ref = route.spec.publish[0].ref("shop")
    return Place(route, route.spec.publish[0], Target(ref, live), WANTED)


def config(**data: str) -> dict[str, Any]:
    listed = {"autonomic.maestro.dev/writable-keys": "config.yaml"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "llm", "annotations": listed}, "data": data}


def test_only_the_weights_of_candidates_change() -> None:
    changes = place(http_route(sonnet=1, haiku=0)).changes()
    assert {each.path: each.after for each in changes} == {
        "/spec/rules/0/backendRefs/[name=haiku]/weight": "300",
        "/spec/rules/0/backendRefs/[name=sonnet]/weight": "700",
    }


def test_a_candidate_may_have_another_name_among_the_backends() -> None:
    candidates = [{"name": "sonnet", "backend": "sonnet-svc"}, {"name": "haiku"}]
    found = place(http_route(**{"sonnet-svc": 1, "haiku": 0}), candidates=candidates)
    assert found.objection() is None
    assert len(found.changes()) == 2


def test_a_backend_that_is_no_candidate_and_gets_traffic_is_named() -> None:
    assert "sends traffic to opus" in (place(http_route(sonnet=1, haiku=1, opus=1)).objection() or "")
    assert place(http_route(sonnet=1, haiku=1, opus=0)).objection() is None


def test_a_missing_rule_and_a_missing_backend_are_named() -> None:
    assert "has no backend haiku" in (place(http_route(sonnet=1)).objection() or "")
    nowhere = [{"kind": "HTTPRoute", "name": "llm", "rule": 3}]
    assert "has no rule 3" in (place(http_route(sonnet=1, haiku=1), publish=nowhere).objection() or "")


def test_a_route_that_another_makes_is_left_to_that() -> None:
    live = http_route(sonnet=1, haiku=1)
    maker = {
        "apiVersion": "aigateway.envoyproxy.io/v1beta1",
        "kind": "AIGatewayRoute",
        "name": "ai",
        "controller": True,
    }
    live["metadata"]["ownerReferences"] = [maker]
    assert "is made by AIGatewayRoute ai" in (place(live).objection() or "")


def test_a_key_that_its_owner_did_not_list_is_not_written() -> None:
    publish = [{"kind": "ConfigMap", "name": "llm", "key": "other"}]
    assert "does not let other be changed" in (place(config(), publish=publish).objection() or "")


def test_a_configuration_of_litellm_lists_the_models_of_each_task_type_with_their_weights() -> None:
    publish = [{"kind": "ConfigMap", "name": "llm", "key": "config.yaml", "format": "LiteLLM"}]
    candidates = [{"name": "sonnet", "model": "anthropic/claude-sonnet"}, {"name": "haiku"}]
    (change,) = place(config(), publish=publish, candidates=candidates).changes()
    told = json.loads(json.loads(change.after or ""))
    assert told["model_list"] == [
        {"model_name": "triage", "litellm_params": {"model": "anthropic/claude-sonnet", "weight": 700}},
        {"model_name": "triage", "litellm_params": {"model": "haiku", "weight": 300}},
    ]
