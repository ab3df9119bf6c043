"""Our own events: `dev.maestro.signal.TYPE.v1` with a value and labels, and `dev.maestro.feedback.v1` of people."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from autonomic.signals.refusal import Reason, Refused

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Measure(msgspec.Struct):
    """`value` is 1.0 where a mere occurrence is told."""

    value: float = 1.0
    labels: dict[str, str] = {}
    at: datetime | None = None


class Feedback(msgspec.Struct):
    """What a person thinks of one task."""

    task: str
    rating: float | None = None
    thumbs: Literal["up", "down"] | None = None
    labels: dict[str, str] = {}
    at: datetime | None = None


class _Direct(msgspec.Struct, gc=False):
    value: float = 1.0
    labels: msgspec.Raw = msgspec.Raw(b"{}")
    at: Moment | None = None


class Direct(msgspec.Struct, gc=False):
    """A CloudEvent with a measure as its data, envelope and all; its labels are still unread."""

    specversion: Literal["1.0"]
    type: str
    source: str
    id: str
    data: _Direct
    time: Moment | None = None
    namespace: str | None = None


UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What a decoder raises for what it can't read."""

_DIRECT = msgspec.json.Decoder(Direct)
_DIRECTS = msgspec.json.Decoder(list[Direct])
_MEASURE = msgspec.json.Decoder(Measure)
_FEEDBACK = msgspec.json.Decoder(Feedback)
_RATINGS = (1.0, 5.0)
_THUMBS = {"up": 1.0, "down": -1.0}


def directs(body: bytes) -> list[Direct] | None:
    """All events of a JSON array; None unless each is of this form."""
    try:
        return _DIRECTS.decode(body)
    except UNREADABLE:
        return None


def direct(event: msgspec.Raw) -> Direct | None:
    """One event, where it is of this form."""
    try:
        return _DIRECT.decode(event)
    except UNREADABLE:
        return None


def measure(data: msgspec.Raw) -> Measure:
    """Raises Refused that names the field."""
    try:
        return _MEASURE.decode(data)
    except UNREADABLE as error:
        raise _refused(error) from None


def occurrence(data: msgspec.Raw) -> Measure:
    """Of an event whose form nobody knows: its value and labels where it has them, else that it occurred."""
    try:
        return _MEASURE.decode(data)
    except UNREADABLE:
        return Measure()


def check_human(kind: str, found: Measure) -> None:
    """Raises Refused unless a rating is one and is tied to a task."""
    if not found.labels.get("task"):
        raise Refused(Reason.BAD_LABELS, f"data.labels.task is missing: a {kind} speaks of a task")
    if kind == "HumanRating" and not _RATINGS[0] <= found.value <= _RATINGS[1]:
        raise Refused(Reason.OUT_OF_RANGE, f"data.value is {found.value}: a rating is from 1 to 5")
    if kind == "HumanThumbs" and found.value not in _THUMBS.values():
        raise Refused(Reason.OUT_OF_RANGE, f"data.value is {found.value}: 1 is thumbs up, -1 thumbs down")


def feedback(data: msgspec.Raw) -> list[tuple[str, Measure]]:
    """The rating, the thumbs, or both, with the signal's type. Raises Refused."""
    try:
        found = _FEEDBACK.decode(data)
    except UNREADABLE as error:
        raise _refused(error) from None
    labels = {**found.labels, "task": found.task}
    said = []
    if found.rating is not None:
        said.append(("HumanRating", Measure(found.rating, labels, found.at)))
    if found.thumbs is not None:
        said.append(("HumanThumbs", Measure(_THUMBS[found.thumbs], labels, found.at)))
    if not said:
        raise Refused(Reason.MALFORMED, "data has neither rating (1 to 5) nor thumbs (up or down): send one of them")
    for kind, each in said:
        check_human(kind, each)
    return said


def _refused(error: Exception) -> Refused:
    sentence = str(error)
    if sentence.startswith("Number out of range") or _not_a_number(sentence):
        return Refused(Reason.NOT_FINITE, f"data must hold a finite number: {sentence}")
    return Refused(Reason.MALFORMED, f"data: {sentence}")


def _not_a_number(sentence: str) -> bool:
    """NaN and Infinity come here as words: see `splitting`."""
    return sentence.startswith("Expected `float`, got `str`")
