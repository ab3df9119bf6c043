"""Which signals were seen: hashes of source and id in two generations, so that forgetting costs nothing.

What is remembered stays so for at least one span; when there is no room before it has passed, nothing new is taken.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(slots=True)
class Pool:
    """Room that all senders share."""

    room: int
    used: int = 0


class Memory:
    """What one sender sent. Times are monotonic seconds."""

    def __init__(self, span: float, room: int, always: int, pool: Pool) -> None:
        self._span = span
        self._room = room
        self._always = always
        self._pool = pool
        self._new: set[int] = set()
        self._old: set[int] = set()
        self._since = 0.0

    def __len__(self) -> int:
        return len(self._new) + len(self._old)

    def knows(self, key: int) -> bool:
        """Whether it was remembered and not forgotten yet."""
        return key in self._new or key in self._old

    def knows_any(self, keys: set[int]) -> bool:
        """Whether one of them was."""
        return not (self._new.isdisjoint(keys) and self._old.isdisjoint(keys))

    def turn(self, now: float) -> None:
        """Forgets the older generation when the younger has grown old; both when nothing came for long."""
        if not (self._new or self._old):
            self._since = now
        age = now - self._since
        if age < self._span:
            return
        self._pool.used -= len(self._old)
        self._old, self._new = self._new, set()
        if age >= 2 * self._span:
            self._pool.used -= len(self._old)
            self._old = set()
        self._since = now

    def wait(self, number: int, now: float) -> float:
        """Seconds until there is room for so many more; 0 when there is."""
        held = len(self._new)
        full = self._pool.used + number > self._pool.room and held + number > self._always
        if held + number <= self._room and not full:
            return 0.0
        return max(1.0, self._since + self._span - now)

    def add(self, keys: Iterable[int]) -> None:
        """Remembers them from now on."""
        before = len(self._new)
        self._new.update(keys)
        self._pool.used += len(self._new) - before

    def forget(self, keys: Iterable[int]) -> None:
        """As if these had never come: they could not be kept."""
        before = len(self)
        self._new.difference_update(keys)
        self._old.difference_update(keys)
        self._pool.used -= before - len(self)
