"""From a body to signals: each event by itself, what can't be accepted beside what can."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial

from msgspec import Raw

from autonomic.domain.signals.catalogue import PUSHED
from autonomic.domain.signals.lookup import TYPES
from autonomic.domain.signals.received import Signal
from autonomic.signals.checking import Checks
from autonomic.signals.familiar import Familiar
from autonomic.signals.formats import alertmanager, otlp
from autonomic.signals.formats.cloudevents import Event, structured
from autonomic.signals.formats.measures import Measure, check_human, feedback, measure, occurrence
from autonomic.signals.formats.pipelines import FINISHED, finished
from autonomic.signals.formats.splitting import Batch
from autonomic.signals.limits import Limits
from autonomic.signals.refusal import Reason, Refused

KNOWN = frozenset({*TYPES, *PUSHED})
"""The types of the catalogue."""

RESERVED_SOURCES = frozenset({alertmanager.SOURCE, "kubernetes-events"})
"""What these tell comes another way: no CloudEvent may say that it is from there."""

_OURS = re.compile(r"dev\.maestro\.signal\.([A-Za-z]+)(\.v[0-9][0-9a-z.]*)?")
_FEEDBACK = re.compile(r"dev\.maestro\.feedback(\.v[0-9][0-9a-z.]*)?")
_HUMAN = ("HumanRating", "HumanThumbs")

_Measured = list[tuple[str, Measure]]


@dataclass(slots=True)
class Reading:
    """What was in one request. `events[i]` is the index of the event that `signals[i]` came from."""

    count: int = 0
    signals: list[Signal] = field(default_factory=list)
    events: list[int] = field(default_factory=list)
    refused: list[tuple[int, Refused]] = field(default_factory=list)
    truncated: int = 0
    """Alerts that Alertmanager left out."""

    def refuse(self, index: int, refusal: Refused) -> None:
        """This event is not accepted."""
        self.refused.append((index, refusal))

    def add(self, index: int, signals: Sequence[Signal]) -> None:
        """These came out of this event."""
        self.signals.extend(signals)
        self.events.extend([index] * len(signals))


class Reader:
    """Reads bodies within these limits; `namespace` is that of events which name none."""

    def __init__(self, limits: Limits) -> None:
        self._checks = Checks(limits)
        self._familiar = Familiar(limits)

    def events(self, batch: Batch, namespace: str | None, now: datetime) -> Reading:
        """CloudEvents, each in JSON."""
        reading = Reading(len(batch))
        for index, signal in enumerate(self._familiar.signals(batch.direct, namespace, now)):
            if signal is not None:
                reading.signals.append(signal)
                reading.events.append(index)
            else:
                self._closer(reading, index, batch, namespace, now)
        return reading

    def event(self, event: Event, namespace: str | None, now: datetime) -> Reading:
        """One CloudEvent in binary mode."""
        reading = Reading(1)
        try:
            self._event(reading, 0, event, namespace, now)
        except Refused as refusal:
            reading.refuse(0, refusal)
        return reading

    def alerts(self, webhook: alertmanager.Webhook, namespace: str | None, now: datetime) -> Reading:
        """Alerts of one notification."""
        reading = Reading(len(webhook.alerts), truncated=webhook.truncated)
        for index, raw in enumerate(webhook.alerts):
            try:
                reading.add(index, (alertmanager.alert(raw, namespace, now, self._checks),))
            except Refused as refusal:
                reading.refuse(index, refusal)
        return reading

    def points(self, points: Sequence[otlp.Point], namespace: str | None, now: datetime) -> Reading:
        """Data points of one OTLP request."""
        reading = Reading(len(points))
        for index, each in enumerate(points):
            try:
                found = otlp.signal(each, namespace, now, self._checks)
                if found and found.type in _HUMAN:
                    check_human(found.type, Measure(found.value, dict(found.labels)))
                reading.add(index, (found,) if found else ())
            except Refused as refusal:
                reading.refuse(index, refusal)
        return reading

    def _closer(self, reading: Reading, index: int, batch: Batch, namespace: str | None, now: datetime) -> None:
        try:
            event = structured(batch.raw(index))
            self._event(reading, index, event, namespace, now)
        except Refused as refusal:
            reading.refuse(index, refusal)
            return
        ours, direct = _OURS.fullmatch(event.type), batch.direct[index]
        if direct and ours and ours[1] in KNOWN and ours[1] not in _HUMAN:
            self._familiar.learn(direct, namespace, reading.signals[-1])

    def _event(self, reading: Reading, index: int, event: Event, namespace: str | None, now: datetime) -> None:
        if event.source in RESERVED_SOURCES:
            raise Refused(Reason.MALFORMED, f"source is {event.source!r}, which is reserved: name the sender")
        check, where = self._checks.signal, event.namespace or namespace
        id_, signals = event.id, []
        for kind, found in _measured_by(event.type)(event.data):
            at = found.at or event.time or now
            signals.append(check(kind, where, found.labels, found.value, at, event.source, id_, now))
            id_ = f"{event.id}/{len(signals)}"
        reading.add(index, signals)


@lru_cache(maxsize=1024)
def _measured_by(type_: str) -> Callable[[Raw], _Measured]:
    """How the data of a type is read."""
    ours = _OURS.fullmatch(type_)
    if ours and ours[1] in KNOWN:
        return partial(_human if ours[1] in _HUMAN else _ours, ours[1])
    if _FEEDBACK.fullmatch(type_):
        return feedback
    run = FINISHED.fullmatch(type_)
    if run:
        return partial(_run, run[1])
    return partial(_unknown, type_)


def _ours(kind: str, data: Raw) -> _Measured:
    return [(kind, measure(data))]


def _human(kind: str, data: Raw) -> _Measured:
    found = measure(data)
    check_human(kind, found)
    return [(kind, found)]


def _run(kind: str, data: Raw) -> _Measured:
    return [finished(kind, data)]


def _unknown(type_: str, data: Raw) -> _Measured:
    return [(type_, occurrence(data))]
