"""KEDA: scaling out is paused, or the most replicas are limited. A full pause would delete the autoscaler: it is never set."""

from autonomic.domain.actions import ThrottleQueue
from autonomic.domain.targets import Target
from autonomic.execution.fields import number, pointer
from autonomic.execution.queues.throttle import Throttle, Wanted

_PAUSED = pointer("metadata", "annotations", "autoscaling.keda.sh/paused-scale-out")
_FULL_PAUSES = ("autoscaling.keda.sh/paused", "autoscaling.keda.sh/paused-replicas")


def _held(wish: ThrottleQueue, _target: Target) -> Wanted:
    return {_PAUSED: "true" if wish.to == "Hold" else None}


def _limited(wish: ThrottleQueue, _target: Target) -> Wanted:
    return {"/spec/maxReplicaCount": wish.limit}


def paused(target: Target) -> str | None:
    """Why nothing comes of its bounds: somebody paused it altogether."""
    by = next((name for name in _FULL_PAUSES if name in target.annotations), None)
    return f"{target.ref} is paused by its annotation {by}: whoever set it takes it away first" if by else None


def _objection(wish: ThrottleQueue, target: Target) -> str | None:
    least = number(target.raw, "/spec/minReplicaCount") or 0
    if wish.limit is not None and wish.limit < least:
        return f"{target.ref} keeps at least {least} replicas: a limit of {wish.limit} is below that"
    return paused(target)


SCALED_OBJECT = Throttle(held=_held, limited=_limited, least=1, objection=_objection)
