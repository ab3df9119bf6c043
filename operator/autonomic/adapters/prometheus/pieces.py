"""A long answer in pieces. Parsing holds the interpreter's lock from beginning to end, and the event loop waits for it."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson

_PIECE_BYTES = 1 << 18
_FIRST = b'{"metric":'
BETWEEN = b',{"metric":'
"""What stands between two series, and nowhere else: within a string, each of these quotes has a backslash before it."""

Take = Callable[[bytearray], list[Any]]
"""Reads series as they stand in a body, with what stands between them."""


def elements(piece: bytearray) -> list[Any]:
    """The series as JSON says them. Raises ValueError for what is no JSON."""
    found: list[Any] = orjson.loads(b"[" + piece + b"]")
    return found


def parsed(body: bytearray, take: Take = elements) -> tuple[dict[str, Any], Iterator[list[Any]]]:
    """The document with the last series of its result alone, and the series before it, one piece after another.

    An empty document when the body is no JSON object, a whole one when it is short. The pieces raise what `take` raises.
    """
    first, last = body.find(_FIRST), body.rfind(BETWEEN)
    if len(body) <= _PIECE_BYTES or not 0 <= first < last:
        return _object(body), iter(())
    return _object(body[:first] + body[last + 1 :]), _pieces(body, first, last, take)


def _pieces(body: bytearray, start: int, last: int, take: Take) -> Iterator[list[Any]]:
    while start < last:
        end = body.find(BETWEEN, start + _PIECE_BYTES, last)
        end = last if end < 0 else end
        yield take(body[start:end])
        start = end + 1


def _object(body: bytearray) -> dict[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}
