"""ThrottleQueue: a queue is held or limited, in the way of its own kind."""

from typing import ClassVar

from autonomic.domain.actions import Action, ThrottleQueue
from autonomic.domain.plans import FieldChange
from autonomic.domain.redlines import Effect
from autonomic.domain.targets import Target
from autonomic.execution.action import group_kind
from autonomic.execution.actions.ordinary import Ordinary
from autonomic.execution.config_keys import brief
from autonomic.execution.effects import NONE, of_configuring, of_fewer_replicas, of_stopping
from autonomic.execution.fields import change, number, read, unchangeable
from autonomic.execution.queues import THROTTLES
from autonomic.execution.queues.throttle import Wanted

_MOST = 100
"""Replicas of a ScaledObject that does not say the most."""


class ThrottleQueueAction(Ordinary):
    """Sets what holds or limits a queue; `execution/queues/` knows each kind."""

    type: ClassVar[str] = "ThrottleQueue"

    def objection(self, action: Action, target: Target) -> str | None:
        """Only kinds that are known, wishes that the kind understands, and limits that it can live with."""
        throttle, wish = THROTTLES.get(group_kind(target)), action.throttle_queue
        if throttle is None or wish is None:
            known = ", ".join(sorted(kind for _, kind in THROTTLES))
            return f"ThrottleQueue acts on {known}, not on {target.ref}"
        if (wish.to is None) == (wish.limit is None):
            return "set exactly one of to and limit"
        understood = throttle.held if wish.to else throttle.limited
        if understood is None:
            takes, given = ("a limit", "to") if wish.to else ("to: Hold or Run", "a limit")
            return f"{target.ref} takes {takes}, not {given}"
        if missing := [name for name in throttle.needs if getattr(wish, name) is None]:
            return f"a {target.ref.kind} needs {' and '.join(missing)}"
        if wish.limit is not None and wish.limit < throttle.least:
            return f"limit {wish.limit} is below {throttle.least}, the least that {target.ref} can have"
        return throttle.objection(wish, target) or unchangeable(target, *understood(wish, target))

    def changes(self, action: Action, target: Target) -> tuple[FieldChange, ...]:
        """The field that holds or limits."""
        assert action.throttle_queue is not None  # noqa: S101 - `objection` comes first
        values = _wanted(action.throttle_queue, target)
        wanted = {path: None if action.absent else value for path, value in values.items()}
        return tuple(each for path, value in wanted.items() for each in change(target, path, value))

    def effects(self, action: Action, target: Target) -> frozenset[Effect]:
        """A scanner's queue that is held keeps it from scanning; fewer replicas may take their volumes with them."""
        wish = action.throttle_queue
        told = of_configuring(target)
        if wish is None or (wish.to != "Hold" and target.ref.kind != "ConfigMap"):
            told -= of_stopping(target)
        bounds = self.replicas(action, target)
        return told | (of_fewer_replicas(target) if bounds and bounds[1] < bounds[0] else NONE)

    def replicas(self, action: Action, target: Target) -> tuple[int, int] | None:
        """Of a ScaledObject that is limited: the most that it may have."""
        limit = action.throttle_queue.limit if action.throttle_queue else None
        if limit is None or target.ref.kind != "ScaledObject":
            return None
        most = number(target.raw, "/spec/maxReplicaCount")
        return (_MOST if most is None else most), (_MOST if action.absent else limit)

    def describe(self, action: Action, target: Target) -> str:
        """`hold the queue`, `let the queue run`, `limit the queue of gpu (10 -> 5)`."""
        wish = action.throttle_queue
        if wish is None:
            return "throttle the queue"
        if wish.to:
            return "hold the queue" if wish.to == "Hold" else "let the queue run"
        named = f" of {wish.resource or wish.key}" if wish.resource or wish.key else ""
        throttle = THROTTLES.get(group_kind(target))
        paths = throttle.limited(wish, target) if throttle and throttle.limited else {}
        now = next((brief(read(target.raw, path)) for path in paths), "?")
        return f"limit the queue{named} ({now} -> {'none' if action.absent else wish.limit})"


def _wanted(wish: ThrottleQueue, target: Target) -> Wanted:
    throttle = THROTTLES[group_kind(target)]
    understood = throttle.held if wish.to else throttle.limited
    assert understood is not None  # noqa: S101 - `objection` comes first
    return understood(wish, target)
