"""Draws a plan's changes for a terminal. Colour only repeats what words say."""

import json
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autonomic.cli.plan.difference import Change, Difference, FieldRow

_LONGEST = 60
_ABSENT = "-"


def draw_changes(found: Difference, out: Console) -> None:
    """Every action with its fields."""
    for change in found.changes:
        head = f"{change.action} on {change.target}" + (f": {change.summary}" if change.summary else "")
        out.print(Text(head, "bold"))
        if change.fields:
            out.print(_table(change))
        if change.note:
            out.print(Text(f"  ! {change.note}", "yellow"))
    if found.moved:
        out.print(Text(f"! {found.moved}", "bold yellow"))


def _table(change: Change) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="")
    for name in ("  FIELD", "BEFORE", "AFTER", "LIVE"):
        table.add_column(name, overflow="fold")
    for row in (leaf for each in change.fields for leaf in leaves(each)):
        live = _value(row.live) if change.read else "?"
        style = "yellow" if change.read and row.live not in (row.before, row.after) else ""
        before = _value(row.before) if change.read or change.claimed else "?"
        table.add_row(f"  {row.path}", Text(before, "red"), Text(_value(row.after), "green"), Text(live, style))
    return table


def leaves(row: FieldRow) -> Iterator[FieldRow]:
    """The field itself; of a whole structure, or a text that is one, only the parts in which before, after and live differ."""
    values = [_opened(json.loads(value)) if value else None for value in (row.before, row.after, row.live)]
    if not all(isinstance(value, dict | None) for value in values) or not any(values):
        yield row
        return
    names = dict.fromkeys(name for value in values if value for name in value)
    for name in names:
        parts = [_part(value, name) for value in values]
        if len(set(parts)) > 1:
            yield from leaves(FieldRow(f"{row.path}/{name}", *parts))


def _opened(value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith("{"):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _part(value: dict[str, Any] | None, name: str) -> str | None:
    return json.dumps(value[name], sort_keys=True, separators=(",", ":")) if value and name in value else None


def _value(value: str | None) -> str:
    if value is None:
        return _ABSENT
    return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
