"""RabbitMQ: a policy's `max-length`. Only one that refuses what is too much: another one would throw messages away."""

from autonomic.domain.actions import ThrottleQueue
from autonomic.domain.targets import Target
from autonomic.execution.config_keys import brief
from autonomic.execution.fields import read
from autonomic.execution.queues.throttle import Throttle, Wanted


def _limited(wish: ThrottleQueue, _target: Target) -> Wanted:
    return {"/spec/definition/max-length": wish.limit}


def _objection(_wish: ThrottleQueue, target: Target) -> str | None:
    overflow = read(target.raw, "/spec/definition/overflow")
    if overflow != "reject-publish":
        return (
            f"{target.ref} has the overflow {brief(overflow or 'drop-head')}: a lower max-length would delete messages"
        )
    return None


POLICY = Throttle(limited=_limited, least=1, objection=_objection)
