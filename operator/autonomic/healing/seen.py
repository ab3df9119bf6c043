"""What was seen of one trigger, and of several at once: three-valued, so that what is not known stays not known.

All is as doubtful as its most doubtful member unless one member is known not to hold; Any the other way round (Kleene).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from autonomic.domain.words import Truth


@dataclass(frozen=True, slots=True)
class Seen:
    """Whether it holds, why in a word and a sentence; where it holds, the value, the trigger, and the signal's labels."""

    truth: Truth
    reason: str
    message: str
    value: Decimal | None = None
    trigger: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


def together(seen: Sequence[Seen], match: Literal["All", "Any"]) -> Seen:
    """What several triggers say together; `seen` is in their order, and not empty."""
    if len(seen) == 1:
        return seen[0]
    decisive = Truth.FALSE if match == "All" else Truth.TRUE
    for wanted in (decisive, Truth.UNKNOWN):
        found = next((each for each in seen if each.truth is wanted), None)
        if found:
            return found
    return seen[0] if match == "Any" else _all(seen)


def _all(seen: Sequence[Seen]) -> Seen:
    """All hold: the first speaks for all, with the labels of whoever has any."""
    first = seen[0]
    labels = next((each.labels for each in seen if each.labels), {})
    pushed = next((each for each in seen if each.labels), first)
    return Seen(Truth.TRUE, "Held", "; ".join(each.message for each in seen), pushed.value, pushed.trigger, labels)
