"""Time that moves when it is told to, and randomness that can be repeated."""

import asyncio
import heapq
from datetime import datetime, timedelta
from itertools import count
from random import Random  # noqa: TID251 - seeded, it is the same at every run

_TURNS_AFTER_A_WAKE = 50


class ManualClock:
    """A `Clock` that starts at `start` (aware) and stands still until `advance`."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._elapsed = 0.0
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._arrived = asyncio.Event()

    @property
    def sleepers(self) -> int:
        """How many are asleep."""
        return sum(not woken.done() for _, _, woken in self._sleepers)

    def now(self) -> datetime:
        """The start, and all that passed since."""
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """Seconds that passed since the start."""
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        """Returns when the clock has been advanced that far; at once, but for one turn of the event loop, for 0."""
        if seconds <= 0:
            return await _turn()
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), woken))
        self._arrived.set()
        await woken
        return None

    async def advance(self, seconds: float) -> None:
        """Lets time pass: everybody wakes at the time they asked for, in that order, then in order of falling asleep.

        Who wakes runs until it waits again; when it falls asleep for less than what is left, it wakes again.
        """
        until = self._elapsed + seconds
        await _settle()
        while self._sleepers and self._sleepers[0][0] <= until:
            due, _, woken = heapq.heappop(self._sleepers)
            if woken.done():
                continue
            self._elapsed = due
            woken.set_result(None)
            await _settle()
        self._elapsed = until

    def jump(self, seconds: float) -> None:
        """Lets time pass where nobody is asleep, and so at once. Raises RuntimeError where somebody is."""
        if self.sleepers:
            raise RuntimeError(f"{self.sleepers} are asleep: advance the clock, so that they wake in their time")
        self._elapsed += seconds

    async def asleep(self, number: int = 1) -> None:
        """Returns when at least so many are asleep."""
        while self.sleepers < number:
            self._arrived.clear()
            await self._arrived.wait()


class MemoryEntropy:
    """An `Entropy` that counts upwards from a seed: no two nonces of one source are equal."""

    def __init__(self, seed: int = 0) -> None:
        self._numbers = count(seed)
        self._seed = seed

    def nonce(self) -> str:
        """32 lowercase hexadecimal digits."""
        return f"{next(self._numbers):032x}"

    def random(self) -> Random:
        """The same numbers at every run."""
        return Random(self._seed)  # noqa: S311 - nothing secret


async def _turn() -> None:
    loop = asyncio.get_running_loop()
    turned: asyncio.Future[None] = loop.create_future()
    loop.call_soon(turned.set_result, None)
    await turned


async def _settle() -> None:
    # The event loop does not tell whether it has more to do; a chain of more awaits than this is not followed to its end.
    for _ in range(_TURNS_AFTER_A_WAKE):
        await _turn()
