"""Kafka, by Strimzi: a user's quota of bytes a second. The broker slows the client down; nothing is refused or lost."""

from autonomic.domain.actions import ThrottleQueue
from autonomic.domain.targets import Target
from autonomic.execution.fields import pointer
from autonomic.execution.queues.throttle import Throttle, Wanted

_RATES = ("producerByteRate", "consumerByteRate")


def _limited(wish: ThrottleQueue, _target: Target) -> Wanted:
    return {pointer("spec", "quotas", wish.resource or ""): wish.limit}


def _objection(wish: ThrottleQueue, _target: Target) -> str | None:
    if wish.resource in _RATES:
        return None
    return f"a KafkaUser has no quota {wish.resource}; resource is one of {', '.join(_RATES)}"


USER = Throttle(limited=_limited, least=1, objection=_objection, needs=("resource",))
