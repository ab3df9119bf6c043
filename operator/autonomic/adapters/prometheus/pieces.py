"""A long answer in pieces. Parsing holds the interpreter's lock from beginning to end, and the event loop waits for it."""

from collections.abc import Iterator
from typing import Any

import orjson

_PIECE_BYTES = 1 << 18
_BETWEEN = b',{"metric":'
"""What stands between two series, and nowhere else: within a string, each of these quotes has a backslash before it."""


def parsed(body: bytearray) -> tuple[dict[str, Any], Iterator[list[Any]]]:
    """The document with the first and last series of its result, and the series between them, one piece after another.

    An empty document when the body is no JSON object. The pieces raise ValueError when they are no JSON.
    """
    first, last = body.find(_BETWEEN, _PIECE_BYTES), body.rfind(_BETWEEN)
    if not 0 <= first < last:
        return _object(body), iter(())
    return _object(body[:first] + body[last:]), _pieces(body, first, last)


def _pieces(body: bytearray, start: int, last: int) -> Iterator[list[Any]]:
    while start < last:
        end = body.find(_BETWEEN, start + _PIECE_BYTES, last)
        end = last if end < 0 else end
        yield orjson.loads(b"[" + body[start + 1 : end] + b"]")
        start = end


def _object(body: bytearray) -> dict[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}
