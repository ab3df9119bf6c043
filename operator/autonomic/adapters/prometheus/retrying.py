"""How often a failing server is asked again: so seldom that the second tries never keep it from recovering."""

from dataclasses import dataclass

LONGEST_WAIT = 2.0
_SHARE, _MOST = 0.1, 10.0
_SHORTEST, _SPREAD = 0.1, 0.4


@dataclass(slots=True)
class RetryBudget:
    """Tokens: each question adds a tenth of one, up to ten; each second try takes one. There is one to begin with."""

    tokens: float = 1.0

    def asked(self) -> None:
        """A question is asked for the first time."""
        self.tokens = min(_MOST, self.tokens + _SHARE)

    def take(self) -> bool:
        """Whether a second try is allowed; it is then paid for."""
        # Ten tenths add up to a little less than one.
        if self.tokens < 1 - 1e-9:
            return False
        self.tokens -= 1
        return True


def pause(wait: float | None, chance: float) -> float | None:
    """Seconds until the second try, spread by `chance` (0 to 1); None when the server wants to be left alone for longer."""
    if wait is not None and wait > LONGEST_WAIT:
        return None
    return (wait or _SHORTEST) + _SPREAD * chance
