"""The common case, fast: an event of our own form, whose type, source, namespace and labels were found good before."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from autonomic.domain.signals.received import Signal
from autonomic.signals.formats.measures import Direct
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

    def signals(self, events: Iterable[Direct | None], namespace: str | None, now: datetime) -> Iterator[Signal | None]:
        """Each as a signal; None where anything about it is new or odd, so that it must be looked at closer."""
        oldest, newest = now - self._limits.oldest, now + self._limits.newest
        types, known = self._types, self._labels
        for event in events:
            signal = None
            if event is not None:
                data, id_, source, where = event.data, event.id, event.source, event.namespace or namespace
                type_, labels = types.get((event.type, source, where)), known.get(bytes(data.labels))
                at = data.at or event.time or now
                fits = oldest <= at <= newest and 0 < len(id_) <= _LONGEST_ID and id_.isprintable()
                if fits and type_ is not None and labels is not None:
                    signal = Signal(type_, where or "", labels, data.value, at if at < now else now, source, id_)
            yield signal

    def learn(self, event: Direct, namespace: str | None, signal: Signal) -> None:
        """What this event is made of was found good."""
        if len(bytes(event.data.labels)) > _LONGEST:
            return
        for known in (self._labels, self._types):
            if len(known) >= _REMEMBERED:
                known.clear()
        self._labels[bytes(event.data.labels)] = signal.labels
        self._types[event.type, event.source, event.namespace or namespace] = signal.type
