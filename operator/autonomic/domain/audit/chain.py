"""Whether journals are whole: the first record that is wrong, and what is wrong with it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from autonomic.domain.audit.record import BEGUN, GENESIS, Damaged, Head, Record, hash_of, read

What = Literal["Edited", "Torn", "Missing", "Reordered", "Inserted", "Replaced", "Cut"]


@dataclass(frozen=True)
class Fault:
    """The first thing that is wrong. `line` counts from 1; 0 stands for the journal as a whole."""

    what: What
    line: int
    message: str


@dataclass(frozen=True)
class Reading:
    """One journal, as far as it is whole. `elsewhere` are places that it continues and does not hold."""

    heads: tuple[Head, ...]
    elsewhere: tuple[Head, ...]
    fault: Fault | None = None


@dataclass(frozen=True)
class _Line:
    """A line and what it holds: a record, or why it is none."""

    number: int
    raw: bytes
    record: Record | None
    damage: str


def examine(content: bytes) -> Reading:
    """Follows the chain through the bytes of one file."""
    lines = [_line(number, raw) for number, raw in enumerate(content.split(b"\n"), start=1)]
    last = lines.pop()
    heads: list[Head] = []
    elsewhere: list[Head] = []
    for line in lines:
        fault = _fault(line, heads, lines)
        if fault:
            return Reading(tuple(heads), tuple(elsewhere), fault)
        if line.record:
            heads.append(line.record.head)
            elsewhere += _elsewhere(line.record, heads)
    return Reading(tuple(heads), tuple(elsewhere), _torn(last) if last.raw else None)


def against(readings: Sequence[Reading], head: Head) -> Fault | None:
    """What is wrong when the journals, all of them whole, are held against a head that was kept elsewhere."""
    known = {place.seq: place for reading in readings for place in reading.heads}
    places = {place for reading in readings for place in reading.heads}
    if head in places or head == GENESIS:
        return None
    if head.seq in known:
        return Fault(
            "Replaced", 0, f"record {head.seq} is not the one that the head {head} names: the journal was rewritten"
        )
    newest = max(known, default=0)
    if head.seq > newest:
        return Fault("Cut", 0, f"it ends with record {newest}, and the head is record {head.seq}: the end was cut off")
    if any(head in reading.elsewhere for reading in readings):
        return None
    return Fault("Missing", 0, f"the head's record {head.seq} is in none of the files: give all of them")


def _line(number: int, raw: bytes) -> _Line:
    try:
        return _Line(number, raw, read(raw), "")
    except Damaged as damage:
        return _Line(number, raw, None, str(damage))


def _torn(last: _Line) -> Fault:
    words = "is a whole record without its end" if last.record else "is the beginning of a record"
    return Fault(
        "Torn", last.number, f"the last line {words}: a write was cut short, as by a crash, or the file was cut"
    )


def _fault(line: _Line, heads: list[Head], lines: list[_Line]) -> Fault | None:
    if line.record is None:
        following = lines[line.number] if line.number < len(lines) else None
        if following and following.record and _names_torn(following.record, line.raw):
            return None
        return Fault("Edited", line.number, f"it is not a record as it was written: {line.damage}")
    before = heads[-1] if heads else None
    if line.record.head in heads:
        return Fault("Inserted", line.number, f"record {line.record.seq} is there twice")
    if line.record.kind == BEGUN:
        return _begun_fault(line, line.record, before, lines)
    return _link_fault(line, line.record, before, lines)


def _names_torn(record: Record, raw: bytes) -> bool:
    return record.kind == BEGUN and record.content.get("torn") == hash_of(raw)


def _begun_fault(line: _Line, record: Record, before: Head | None, lines: list[_Line]) -> Fault | None:
    """A writer's first record says what it goes on after and, where it could read it, how its file ended."""
    content = record.content
    found, torn = content.get("file"), content.get("torn")
    if before and record.seq <= before.seq and found is not None:
        return Fault("Inserted", line.number, f"record {record.seq} stands after record {before.seq}")
    if found is not None and found != (str(before) if before else ""):
        was = f"record {str(found).partition(':')[0]}" if found else "an empty file"
        return Fault(
            "Missing", line.number, f"record {record.seq} was written after {was}, which is not what stands before it"
        )
    if torn and (line.number < 2 or hash_of(lines[line.number - 2].raw) != torn):
        return Fault("Missing", line.number, f"the torn line before record {record.seq} is gone")
    if _base(record) is None:
        return Fault("Replaced", line.number, f"record {record.seq} continues nothing that it names")
    return None


def _base(record: Record) -> Head | None:
    """What a writer's first record goes on after: the end of its file, or what the cluster's head names."""
    after = Head(record.seq - 1, record.prev)
    return after if str(after) == record.content.get("after") else None


def _elsewhere(record: Record, heads: list[Head]) -> list[Head]:
    base = _base(record) if record.kind == BEGUN else None
    return [base] if base and base != GENESIS and base not in heads else []


def _link_fault(line: _Line, record: Record, before: Head | None, lines: list[_Line]) -> Fault | None:
    if before is None:
        return Fault("Cut", line.number, f"the journal begins with record {record.seq}: what was before it is missing")
    if (record.seq, record.prev) == (before.seq + 1, before.hash):
        return None
    later = {each.record.seq for each in lines[line.number :] if each.record}
    if record.seq <= before.seq or before.seq + 1 in later:
        return Fault("Reordered", line.number, f"record {record.seq} stands after record {before.seq}")
    if record.seq > before.seq + 1:
        return Fault("Missing", line.number, f"{_span(before.seq + 1, record.seq - 1)} missing")
    return Fault("Replaced", line.number, f"record {record.seq} does not follow record {before.seq}: one was replaced")


def _span(first: int, last: int) -> str:
    return f"record {first} is" if first == last else f"records {first} to {last} are"
