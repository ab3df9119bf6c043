"""The feed: what happened lately, numbered, for readers who come and go. It is bounded, and never waits for a reader."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

MOST_KEPT = 4096

Kind = Literal["PlanChanged", "AlertChanged", "Conflict"]


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """One thing that happened. Who may watch `resource` in `namespace` may know; `told` is what."""

    kind: Kind
    resource: str
    namespace: str
    at: datetime
    told: Mapping[str, str | None]


class Feed:
    """`life` is a name that no other life of the feed has: numbers mean nothing in another."""

    def __init__(self, life: str, most: int = MOST_KEPT) -> None:
        self.life = life
        self.newest = 0
        """The number of what happened last; 0 where nothing has."""
        self.closed = False
        self._kept: deque[News] = deque(maxlen=most)
        self._moved = asyncio.Event()

    @property
    def oldest(self) -> int:
        """The number of the oldest that is kept."""
        return self.newest - len(self._kept) + 1

    def publish(self, news: News) -> None:
        """Numbers it, and wakes whoever waits for more."""
        self._kept.append(news)
        self.newest += 1
        self._wake()

    def after(self, number: int, most: int) -> Sequence[tuple[int, News]]:
        """At most so many that came after that number, oldest first, with their numbers."""
        first = max(number + 1, self.oldest)
        last = min(first + most - 1, self.newest)
        return [(each, self._kept[each - self.oldest]) for each in range(first, last + 1)]

    async def more(self, number: int) -> None:
        """Returns when something came after that number, or the feed was closed."""
        while self.newest <= number and not self.closed:
            await self._moved.wait()

    def close(self) -> None:
        """Nothing more comes: who waits need not."""
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
