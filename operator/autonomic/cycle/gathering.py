"""Reading what a plan would change, and what stands around it, from the cluster itself: never from a cache."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from autonomic.domain.errors import NotFound
from autonomic.domain.meta import ObjectRef
from autonomic.domain.targets import Target
from autonomic.domain.view import View
from autonomic.domain.words import QUARANTINE_ANNOTATION, ROLLBACK_ANNOTATION
from autonomic.execution.action import ActionKind
from autonomic.ports.cluster import Cluster

_AUTOSCALERS = (("keda.sh/v1alpha1", "ScaledObject"), ("autoscaling/v2", "HorizontalPodAutoscaler"))
_WORKLOADS = (("apps/v1", "Deployment"), ("apps/v1", "StatefulSet"))
_RELATED = {
    (ROLLBACK_ANNOTATION, "Deployment"): ("apps/v1", "ReplicaSet"),
    (QUARANTINE_ANNOTATION, "Deployment"): ("networking.k8s.io/v1", "NetworkPolicy"),
    (QUARANTINE_ANNOTATION, "StatefulSet"): ("networking.k8s.io/v1", "NetworkPolicy"),
}
"""What is read beside a target of that kind whose owner annotated it so."""


async def gather_targets(
    cluster: Cluster, refs: tuple[ObjectRef, ...], view: View, kinds: Iterable[ActionKind | None]
) -> tuple[Target, ...]:
    """The live targets, in order, each for an action of its kind; None where the action may look at anything.

    Raises NotFound that names the missing one, Unavailable, Forbidden.
    """
    wanted = zip(refs, kinds, strict=True)
    return tuple(await asyncio.gather(*(_target(cluster, ref, view, kind) for ref, kind in wanted)))


async def _target(cluster: Cluster, ref: ObjectRef, view: View, kind: ActionKind | None) -> Target:
    raw, scaler = await asyncio.gather(cluster.get(ref), _autoscaler(cluster, ref, kind))
    return Target(ref, raw, view.namespace(ref.namespace).labels, scaler, await _related(cluster, ref, raw))


async def _autoscaler(cluster: Cluster, ref: ObjectRef, kind: ActionKind | None) -> str | None:
    """What scales the workload, such as `ScaledObject web`; it before the HorizontalPodAutoscaler that it made.

    Read for those alone that look at it: a consistent list comes from the server's watch cache, which catches up with other
    kinds' writes once in 100 ms, so that whoever lists soon after the last list waits for that.
    """
    if ref.api_version != "apps/v1" or (kind and not kind.minds_autoscaler):
        return None
    listed = await asyncio.gather(*(_objects(cluster, version, name, ref) for version, name in _AUTOSCALERS))
    found = (each for scalers in listed for each in scalers if _scaled(each, ref.namespace) == ref)
    return next((f"{each['kind']} {each['metadata']['name']}" for each in found), None)


async def _related(cluster: Cluster, ref: ObjectRef, raw: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """What actions look at beside the target, read only where the owner lets them act so."""
    annotations = raw["metadata"].get("annotations") or {}
    wanted = [kind for (name, of), kind in _RELATED.items() if of == ref.kind and annotations.get(name) == "true"]
    if ref.kind == "Job":
        wanted.append(("batch/v1", "Job"))
    found = await asyncio.gather(*(_objects(cluster, version, kind, ref) for version, kind in wanted))
    return (*(each for objects in found for each in objects), *await _workload(cluster, ref, raw))


async def _workload(cluster: Cluster, ref: ObjectRef, raw: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """What an autoscaler scales: fewer of it may mean more than fewer pods."""
    if (ref.api_version, ref.kind) not in _AUTOSCALERS:
        return ()
    scaled = _scaled(raw, ref.namespace)
    if (scaled.api_version, scaled.kind) not in _WORKLOADS:
        return ()
    try:
        return (await cluster.get(scaled),)
    except NotFound:
        return ()


async def _objects(cluster: Cluster, version: str, kind: str, ref: ObjectRef) -> list[dict[str, Any]]:
    try:
        return await cluster.list(version, kind, ref.namespace)
    except NotFound:
        return []


def _scaled(autoscaler: Mapping[str, Any], namespace: str | None) -> ObjectRef:
    """What it scales. A ScaledObject may leave version and kind out: then it is a Deployment."""
    named = autoscaler["spec"]["scaleTargetRef"]
    version = str(named.get("apiVersion") or "apps/v1")
    version = "apps/v1" if version.startswith("apps/") else version
    return ObjectRef(
        api_version=version, kind=named.get("kind") or "Deployment", name=named["name"], namespace=namespace
    )
