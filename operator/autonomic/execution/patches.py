"""Changes as patches. Fields of maps are merged (RFC 7386); what is in a list, or is a map, goes by JSON Patch (RFC 6902).

A merge patch would replace a whole list, and could take nothing out of a map that is put back.
"""

import json
from collections.abc import Mapping
from typing import Any

from autonomic.domain.plans import FieldChange
from autonomic.execution.drift import Drift
from autonomic.execution.fields import parts, pointer, position

Operation = dict[str, Any]


def mergeable(changes: tuple[FieldChange, ...]) -> bool:
    """Whether a merge patch says exactly this: no lists on the way, no maps as values."""
    return not any(_in_list(each.path) or _is_map(each.before) or _is_map(each.after) for each in changes)


def merge_patch(changes: tuple[FieldChange, ...]) -> dict[str, Any]:
    """A JSON merge patch that makes the changes; a field that goes away becomes null."""
    patch: dict[str, Any] = {}
    for each in changes:
        *above, last = parts(each.path)
        node = patch
        for part in above:
            node = node.setdefault(part, {})
        node[last] = None if each.after is None else json.loads(each.after)
    return patch


def json_patch(changes: tuple[FieldChange, ...], stamps: Mapping[str, str], raw: Mapping[str, Any]) -> list[Operation]:
    """A JSON Patch that makes the changes on the object as it is, and stamps it.

    It tests the UID and all that the changes' paths go by: the keys of list elements and the values before. Raises Drift
    when an element on the way is gone.
    """
    meta = raw["metadata"]
    operations = [
        {"op": "test", "path": "/metadata/uid", "value": meta["uid"]},
        # Setting the version that was read is the precondition: another one is a conflict, not a failed test.
        _put("replace", "/metadata/resourceVersion", meta["resourceVersion"]),
    ]
    if meta.get("annotations") is None:
        operations.append(_put("add", "/metadata/annotations", {}))
    stamped = [_put("add", pointer("metadata", "annotations", name), value) for name, value in stamps.items()]
    present = {**raw, "metadata": {**meta, "annotations": meta.get("annotations") or {}}}
    return operations + stamped + [operation for each in changes for operation in _of_change(each, present)]


def _of_change(change: FieldChange, raw: Mapping[str, Any]) -> list[Operation]:
    path, after = parts(change.path), None if change.after is None else json.loads(change.after)
    tests: list[Operation] = []
    at, node = "", raw
    for depth, part in enumerate(path[:-1]):
        name, inner = _step(node, part, change.path)
        if inner is None:  # the map or list that shall hold it is not there yet
            return [*tests, *([] if after is None else [_put("add", at + name, _nested(path[depth + 1 :], after))])]
        at, node = at + name, inner
        if part.startswith("["):
            key, _, wanted = part[1:-1].partition("=")
            tests.append(_put("test", at + pointer(key), wanted))
    return tests + _at_last(at, node, path[-1], change, after)


def _at_last(at: str, node: Any, last: str, change: FieldChange, after: object) -> list[Operation]:
    number = position(node, last) if isinstance(node, list) else None
    place = at + pointer(last) if not isinstance(node, list) else f"{at}/{'-' if number is None else number}"
    if change.before is None:
        return [] if after is None else [_put("add", place, after)]
    test = _put("test", place, json.loads(change.before))
    return [test, {"op": "remove", "path": place} if after is None else _put("replace", place, after)]


def _step(node: Any, part: str, path: str) -> tuple[str, Any]:
    """One part of a path: as a pointer, and what is there."""
    if isinstance(node, Mapping):
        return pointer(part), node.get(part)
    number = position(node, part) if isinstance(node, list) else None
    if number is None:
        raise Drift(f"{part} of {path} is no longer there")
    return f"/{number}", node[number]


def _nested(path: list[str], value: object) -> object:
    for part in reversed(path):
        value = [value] if part.startswith("[") else {part: value}
    return value


def _put(operation: str, path: str, value: object) -> Operation:
    return {"op": operation, "path": path, "value": value}


def _in_list(path: str) -> bool:
    return any(part.startswith("[") or part.isdecimal() for part in parts(path))


def _is_map(value: str | None) -> bool:
    return value is not None and value.startswith("{")
