"""How long the API server wants to be left alone with a request: its `Retry-After`, kept to the second."""

from collections.abc import Callable

LONGEST = 300.0
"""Seconds; a server that asks for more is asked again after these."""


class Patience:
    """Remembers, by method and path, which request must not be sent again yet. Others go on meanwhile.

    `monotonic` gives seconds since some fixed moment.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._until: dict[tuple[str, str], float] = {}

    def heed(self, method: str, path: str, retry_after: str | None) -> None:
        """The server asked for that many seconds; what is no number of seconds asks for nothing."""
        if retry_after is None or not retry_after.isdecimal():
            return
        now = self._monotonic()
        self._until = {each: moment for each, moment in self._until.items() if moment > now}
        self._until[method, path] = now + min(float(retry_after), LONGEST)

    def left(self, method: str, path: str) -> float:
        """Seconds until the request may be sent again; 0 when it may be now."""
        return max(0.0, self._until.get((method, path), 0.0) - self._monotonic())
