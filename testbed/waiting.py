"""The one place that polls: wait until something is true, for a bounded time, and say what was waited for."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

FIRST_PAUSE_SECONDS = 0.02
LONGEST_PAUSE_SECONDS = 0.25


class WaitedTooLongError(AssertionError):
    """What was waited for did not come in time. An `AssertionError`, so that a test which waits in vain has failed."""


def until(
    probe: Callable[[], T | None],
    timeout: float,
    what: str,
    ignoring: tuple[type[Exception], ...] = (),
) -> T:
    """The first truthy answer of `probe`, asked again and again for at most `timeout` seconds.

    `what` completes the sentence "waited for ...". Exceptions of the types in `ignoring` count as "not yet".
    Raises `WaitedTooLongError` with the last answer or exception.
    """
    deadline = time.monotonic() + timeout
    pause = FIRST_PAUSE_SECONDS
    while True:
        last: object
        try:
            answer = probe()
            if answer:
                return answer
            last = answer
        except ignoring as problem:
            last = problem
        if time.monotonic() >= deadline:
            raise WaitedTooLongError(f"waited {timeout:g} s for {what}; last seen: {last!r}")
        time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
        pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
