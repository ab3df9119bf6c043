"""Who owns which field of an object in memory, as the API server keeps it in `metadata.managedFields`."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

OWNED = ("annotations", "labels")
_BY_NAME = frozenset({"f:containers", "f:env"})

Path = tuple[str, ...]
Entry = dict[str, Any]


def owned_after(before: Mapping[str, Any], after: Mapping[str, Any], manager: str, time: str) -> list[Entry]:
    """The `managedFields` once `manager` turned `before` into `after`: who changes a field owns it, alone.

    Fields are the leaves of the spec, the data of a ConfigMap, labels and annotations; a list counts as one leaf, but for
    those whose elements the server tells apart by their name.
    """
    old, new = dict(_leaves(_ownable(before))), dict(_leaves(_ownable(after)))
    changed = {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}
    owners = {entry["manager"]: set(_paths(entry["fieldsV1"])) - changed for entry in _entries(before)}
    times = {entry["manager"]: entry["time"] for entry in _entries(before)} | ({manager: time} if changed else {})
    owners[manager] = owners.get(manager, set()) | (changed & new.keys())
    api_version = after["apiVersion"]
    return [_entry(owner, times[owner], api_version, paths) for owner, paths in owners.items() if paths]


def _entries(raw: Mapping[str, Any]) -> list[Entry]:
    entries: list[Entry] = (raw.get("metadata") or {}).get("managedFields") or []
    return entries


def _ownable(raw: Mapping[str, Any]) -> dict[str, Any]:
    meta = raw.get("metadata") or {}
    return {
        "metadata": {key: meta[key] for key in OWNED if key in meta},
        "spec": raw.get("spec") or {},
        "data": raw.get("data") or {},
    }


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, f"f:{key}"))
    elif isinstance(value, list) and path[-1] in _BY_NAME:
        for each in value:
            name = json.dumps({"name": each["name"]}, separators=(",", ":"))
            yield from _leaves(each, (*path, f"k:{name}"))
    elif value != {}:
        yield path, value


def _paths(fields: Mapping[str, Any], path: Path = ()) -> Iterator[Path]:
    for key, inner in fields.items():
        here = (*path, key)
        yield from _paths(inner, here) if inner else (here,)


def _entry(manager: str, time: str, api_version: str, paths: set[Path]) -> Entry:
    fields: dict[str, Any] = {}
    for path in sorted(paths):
        node = fields
        for part in path:
            node = node.setdefault(part, {})
    return {
        "manager": manager,
        "operation": "Update",
        "apiVersion": api_version,
        "time": time,
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
    }
