"""Records in a file: length, checksum, content. What was cut short at the end is no record.

Signals of one request mostly differ in value, time and id alone: what they share is written once.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from struct import Struct
from zlib import crc32

import msgspec

from autonomic.domain.signals.received import Signal
from autonomic.ports.signals import Accepted

_HEAD = Struct("<II")
_LONGEST = 64 << 20


class _Form(msgspec.Struct, array_like=True):
    """What many signals share."""

    type: str
    namespace: str
    source: str
    labels: dict[str, str]


class _Record(msgspec.Struct, array_like=True):
    """One request; of each signal its form, by number, its value, time and id."""

    sender: str
    received: datetime
    forms: list[_Form]
    numbers: list[int]
    values: list[float]
    times: list[datetime]
    ids: list[str]


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Record)


def packed(accepted: Accepted) -> bytes:
    """The frame that holds it."""
    content = _ENCODER.encode(_record(accepted))
    return _HEAD.pack(len(content), crc32(content)) + content


def unpacked(data: bytes) -> Iterator[tuple[Accepted, int]]:
    """Each record with the length of its frame, up to the first that is not whole."""
    view, start = memoryview(data), 0
    while start + _HEAD.size <= len(data):
        length, checksum = _HEAD.unpack_from(data, start)
        content = view[start + _HEAD.size : start + _HEAD.size + length]
        if length > _LONGEST or len(content) < length or crc32(content) != checksum:
            return
        try:
            record = _DECODER.decode(content)
        except msgspec.MsgspecError:  # written by another version
            return
        yield Accepted(record.sender, record.received, _signals(record)), _HEAD.size + length
        start += _HEAD.size + length


def _record(accepted: Accepted) -> _Record:
    signals, known = accepted.signals, dict[tuple[int, str, str, str], int]()
    forms, numbers = list[_Form](), list[int]()
    for each in signals:
        # Signals of one form share their labels: see `autonomic.signals.familiar`.
        key = (id(each.labels), each.type, each.namespace, each.source)
        number = known.get(key)
        if number is None:
            number = known[key] = len(forms)
            forms.append(_Form(each.type, each.namespace, each.source, dict(each.labels)))
        numbers.append(number)
    values, times = [each.value for each in signals], [each.at for each in signals]
    return _Record(accepted.sender, accepted.received, forms, numbers, values, times, [each.id for each in signals])


def _signals(record: _Record) -> Sequence[Signal]:
    rows = zip(record.numbers, record.values, record.times, record.ids, strict=True)
    return [
        Signal(form.type, form.namespace, form.labels, value, at, form.source, id_)
        for number, value, at, id_ in rows
        for form in (record.forms[number],)
    ]
