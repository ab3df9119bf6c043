"""What was asked so far, and what the server says it cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

Result = Literal["answered", "invalid", "unavailable"]


@dataclass(frozen=True, slots=True)
class Cost:
    """What the server says of one evaluation: seconds, samples read. Zero where it says nothing."""

    seconds: float = 0.0
    samples: int = 0


def _nothing() -> Mapping[Result, int]:
    return MappingProxyType({"answered": 0, "invalid": 0, "unavailable": 0})


@dataclass(frozen=True, slots=True)
class Tally:
    """Questions by how they ended, second tries, and the server's cost, since the process began. No figure ever sinks."""

    queries: Mapping[Result, int] = field(default_factory=_nothing)
    retries: int = 0
    cost: Cost = Cost()

    def ended(self, result: Result, cost: Cost = Cost()) -> "Tally":
        """One question more."""
        queries = MappingProxyType({**self.queries, result: self.queries[result] + 1})
        total = Cost(self.cost.seconds + cost.seconds, self.cost.samples + cost.samples)
        return replace(self, queries=queries, cost=total)

    def retried(self) -> "Tally":
        """One second try more."""
        return replace(self, retries=self.retries + 1)
