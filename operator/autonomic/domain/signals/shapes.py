"""What an entry of the catalogue may be: a ratio of counters, a distribution, or a level."""

from dataclasses import dataclass
from typing import Literal

from autonomic.domain.words import Comparison


@dataclass(frozen=True, slots=True)
class Ratio:
    """Good or bad events (one of the two) out of all, as selectors of counters.

    With `share` the contract's selector picks the good ones out of all: "of all calls, those of the small model".
    """

    total: str
    good: str | None = None
    bad: str | None = None
    share: bool = False


@dataclass(frozen=True, slots=True)
class Distribution:
    """A classic histogram, by its name without suffix; a good event is at most the contract's threshold or value.

    Of a time the contract gives `threshold`, of anything else `value`.
    """

    histogram: str
    matchers: str = "{}"
    unit: Literal["Seconds", "Milliseconds", "Tokens"] = "Seconds"

    @property
    def of_time(self) -> bool:
        """True where the histogram's values are times."""
        return self.unit != "Tokens"


@dataclass(frozen=True, slots=True)
class Level:
    """A gauge; a good slice holds `op` against the contract's value, in `unit`."""

    gauge: str
    unit: str
    op: Comparison = Comparison.LE
    aggregate: Literal["max", "min", "avg", "sum"] = "sum"


@dataclass(frozen=True, slots=True)
class Signal:
    """One type as one source exports it. `narrow_by` are labels that the contract's selector must match on."""

    type: str
    source: str
    shape: Ratio | Distribution | Level
    narrow_by: tuple[str, ...] = ()
