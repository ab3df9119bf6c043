"""Actions on targets of every kind, as they stand before anything is done; the contract suite's rows, without a cluster."""

from collections.abc import Mapping
from typing import Any

from autonomic.domain.actions import Action, AdoptRoutePolicy, PermittedAction
from autonomic.domain.meta import ObjectRef
from autonomic.domain.routes import ADOPTED_ANNOTATION, AdaptiveRoute
from autonomic.domain.targets import Target
from autonomic.domain.words import RETRY_LABEL
from autonomic.execution.action import pinned
from autonomic.execution.actions import built_in
from tests.contract.actions import autoscalers, config, queues, routes, workloads
from tests.contract.actions.queues import job
from tests.contract.actions.row import Manifest, Row, manifest
from tests.unit.cycle.routing.scene import route_raw
from tests.unit.domain.specimens import NOW

KINDS = built_in(frozenset({"oncall"}), frozenset({"conductor"}))
ROWS = (*workloads.ROWS, *autoscalers.ROWS, *config.ROWS, *routes.ROWS, *queues.ROWS)
AT_REST = {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1}
FAILED = {"type": "Failed", "status": "True", "lastTransitionTime": "2024-12-31T00:00:00Z"}


def placed(made: Manifest, **status: Any) -> Manifest:
    """The object as a server would hand it over."""
    meta = {"namespace": "shop", "uid": "uid-it", "generation": 1, "resourceVersion": "1", **made["metadata"]}
    if "annotations" in meta:
        meta["annotations"] = {key: value.replace("{namespace}", "shop") for key, value in meta["annotations"].items()}
    return {**made, "metadata": meta, **({"status": status} if status else {})}


def target_of(raw: Manifest, related: tuple[Mapping[str, Any], ...] = (), **labels: str) -> Target:
    """The object as a plan's target, in a namespace where Jobs may be retried."""
    meta = raw["metadata"]
    ref = ObjectRef(api_version=raw["apiVersion"], kind=raw["kind"], name=meta["name"], namespace="shop")
    return Target(ref, raw, {RETRY_LABEL: "true", **labels}, related=related)


def sample(row: Row) -> tuple[Action, Target]:
    """The row's action, on its target at rest."""
    raw = placed(row.target("it"), **(AT_REST if row.rolls else {}))
    related = tuple(placed(each) for each in row.around("it"))
    if row.releases:
        raw["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = "2"
        related = (replica_set(raw, 1, row),)
    target = target_of(raw, related)
    return fixed(row.permitted, target), target


def replica_set(deployment: Manifest, revision: int, row: Row) -> Manifest:
    """What keeps the pod template of the release before."""
    template = deployment["spec"]["template"]
    image = next(old for _, old in row.changes.values())
    old = {"containers": [{**template["spec"]["containers"][0], "image": image}]}
    labels = {**template["metadata"]["labels"], "pod-template-hash": str(revision)}
    made = manifest(
        "apps/v1", "ReplicaSet", f"it-{revision}", spec={"template": {"metadata": {"labels": labels}, "spec": old}}
    )
    made["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": str(revision)}
    made["metadata"]["ownerReferences"] = [{"kind": "Deployment", "name": "it", "uid": "uid-it"}]
    return made


def fixed(permitted: Mapping[str, Any], target: Target) -> Action:
    """The absolute action that is meant on the target."""
    return KINDS[permitted["type"]].fix(PermittedAction.model_validate(permitted), target, NOW.isoformat())


def failed_job() -> Target:
    """A Job that failed, and its first retry, which failed too."""
    raw = placed(job("it"), conditions=[FAILED])
    retry = placed(job("it-retry-1"), conditions=[FAILED])
    retry["metadata"] |= {
        "uid": "uid-retry",
        "annotations": {"autonomic.maestro.dev/retry-of": "it"},
        "ownerReferences": [{"kind": "Job", "name": "it", "uid": "uid-it"}],
    }
    return target_of(raw, (raw, retry))


BESIDE: tuple[Manifest, ...] = (
    {"type": "Retry", "retry": {"limit": 3, "backoff": "1s"}},
    {"type": "Notify", "notify": {"channel": "oncall", "message": "look"}},
    {"type": "CallOrchestrator", "callOrchestrator": {"endpoint": "conductor", "operation": "drain-agent"}},
)
"""Actions that leave their target as it is."""


def adoption() -> tuple[Action, Target]:
    """What a route adopts, which no contract can permit; it adopted something else before."""
    raw = placed(route_raw())
    meta, route = raw["metadata"], AdaptiveRoute.read(raw)
    meta["annotations"] = {ADOPTED_ANNOTATION: AdaptiveRoute.read(route_raw(baseline="haiku")).spec.bounds}
    target = target_of(raw)
    wanted = AdoptRoutePolicy(bounds_digest=route.spec.bounds_digest)
    return Action(type="AdoptRoutePolicy", target_ref=pinned(target), adopt_route_policy=wanted), target


def every_sample() -> dict[str, tuple[Action, Target]]:
    """All of them, by name."""
    patching = {row.name: sample(row) for row in ROWS}
    patching["AdoptRoutePolicy"] = adoption()
    return patching | {each["type"]: (fixed(each, failed_job()), failed_job()) for each in BESIDE}
