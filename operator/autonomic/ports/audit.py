"""Where decisions and writes are recorded, before they are acted on."""

from typing import Protocol

from autonomic.domain.audit.record import Entry


class AuditLog(Protocol):
    """A journal of what is about to be done."""

    async def append(self, entry: Entry) -> None:
        """Returns when the entry is kept, after all that were appended before it.

        Raises Unavailable when it can't be kept: what it announces must not be done then.
        """
        ...
