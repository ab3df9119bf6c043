"""The faults that lie in wait, each with how often its like came by."""

from dataclasses import dataclass

from testbed.faults.asked import Asked
from testbed.faults.fault import Fault


@dataclass
class _Waiting:
    fault: Fault
    seen: int = 0

    def is_due(self, asked: Asked) -> bool:
        """Counts the request if it is one of the fault's."""
        where = self.fault.where
        if not where.matches(asked):
            return False
        self.seen += 1
        return self.seen >= where.nth and (where.times == 0 or self.seen < where.nth + where.times)


class Armed:
    """Faults in the order in which they were armed; of several whose turn it is, the first strikes."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []

    def add(self, fault: Fault) -> None:
        """From now on its requests are counted."""
        self._waiting.append(_Waiting(fault))

    def discard(self, fault: Fault) -> None:
        """It strikes no more."""
        self._waiting = [each for each in self._waiting if each.fault != fault]

    def clear(self) -> None:
        """None is left."""
        self._waiting.clear()

    def strike(self, asked: Asked) -> Fault | None:
        """The fault whose turn it is with this request. Every fault that it matches counts it."""
        return next(iter([each.fault for each in self._waiting if each.is_due(asked)]), None)
