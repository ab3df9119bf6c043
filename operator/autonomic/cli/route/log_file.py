"""A log of outcomes as CSV or Parquet; `-` for CSV from the standard input."""

import csv
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path

from autonomic.cli.route.parquet_file import columns, is_parquet, rows
from autonomic.cli.slo.files import STANDARD, texts
from autonomic.domain.errors import Invalid
from autonomic.routing.outcome import Outcome
from autonomic.routing.replaying import Line, with_shares

NEEDED = ("task_type", "candidate", "success", "latency", "cost")
PROPENSITY = "propensity"
_TRUE, _FALSE, _UNKNOWN = ("true", "1", "yes"), ("false", "0", "no"), ("", "unknown")
_WAY_OUT = f"give it the columns {', '.join(NEEDED)} and, where it is known, {PROPENSITY}"


def read(name: str) -> tuple[list[Line], int, bool]:
    """(lines, how many had an unknown outcome, whether propensities were logged); in order of the file.

    Raises OSError, and Invalid that names file, line, field, value and the way out.
    """
    found, has = _of_parquet(Path(name)) if name != STANDARD and is_parquet(Path(name)) else _of_csv(name)
    lines = [line for line in found if line is not None]
    if not lines:
        raise Invalid(f"{name}: has no outcome that is known: {_WAY_OUT}")
    return (lines if has else with_shares(lines)), len(found) - len(lines), has


def _of_csv(name: str) -> tuple[list[Line | None], bool]:
    ((shown, text),) = texts([name])
    table = csv.DictReader(text.splitlines(), restkey="")
    has = _checked_head(shown, table.fieldnames or ())
    return [_line(f"{shown}: line {table.line_num}", row, table.line_num, has) for row in table], has


def _of_parquet(path: Path) -> tuple[list[Line | None], bool]:
    has = _checked_head(str(path), columns(path))
    told = rows(path, (*NEEDED, PROPENSITY) if has else NEEDED)
    return [_line(f"{path}: row {number}", row, number, has) for number, row in enumerate(told, start=1)], has


def _checked_head(shown: str, fields: Sequence[str]) -> bool:
    missing = [each for each in NEEDED if each not in fields]
    if missing:
        raise Invalid(f"{shown}: has no column {missing[0]}: {_WAY_OUT}")
    return PROPENSITY in fields


def _line(place: str, row: Mapping[str, str | None], number: int, has: bool) -> Line | None:
    if "" in row or None in row.values():
        raise Invalid(f"{place}: has not as many columns as the first line: {_WAY_OUT}")
    told = {field: (value or "").strip() for field, value in row.items()}
    for field in ("task_type", "candidate"):
        if not told[field]:
            raise Invalid(f"{place}: {field} is empty: every outcome is of a candidate and of a task type")
    success = _success(place, told["success"])
    if success is None:
        return None
    latency, cost = _number(place, "latency", told["latency"]), _number(place, "cost", told["cost"])
    chance = _number(place, PROPENSITY, told[PROPENSITY]) if has else 1.0
    if chance is None or not 0 < chance <= 1:
        raise Invalid(f"{place}: {PROPENSITY} {told[PROPENSITY]!r} is not above 0, up to 1: leave the whole column out")
    try:
        outcome = Outcome(told["candidate"], told["task_type"], success, float(number), latency, cost)
    except Invalid as error:
        raise Invalid(f"{place}: {error}") from error
    return Line(outcome, chance)


def _success(place: str, told: str) -> bool | None:
    word = told.lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    if word in _UNKNOWN:
        return None
    raise Invalid(f"{place}: success {told!r} is neither true nor false: write 1, 0, or nothing where it is unknown")


def _number(place: str, field: str, told: str) -> float | None:
    if not told:
        return None
    try:
        value = float(told)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise Invalid(f"{place}: {field} {told!r} is no finite number: write one, or nothing")
    return value
