"""The machine's clock and its source of randomness."""

import asyncio
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


class SystemEntropy:
    """An `Entropy` that nobody can predict."""

    def nonce(self) -> str:
        """32 lowercase hexadecimal digits."""
        return secrets.token_hex(16)
