"""Listings and documents on the standard output: tables as kubectl writes them, JSON, YAML."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from autonomic.cli.plan.options import Form


@dataclass(frozen=True)
class Listing:
    """Rows of named columns. `wide` names those that only `-o wide` shows; `documents` is what JSON and YAML hold."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    documents: Sequence[dict[str, Any]]
    wide: Sequence[str] = ()


def stdout() -> Console:
    """Where answers go."""
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True)


def write_listing(listing: Listing, form: Form, out: Console, nothing: str) -> None:
    """Prints it; `nothing` is said where there is no row."""
    if form in (Form.JSON, Form.YAML):
        write_document({"items": list(listing.documents)}, form.value, out)
    elif listing.rows:
        write_table(listing, out, wide=form is Form.WIDE)
    else:
        out.print(nothing)


def write_table(listing: Listing, out: Console, *, wide: bool) -> None:
    """Columns apart by three spaces; nothing is cut, and nothing is wrapped."""
    shown = [at for at, name in enumerate(listing.columns) if wide or name not in listing.wide]
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="")
    for at in shown:
        table.add_column(listing.columns[at], no_wrap=True)
    for row in listing.rows:
        table.add_row(*(row[at] for at in shown))
    Console(file=out.file, width=10_000, highlight=False, markup=False, emoji=False, color_system=None).print(table)


def write_document(document: dict[str, Any] | list[dict[str, Any]], form: str, out: Console) -> None:
    """JSON or YAML, without a colour, for a pipe."""
    if form == "json":
        print(json.dumps(document, indent=2, ensure_ascii=False), file=out.file)
    else:
        print(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), end="", file=out.file)
