"""The entry of AdoptRoutePolicy: no contract and no playbook can permit it, so its plan is made as the layer makes it."""

from typing import Any

from autonomic.domain.routes import ADOPTED_ANNOTATION, AdaptiveRouteSpec
from autonomic.domain.words import API_VERSION
from testbed.world import Manifest
from tests.faults.cases import ActionCase, Target

# In Observe the layer asks for no plan of its own beside the story's.
_SPEC: dict[str, Any] = {
    "taskTypes": ["triage"],
    "candidates": [{"name": "large"}, {"name": "small"}],
    "baseline": "large",
    "policy": {"algorithm": "EpsilonGreedy", "epsilon": "0.5"},
    "mode": "Observe",
}
_READ = AdaptiveRouteSpec.model_validate(_SPEC)


def _route(namespace: str) -> Manifest:
    meta = {"name": "triage", "namespace": namespace}
    return {"apiVersion": API_VERSION, "kind": "AdaptiveRoute", "metadata": meta, "spec": _SPEC}


_ROUTE = Target(
    f"apis/{API_VERSION} adaptiveroutes",
    _route,
    lambda found: found["metadata"].get("annotations", {}).get(ADOPTED_ANNOTATION),
    None,
    _READ.bounds,
    {"type": "AdoptRoutePolicy", "adoptRoutePolicy": {"boundsDigest": _READ.bounds_digest}},
)

ADOPTING = ActionCase("AdoptRoutePolicy", (_ROUTE,), kills_alone=True)
