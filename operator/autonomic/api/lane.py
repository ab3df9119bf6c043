"""Where long pages are put together: one at a time, and no caller has more waiting than leaves room for others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from autonomic.api.turnstile import Turnstile
from autonomic.ports.access import Caller

EACH, TOGETHER = 8, 256


class Lane:
    """A hundred pages that are asked for at once are one at a time for whoever else wants to turn."""

    def __init__(self) -> None:
        self._one = asyncio.Semaphore(1)
        self._waiting = Turnstile("pages", EACH, TOGETHER)

    @asynccontextmanager
    async def of(self, caller: Caller) -> AsyncIterator[None]:
        """The caller has the lane until the block ends. Answers 429 where too many pages of theirs wait for it."""
        with self._waiting.passed(caller):
            async with self._one:
                yield
