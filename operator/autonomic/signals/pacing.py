"""How fast a sender may go: a bucket that fills steadily."""


class Bucket:
    """Tokens: one for each event. Times are monotonic seconds."""

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._filled = now

    def wait(self, tokens: float, now: float) -> float:
        """Seconds until so many are there; 0 when they are. A wish for more than fit is met by a full bucket."""
        self._fill(now)
        missing = min(tokens, self._burst) - self._tokens
        return missing / self._rate if missing > 0 else 0.0

    def take(self, tokens: float) -> None:
        """Takes them, after `wait` said that they are there."""
        self._tokens = max(0.0, self._tokens - tokens)

    def full(self, now: float) -> bool:
        """Whether nothing was taken for a while."""
        self._fill(now)
        return self._tokens >= self._burst

    def _fill(self, now: float) -> None:
        self._tokens = min(self._burst, self._tokens + max(0.0, now - self._filled) * self._rate)
        self._filled = now
