"""A guard: one plug-in's code runs in a thread, within its time; after several failures it is left alone for a while."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import cast

from autonomic.ports.clock import Clock
from autonomic.ports.plugins import Answer, Guarded, PluginFault, PluginStanding

Tell = Callable[[str, str, bool], Awaitable[None]]
"""Takes the name of a fact, its message, and whether it is a warning."""
_Found = tuple[object, BaseException | None]
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Bounds:
    """One call may take `seconds`; after `failures` in a row the plug-in is left alone for `pause` seconds."""

    seconds: float = 2.0
    failures: int = 3
    pause: float = 300.0


class Guard(Guarded):
    """The guard of one plug-in. A thread can't be ended: while a call hangs no other is begun, so one thread is lost."""

    def __init__(self, standing: PluginStanding, clock: Clock, tell: Tell, bounds: Bounds | None = None) -> None:
        self._standing = standing
        self._clock = clock
        self._tell = tell
        self._bounds = bounds or Bounds()
        self._in_a_row = 0
        self._until = 0.0
        self._coming: Future[_Found] | None = None
        self._one_at_a_time = asyncio.Lock()

    @property
    def standing(self) -> PluginStanding:
        """How the plug-in is now."""
        if not self._in_a_row:
            return self._standing
        alone = self._clock.monotonic() < self._until
        return replace(self._standing, state="LeftAlone" if alone else "Failing")

    async def ask(self, what: Callable[[], Answer]) -> Answer:
        """What the function returns. Raises PluginFault for whatever it raises, and where it takes too long."""
        async with self._one_at_a_time:
            if self._in_a_row and self._clock.monotonic() < self._until:
                raise PluginFault(f"{self._standing} is left alone for a while: {self._standing.message}")
            answer, why = await self._answer(what)
            if why is not None:
                await self._failed(why)
                raise PluginFault(f"{self._standing}: {why}")
            await self._worked()
            return cast(Answer, answer)

    async def _answer(self, what: Callable[[], object]) -> tuple[object, str | None]:
        if self._coming is not None and not self._coming.done():
            return None, "an earlier call has not come back yet, so no other one is begun"
        self._coming = coming = Future[_Found]()
        coming.set_running_or_notify_cancel()
        # No pool: what hangs in one would keep its place from others, and the process from ending.
        threading.Thread(target=_run, args=(what, coming), daemon=True, name=str(self._standing)).start()
        here = asyncio.wrap_future(coming)
        try:
            await asyncio.wait({here}, timeout=self._bounds.seconds)
            if not here.done():
                return None, f"it gave no answer within {self._bounds.seconds:g} s"
            answer, error = here.result()
        finally:
            here.cancel()  # who does not wait any more is not told, even where its event loop is gone by then
        return answer, None if error is None else _words(error)

    async def _failed(self, why: str) -> None:
        self._in_a_row += 1
        self._standing = replace(self._standing, message=why, failures=self._standing.failures + 1)
        if self._in_a_row >= self._bounds.failures:
            self._until = self._clock.monotonic() + self._bounds.pause
            alone = f"{self._in_a_row} failures in a row, so it is left alone for {self._bounds.pause:g} s"
            await self._tell("PluginLeftAlone", f"{self._standing}: {alone}; the last: {why}", True)
        elif self._in_a_row == 1:
            await self._tell("PluginFailed", f"{self._standing}: {why}", True)

    async def _worked(self) -> None:
        if self._in_a_row:
            self._in_a_row, self._standing = 0, replace(self._standing, message="")
            await self._tell("PluginRecovered", f"{self._standing} works again", False)


def _run(what: Callable[[], object], coming: Future[_Found]) -> None:
    found: _Found
    try:
        found = what(), None
    except BaseException as error:  # noqa: BLE001 - a plug-in that calls sys.exit() ends nothing but its own call
        found = None, error
    coming.set_result(found)


def _words(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"[:_LONGEST]
    except Exception:  # noqa: BLE001 - an error that can't even say what it is
        return type(error).__name__
