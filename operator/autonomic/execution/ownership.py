"""Whose field it is, by the server's own record (`managedFields`)."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from autonomic.domain.plans import FieldChange
from autonomic.execution.fields import parts

MANAGER = "autonomic"
"""The field manager of everything the executor writes to a target."""


def foreign_owners(changes: tuple[FieldChange, ...], raw: Mapping[str, Any]) -> dict[str, str]:
    """Changed fields that are no longer ours: path -> who wrote them last. A field that nobody owns is not ours either."""
    found: dict[str, str] = {}
    for each in changes:
        before, after = (None if side is None else json.loads(side) for side in (each.before, each.after))
        for leaf in _changed(before, after, parts(each.path)):
            owners = _owners(leaf, raw)
            if MANAGER not in owners:
                found[each.path] = ", ".join(owners) or "nobody"
    return found


def others_at(path: str, raw: Mapping[str, Any]) -> str:
    """Who else owns the field: names with commas between them; `another` where the server names nobody."""
    return ", ".join(name for name in _owners(parts(path), raw) if name != MANAGER) or "another"


def _owners(path: list[str], raw: Mapping[str, Any]) -> list[str]:
    """Who owns the field; where nobody owns just it, who owns the smallest thing that it is in."""
    entries = raw["metadata"].get("managedFields") or []
    owned = [(_owned(entry.get("fieldsV1"), path), str(entry.get("manager"))) for entry in entries]
    nearest = max((depth for depth, _ in owned), default=0)
    return list(dict.fromkeys(manager for depth, manager in owned if depth == nearest > 0))


def _changed(before: Any, after: Any, path: list[str]) -> Iterator[list[str]]:
    """The paths that have another value after than before; a list counts as one, what is taken away as none."""
    if isinstance(after, Mapping) and after:
        old = before if isinstance(before, Mapping) else {}
        for key, value in after.items():
            if old.get(key) != value:
                yield from _changed(old.get(key), value, [*path, key])
    elif after is not None:
        yield path


def _owned(fields: object, path: list[str]) -> int:
    """How many parts of the path the record goes; it ends above the field where that is owned as a whole. 0: not at all."""
    node = fields
    for depth, part in enumerate(path):
        if not isinstance(node, Mapping):
            return 0
        if not node:
            return depth
        name = f"k:{_key(part)}" if part.startswith("[") else f"f:{part}"
        if name not in node:
            return 0
        node = node[name]
    return len(path)


def _key(part: str) -> str:
    key, _, name = part[1:-1].partition("=")
    return json.dumps({key: name}, separators=(",", ":"))
