"""Reading what a plan would change, and what stands around it, from the cluster itself: never from a cache."""

import asyncio
from typing import Any

from autonomic.domain.errors import NotFound
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.targets import Target
from autonomic.domain.view import View
from autonomic.ports.cluster import Cluster


async def gather_targets(cluster: Cluster, refs: tuple[ObjectRef, ...], view: View) -> tuple[Target, ...]:
    """The live targets, in order. Raises NotFound that names the missing one, Unavailable, Forbidden."""
    return tuple(await asyncio.gather(*(_target(cluster, ref, view) for ref in refs)))


def refs_of(plan: AdaptationPlan) -> tuple[ObjectRef, ...]:
    """The objects that a plan acts on, in order."""
    return tuple(action.target_ref.within(plan.metadata.namespace or "") for action in plan.spec.actions)


async def _target(cluster: Cluster, ref: ObjectRef, view: View) -> Target:
    raw, scalers = await asyncio.gather(cluster.get(ref), _autoscalers(cluster, ref.namespace))
    names = (str(each["metadata"]["name"]) for each in scalers if _scales(each, ref))
    return Target(ref, raw, view.namespace(ref.namespace).labels, next(names, None))


async def _autoscalers(cluster: Cluster, namespace: str | None) -> list[dict[str, Any]]:
    try:
        return await cluster.list("autoscaling/v2", "HorizontalPodAutoscaler", namespace)
    except NotFound:
        return []


def _scales(autoscaler: dict[str, Any], ref: ObjectRef) -> bool:
    target = autoscaler["spec"]["scaleTargetRef"]
    group = ref.api_version.rpartition("/")[0]
    same_group = str(target.get("apiVersion", "")).rpartition("/")[0] == group
    return same_group and (target["kind"], target["name"]) == (ref.kind, ref.name)
