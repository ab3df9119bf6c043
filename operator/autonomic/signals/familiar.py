"""The common case, fast: an event of our own form, whose type, source, namespace and labels were found good before."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Raw

from autonomic.domain.signals.received import Signal
from autonomic.signals.formats.measures import DIRECT, UNREADABLE
from autonomic.signals.limits import Limits

_REMEMBERED = 10_000
_LONGEST = 4_096
_LONGEST_ID = 256

_Words = tuple[str, str, str | None]


class Familiar:
    """Remembers what was found good, within bounds; it never finds anything good by itself."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._labels: dict[bytes, Mapping[str, str]] = {}
        self._types: dict[_Words, str] = {}

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """Between what moments a signal may lie."""
        return now - self._limits.oldest, now + self._limits.newest

    def signal(self, raw: Raw, namespace: str | None, now: datetime, span: tuple[datetime, datetime]) -> Signal | None:
        """The signal; None when anything about it is new or odd, and must be looked at closer."""
        try:
            event = DIRECT.decode(raw)
        except UNREADABLE:
            return None
        data, where, id_ = event.data, event.namespace or namespace, event.id
        type_ = self._types.get((event.type, event.source, where))
        labels = self._labels.get(bytes(data.labels))
        at = data.at or event.time or now
        if type_ is None or labels is None or not span[0] <= at <= span[1]:
            return None
        if not 0 < len(id_) <= _LONGEST_ID or not id_.isprintable():
            return None
        return Signal(type_, where or "", labels, data.value, at if at < now else now, event.source, id_)

    def learn(self, raw: Raw, namespace: str | None, signal: Signal) -> None:
        """What this event is made of was found good."""
        try:
            event = DIRECT.decode(raw)
        except UNREADABLE:
            return
        if len(bytes(event.data.labels)) > _LONGEST:
            return
        for known in (self._labels, self._types):
            if len(known) >= _REMEMBERED:
                known.clear()
        self._labels[bytes(event.data.labels)] = signal.labels
        self._types[event.type, event.source, event.namespace or namespace] = signal.type
