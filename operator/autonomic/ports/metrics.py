"""The metrics store: instant queries in PromQL."""

from datetime import datetime
from typing import Protocol

from autonomic.domain.readings import Vector


class Metrics(Protocol):
    """A Prometheus-compatible server."""

    async def query(self, expr: str, at: datetime) -> Vector:
        """The instant vector at that time. Raises Invalid with the server's message, Unavailable."""
        ...

    async def counts_exactly(self) -> bool:
        """True when ranges can be anchored, so that `increase` equals the recorded events. Raises Unavailable."""
        ...
