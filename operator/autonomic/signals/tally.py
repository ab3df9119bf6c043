"""How many signals came, from whom, and how they ended."""

from collections import Counter

from autonomic.signals.refusal import Reason

_SENDERS = 500
OTHERS = "others"
NOBODY = ""


class Tally:
    """Counts by sender, of a bounded number of senders: further ones are counted as `others`."""

    def __init__(self) -> None:
        self.accepted: Counter[str] = Counter()
        self.duplicates: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        """Accepted, and of a type that the catalogue does not have."""
        self.truncated: Counter[str] = Counter()
        """Alerts that Alertmanager left out."""
        self.refused: Counter[tuple[str, str]] = Counter()
        """By sender and reason: events, or whole requests."""
        self._senders: set[str] = set()

    def refuse(self, sender: str, reason: Reason, number: int = 1) -> None:
        """So many more were not accepted."""
        self.refused[self.name(sender), reason.value] += number

    def name(self, sender: str) -> str:
        """Under what name a sender is counted."""
        if sender in self._senders:
            return sender
        if len(self._senders) >= _SENDERS:
            return OTHERS
        self._senders.add(sender)
        return sender
