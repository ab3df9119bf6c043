"""One record: a line of canonical JSON (RFC 8785) that names the hash of the record before it, and bears its own."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import rfc8785

BEGUN = "Begun"
"""The kind of a writer's first record: what it found in its file, and in the cluster."""

_FIELDS = {"seq": int, "time": str, "kind": str, "about": str, "content": dict, "prev": str, "hash": str}
_HEAD = re.compile(r"(?P<seq>0|[1-9][0-9]{0,14}):(?P<hash>sha256:[0-9a-f]{64})")


class Damaged(ValueError):
    """The line is not a record as it was written."""


@dataclass(frozen=True)
class Entry:
    """What shall be recorded. `kind` is a CamelCase word, `about` an object, `content` JSON."""

    kind: str
    about: str
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, order=True)
class Head:
    """A place in the chain: the number of a record, and its hash."""

    seq: int
    hash: str

    def __str__(self) -> str:
        """`17:sha256:...`."""
        return f"{self.seq}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """The head that was written so. Raises ValueError."""
        found = _HEAD.fullmatch(text)
        if not found:
            raise ValueError(f"{text[:100]!r} is no head of a journal: write it as SEQ:sha256:HEX")
        return cls(int(found["seq"]), found["hash"])


GENESIS = Head(0, "sha256:" + "0" * 64)
"""Before the first record of all."""


@dataclass(frozen=True)
class Record:
    """A record as it was read."""

    seq: int
    time: str
    kind: str
    about: str
    content: Mapping[str, Any]
    prev: str
    hash: str

    @property
    def head(self) -> Head:
        """Its place in the chain."""
        return Head(self.seq, self.hash)


def write(entry: Entry, after: Head, at: datetime) -> tuple[bytes, Head]:
    """The line of an entry, with its end, and its place. Raises ValueError for content that JSON can't hold."""
    body: dict[str, Any] = {
        "seq": after.seq + 1,
        "time": at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "kind": entry.kind,
        "about": entry.about,
        "content": dict(entry.content),
        "prev": after.hash,
    }
    head = Head(after.seq + 1, hash_of(rfc8785.dumps(body)))
    return rfc8785.dumps({**body, "hash": head.hash}) + b"\n", head


def hash_of(content: bytes) -> str:
    """`sha256:<hex>`."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def read(line: bytes) -> Record:
    """The record of a line without its end. Raises Damaged unless it is, byte by byte, as it was written."""
    try:
        found = json.loads(line)
        canonical = rfc8785.dumps(found)
    except (ValueError, RecursionError, TypeError) as error:
        raise Damaged(f"it is no JSON of ours: {error}") from None
    if not isinstance(found, dict) or set(found) != set(_FIELDS) or canonical != line:
        raise Damaged("it has not the form of a record")
    if any(type(found[name]) is not kind for name, kind in _FIELDS.items()):
        raise Damaged("a field has another type")
    body = {name: value for name, value in found.items() if name != "hash"}
    if hash_of(rfc8785.dumps(body)) != found["hash"]:
        raise Damaged("its content does not have the hash that it bears")
    return Record(**found)
