"""Kueue: a LocalQueue is held, which lets what runs finish; a ClusterQueue's quota is lowered, which evicts nobody."""

from autonomic.domain.actions import ThrottleQueue
from autonomic.domain.targets import Target
from autonomic.domain.words import TENANT_ANNOTATION
from autonomic.execution.fields import element, objects, pointer, read
from autonomic.execution.queues.throttle import Throttle, Wanted


def _held(wish: ThrottleQueue, _target: Target) -> Wanted:
    return {"/spec/stopPolicy": "Hold" if wish.to == "Hold" else "None"}


def _quota(wish: ThrottleQueue, target: Target) -> Wanted:
    return {_path(wish, target): _canonical(wish.limit or 0)}


def _canonical(limit: int) -> str:
    """The quantity as Kueue itself writes it: in thousands where it can; it would not keep another form."""
    suffix = ""
    for larger in "kMG":
        if limit == 0 or limit % 1000:
            break
        limit, suffix = limit // 1000, larger
    return f"{limit}{suffix}"


def _path(wish: ThrottleQueue, target: Target) -> str:
    """The nominal quota of the resource of the flavor, in whichever resource group it is."""
    inner = pointer("flavors", element(wish.flavor or ""), "resources", element(wish.resource or ""), "nominalQuota")
    groups = len(objects(target.raw, "/spec/resourceGroups"))
    paths = [pointer("spec", "resourceGroups", str(group)) + inner for group in range(max(1, groups))]
    return next((path for path in paths if read(target.raw, path) is not None), paths[0])


def _quota_objection(wish: ThrottleQueue, target: Target) -> str | None:
    if target.annotations.get(TENANT_ANNOTATION) != target.ref.namespace:
        return f"{target.ref.kind} {target.ref.name} is not annotated {TENANT_ANNOTATION}={target.ref.namespace}"
    if read(target.raw, _path(wish, target)) is None:
        return f"{target.ref.kind} {target.ref.name} has no quota for {wish.resource} of flavor {wish.flavor}"
    return None


LOCAL_QUEUE = Throttle(held=_held)
CLUSTER_QUEUE = Throttle(limited=_quota, objection=_quota_objection, needs=("flavor", "resource"))
