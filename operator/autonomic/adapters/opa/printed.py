"""What OPA's program prints, as far as anybody may want to read it: a short policy can have an endless syntax tree."""

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson

from autonomic.domain.errors import Invalid

MOST_PRINTED = 4 << 20
"""Bytes. The tree of 32 KiB of Rego has about 600 KB."""
DEEPEST = 200
"""Levels of a syntax tree within one another. The shipped policies have 19."""
_WAY_OUT = "write it in a simpler way"


async def most_of(stream: asyncio.StreamReader | None) -> bytes:
    """All that comes. Raises Invalid where it is too much."""
    parts: list[bytes] = []
    left = MOST_PRINTED
    while stream and (part := await stream.read(65536)):
        parts.append(part)
        left -= len(part)
        if left < 0:
            raise Invalid(f"OPA makes more than {MOST_PRINTED} bytes of it: {_WAY_OUT}")
    return b"".join(parts)


def tree_of(module: str, printed: bytes) -> Mapping[str, Any]:
    """The syntax tree. Raises Invalid where it is too deep."""
    try:
        tree: Mapping[str, Any] = orjson.loads(printed)
    except ValueError:
        raise Invalid(_too_deep(module)) from None
    level: list[Any] = [tree]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in _inside(each)]
    if level:
        raise Invalid(_too_deep(module))
    return tree


def _inside(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list) else []


def _too_deep(module: str) -> str:
    return f"{module}:1: it has more than {DEEPEST} levels within one another: {_WAY_OUT}"
