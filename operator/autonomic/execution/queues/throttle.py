"""What is known of one kind of queue: which wishes it understands, and the field that each of them sets."""

from collections.abc import Callable
from dataclasses import dataclass

from autonomic.domain.actions import ThrottleQueue
from autonomic.domain.targets import Target

Wanted = dict[str, object]
"""Values by the path of their field."""


def never(_wish: ThrottleQueue, _target: Target) -> str | None:
    """No objection."""
    return None


@dataclass(frozen=True)
class Throttle:
    """`held` are the values for Hold and Run, `limited` those for a limit; None where the kind knows no such thing."""

    held: Callable[[ThrottleQueue, Target], Wanted] | None = None
    limited: Callable[[ThrottleQueue, Target], Wanted] | None = None
    least: int = 0
    objection: Callable[[ThrottleQueue, Target], str | None] = never
    needs: tuple[str, ...] = ()
    """Parameters beside `to` and `limit` that must be given."""
