"""Which entry a type and a source name, and what is known where there is none."""

from collections.abc import Iterable
from difflib import get_close_matches

from autonomic.domain.errors import Invalid
from autonomic.domain.signals.catalogue import PUSHED, SIGNALS
from autonomic.domain.signals.shapes import Signal

_BY_NAME = {(each.type, each.source): each for each in SIGNALS}
TYPES = tuple(sorted({each.type for each in SIGNALS}))
"""Every type with an entry."""


def sources(kind: str) -> tuple[str, ...]:
    """Who exports a type; empty for an unknown one."""
    return tuple(sorted(each.source for each in SIGNALS if each.type == kind))


def signal(kind: str, source: str, field: str) -> Signal:
    """The entry. Raises Invalid that lists what is known, the nearest first."""
    found = _BY_NAME.get((kind, source))
    if found:
        return found
    if kind in PUSHED:
        raise Invalid(
            f"{field}.type: {kind} comes only as pushed signals, which no metric holds: no objective can use it"
        )
    if kind not in TYPES:
        raise Invalid(f"{field}.type: {kind} is no type of signal{_near(kind, TYPES)} Known: {', '.join(TYPES)}")
    known = sources(kind)
    raise Invalid(
        f"{field}.source: {source} exports no {kind} that is known{_near(source, known)} Known: {', '.join(known)}"
    )


def _near(name: str, known: Iterable[str]) -> str:
    folded = {each.lower(): each for each in known}
    found = get_close_matches(name.lower(), folded, n=1)
    return f", did you mean {folded[found[0]]}?" if found else "."
