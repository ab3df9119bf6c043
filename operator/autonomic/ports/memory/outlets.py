"""Outlets that remember what they were told."""

from autonomic.domain.errors import AutonomicError, Invalid
from autonomic.ports.outlets import Outcall, Outlets, OutletType


class MemoryOutlets(Outlets):
    """Channels of these names, and endpoints.

    `calls` has what arrived, each key once; `sent` has every try that arrived. `fail_next` makes the next call raise.
    """

    def __init__(self, *channels: str, endpoints: tuple[str, ...] = ()) -> None:
        self.calls: list[Outcall] = []
        self.sent: list[Outcall] = []
        self._names: dict[OutletType, frozenset[str]] = {
            "Channel": frozenset(channels),
            "Endpoint": frozenset(endpoints),
        }
        self._failures: list[AutonomicError] = []

    def known(self, type_: OutletType) -> frozenset[str]:
        """The names given."""
        return self._names[type_]

    def fail_next(self, error: AutonomicError) -> None:
        """The next call raises this."""
        self._failures.append(error)

    async def call(self, outcall: Outcall) -> None:
        """Keeps it. Raises Invalid for an outlet that there is not."""
        if self._failures:
            raise self._failures.pop(0)
        if outcall.outlet not in self._names[outcall.type]:
            raise Invalid(f"there is no {outcall.type} {outcall.outlet}")
        self.sent.append(outcall)
        if all(each.key != outcall.key for each in self.calls):
            self.calls.append(outcall)
