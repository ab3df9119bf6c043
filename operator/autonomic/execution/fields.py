"""Fields by JSON Pointer: reading them, recording a change with its inverse, and turning changes into a merge patch."""

import json
from collections.abc import Mapping
from typing import Any

from autonomic.domain.plans import FieldChange
from autonomic.domain.targets import Target


def pointer(*parts: str) -> str:
    """The JSON Pointer (RFC 6901) of a path."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def parts(path: str) -> list[str]:
    """The path of a JSON Pointer."""
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def read(raw: Mapping[str, Any], path: str) -> Any:
    """The value there; None when it, or anything above it, is absent."""
    node: Any = raw
    for part in parts(path):
        if not isinstance(node, Mapping):
            return None
        node = node.get(part)
    return node


def change(target: Target, path: str, after: object) -> tuple[FieldChange, ...]:
    """The change of one field; none when it has the value already."""
    before = read(target.raw, path)
    return () if before == after else (FieldChange(path=path, before=_json(before), after=_json(after)),)


def inverse(changes: tuple[FieldChange, ...]) -> tuple[FieldChange, ...]:
    """What undoes the changes."""
    return tuple(FieldChange(path=each.path, before=each.after, after=each.before) for each in reversed(changes))


def merge_patch(changes: tuple[FieldChange, ...]) -> dict[str, Any]:
    """A JSON merge patch (RFC 7386) that makes the changes; a field that goes away becomes null."""
    patch: dict[str, Any] = {}
    for each in changes:
        *above, last = parts(each.path)
        node = patch
        for part in above:
            node = node.setdefault(part, {})
        node[last] = None if each.after is None else json.loads(each.after)
    return patch


def standing(changes: tuple[FieldChange, ...], raw: Mapping[str, Any], side: str) -> tuple[str, ...]:
    """The paths whose live value is not the change's `before` or `after` side."""
    return tuple(each.path for each in changes if _json(read(raw, each.path)) != getattr(each, side))


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, sort_keys=True, separators=(",", ":"))
