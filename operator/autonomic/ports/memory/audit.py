"""A journal in memory."""

from collections import deque

from autonomic.domain.audit.record import Entry
from autonomic.domain.errors import Unavailable

NEWEST = 1000


class MemoryAuditLog:
    """An `AuditLog` that holds the newest entries in `entries`. `failure`, while it is set, is why nothing can be kept."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=NEWEST)
        self.failure: str | None = None

    async def append(self, entry: Entry) -> None:
        """Keeps the entry."""
        if self.failure:
            raise Unavailable(f"the journal cannot be written: {self.failure}")
        self.entries.append(entry)
