"""The machine's clock and its source of randomness."""

import asyncio
import random
import secrets
import time
from datetime import UTC, datetime


class SystemClock:
    """A `Clock` over the machine's."""

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never set back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Returns after that time."""
        await asyncio.sleep(seconds)


def seeded(seed: int) -> random.Random:
    """The same numbers for the same seed: for what is repeated, never for what must not be guessed."""
    return random.Random(seed)  # noqa: S311 - it simulates


class SystemEntropy:
    """An `Entropy` that nobody can predict."""

    def nonce(self) -> str:
        """32 lowercase hexadecimal digits."""
        return secrets.token_hex(16)

    def random(self) -> random.Random:
        """Seeded by the machine; quick, and no secret."""
        return random.Random(secrets.randbits(128))  # noqa: S311 - it chooses candidates
