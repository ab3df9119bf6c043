"""Kubernetes' own: how many pods of a Job run side by side, and whether a CronJob starts Jobs.

A Job is never suspended: that would kill its pods.
"""

from autonomic.domain.actions import ThrottleQueue
from autonomic.domain.targets import Target
from autonomic.execution.fields import objects
from autonomic.execution.queues.throttle import Throttle, Wanted


def _limited(wish: ThrottleQueue, _target: Target) -> Wanted:
    return {"/spec/parallelism": wish.limit}


def _over(_wish: ThrottleQueue, target: Target) -> str | None:
    ended = {"Complete", "Failed"}
    conditions = objects(target.raw, "/status/conditions")
    done = any(each.get("type") in ended and each.get("status") == "True" for each in conditions)
    return f"{target.ref} is over" if done else None


def _held(wish: ThrottleQueue, _target: Target) -> Wanted:
    return {"/spec/suspend": wish.to == "Hold"}


JOB = Throttle(limited=_limited, least=1, objection=_over)
CRON_JOB = Throttle(held=_held)
