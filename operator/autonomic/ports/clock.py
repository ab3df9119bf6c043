"""Time and randomness, so that nothing else reads them."""

from datetime import datetime
from random import Random  # noqa: TID251 - the type alone: adapters make one
from typing import Protocol


class Clock(Protocol):
    """Wall time for what people read, monotonic time for what must not jump."""

    def now(self) -> datetime:
        """The time, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed moment."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Returns after that time."""
        ...


class Entropy(Protocol):
    """Where nonces and jitter come from."""

    def nonce(self) -> str:
        """32 lowercase hexadecimal digits."""
        ...

    def random(self) -> Random:
        """A generator of random numbers of its own, for choices that need not be secret."""
        ...
