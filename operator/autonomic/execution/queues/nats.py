"""NATS JetStream: how many messages of a consumer may be unacknowledged at once."""

from autonomic.domain.actions import ThrottleQueue
from autonomic.domain.targets import Target
from autonomic.execution.queues.throttle import Throttle, Wanted


def _limited(wish: ThrottleQueue, _target: Target) -> Wanted:
    return {"/spec/maxAckPending": wish.limit}


CONSUMER = Throttle(limited=_limited, least=1)
