"""Argo Workflows: the value of a semaphore, a key of a ConfigMap that its owner listed. 0 would be an error there."""

from autonomic.domain.actions import ThrottleQueue
from autonomic.domain.targets import Target
from autonomic.execution.config_keys import brief, value_now
from autonomic.execution.consent import key_objection
from autonomic.execution.fields import pointer
from autonomic.execution.queues.throttle import Throttle, Wanted


def _limited(wish: ThrottleQueue, _target: Target) -> Wanted:
    return {pointer("data", wish.key or ""): str(wish.limit)}


def _objection(wish: ThrottleQueue, target: Target) -> str | None:
    refusal = key_objection(target, wish.key or "")
    now = value_now(target, wish.key or "")
    if refusal or (now and now.isascii() and now.isdecimal()):
        return refusal
    return f"{wish.key} of {target.ref} holds {brief(now)}, and no number of a semaphore"


SEMAPHORE = Throttle(limited=_limited, least=1, objection=_objection, needs=("key",))
