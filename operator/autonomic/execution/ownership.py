"""Whose field it is, by the server's own record (`managedFields`)."""

from collections.abc import Mapping
from typing import Any

from autonomic.domain.plans import FieldChange
from autonomic.execution.fields import parts

MANAGER = "autonomic"
"""The field manager of everything the executor writes to a target."""


def foreign_owners(changes: tuple[FieldChange, ...], raw: Mapping[str, Any]) -> dict[str, str]:
    """Changed fields that are no longer ours: path -> who wrote them last. A field that nobody owns is not ours either."""
    entries = raw["metadata"].get("managedFields") or []
    found: dict[str, str] = {}
    for each in changes:
        if each.after is None:
            continue
        owners = [str(entry.get("manager")) for entry in entries if _owns(entry.get("fieldsV1"), parts(each.path))]
        if MANAGER not in owners:
            found[each.path] = ", ".join(owners) or "nobody"
    return found


def _owns(fields: object, path: list[str]) -> bool:
    node = fields
    for part in path:
        if not isinstance(node, Mapping) or f"f:{part}" not in node:
            return False
        node = node[f"f:{part}"]
    return True
