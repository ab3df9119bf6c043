"""GitHub's Actions Runner Controller: the most runners of a scale set. Fewer end none that runs a job."""

from autonomic.domain.actions import ThrottleQueue
from autonomic.domain.targets import Target
from autonomic.execution.fields import number
from autonomic.execution.queues.throttle import Throttle, Wanted


def _limited(wish: ThrottleQueue, _target: Target) -> Wanted:
    return {"/spec/maxRunners": wish.limit}


def _objection(wish: ThrottleQueue, target: Target) -> str | None:
    least = number(target.raw, "/spec/minRunners") or 0
    if wish.limit is not None and wish.limit < least:
        return f"{target.ref} keeps at least {least} runners: a limit of {wish.limit} is below that"
    return None


RUNNER_SET = Throttle(limited=_limited, least=1, objection=_objection)
