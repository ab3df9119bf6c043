"""Fields by JSON Pointer: reading them, recording a change with its inverse, and telling what stands.

An element of a list is named by its key, `[name=app]`, so that it is found again wherever it stands; or by its number.
Reading never fails: what has another shape than was looked for is absent.
"""

import json
from collections.abc import Mapping
from typing import Any

from autonomic.domain.plans import FieldChange
from autonomic.domain.targets import Target

LONGEST = 32_768
"""Characters of the longest JSON value that a plan can record."""


def pointer(*parts: str) -> str:
    """The JSON Pointer (RFC 6901) of a path."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def element(name: str, key: str = "name") -> str:
    """The part of a path that names an element of a list by its key."""
    return f"[{key}={name}]"


def parts(path: str) -> list[str]:
    """The path of a JSON Pointer."""
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def read(raw: Mapping[str, Any], path: str) -> Any:
    """The value there; None when it, or anything above it, is absent."""
    node: Any = raw
    for part in parts(path):
        if isinstance(node, Mapping):
            node = node.get(part)
        elif isinstance(node, list):
            at = position(node, part)
            node = None if at is None else node[at]
        else:
            return None
    return node


def number(raw: Mapping[str, Any], path: str) -> int | None:
    """The whole number there; None when there is none."""
    value = read(raw, path)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def mapping(raw: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """The object there; an empty one when there is none."""
    value = read(raw, path)
    return value if isinstance(value, Mapping) else {}


def objects(raw: Mapping[str, Any], path: str) -> list[Mapping[str, Any]]:
    """The objects in the list there; none when there is no list."""
    value = read(raw, path)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def position(elements: list[Any], part: str) -> int | None:
    """The number of the element that a part of a path names; None without it."""
    if part.isascii() and part.isdecimal():
        return int(part) if int(part) < len(elements) else None
    if not part.startswith("["):
        return None
    key, _, name = part[1:-1].partition("=")
    found = (at for at, each in enumerate(elements) if isinstance(each, Mapping) and each.get(key) == name)
    return next(found, None)


def change(target: Target, path: str, after: object) -> tuple[FieldChange, ...]:
    """The change of one field; none when it has the value already. `after` None takes the field away."""
    before = as_json(read(target.raw, path))
    wanted = as_json(after)
    return () if before == wanted else (FieldChange(path=path, before=before, after=wanted),)


def unchangeable(target: Target, *paths: str) -> str | None:
    """Why a field can't be changed: there is no place for it, or a plan could not record what it holds to bring it back."""
    for path in paths:
        if not _reachable(target.raw, parts(path)):
            return f"{path} of {target.ref} can't be reached: what is above it has another shape"
        if len(as_json(read(target.raw, path)) or "") > LONGEST:
            return f"{path} of {target.ref} holds more than the {LONGEST} characters that a plan can record"
    return None


def _reachable(node: Any, path: list[str]) -> bool:
    """Whether all above the field is a map, or the list that has the element; or is not there yet."""
    for part in path:
        if node is None:
            return True
        if isinstance(node, Mapping):
            node = node.get(part)
        elif isinstance(node, list):
            at = position(node, part)
            if at is None:
                return part is path[-1] and part.startswith("[")
            node = node[at]
        else:
            return False
    return True


def inverse(changes: tuple[FieldChange, ...]) -> tuple[FieldChange, ...]:
    """What undoes the changes."""
    return tuple(FieldChange(path=each.path, before=each.after, after=each.before) for each in reversed(changes))


def standing(changes: tuple[FieldChange, ...], raw: Mapping[str, Any], side: str) -> tuple[str, ...]:
    """The paths whose live value is not the change's `before` or `after` side."""
    return tuple(each.path for each in changes if as_json(read(raw, each.path)) != getattr(each, side))


def as_json(value: object) -> str | None:
    """The value as it is recorded; None for none."""
    return None if value is None else json.dumps(value, sort_keys=True, separators=(",", ":"))
