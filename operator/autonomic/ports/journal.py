"""Where facts go: logs, Kubernetes Events, metrics."""

from typing import Protocol

from autonomic.domain.findings import Fact


class Journal(Protocol):
    """One reader of facts. A journal never fails the one who tells it something."""

    async def record(self, fact: Fact) -> None:
        """Renders the fact."""
        ...
