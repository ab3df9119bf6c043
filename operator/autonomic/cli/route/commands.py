"""The commands under `autonomic route`."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from autonomic.adapters.clock import seeded
from autonomic.cli.ending import MISTAKE, end, err, unreadable
from autonomic.cli.plan.options import Document, DocumentOutput
from autonomic.cli.plan.writing import stdout, write_document
from autonomic.cli.route.log_file import read
from autonomic.cli.route.picture import picture
from autonomic.cli.route.simulation import Row, simulate
from autonomic.cli.waiting import waiting
from autonomic.domain.errors import Invalid

SIMULATE = """Play a log of outcomes to several policies: what they would have made of it, as a table and a picture.

FILE is CSV or Parquet with the columns task_type, candidate, success, latency (seconds), cost and, where it was logged,
propensity. Parquet needs the extra: pip install 'autonomic-layer[parquet]'.

Policies that learn are judged by replay with rejection: only tasks count that the policy would have decided as the log did, so
with K candidates about one in K does. Single candidates are judged by self-normalised inverse propensities over the whole log.

Without a column propensity each candidate's share of its task type stands in for it. That is right where the log was drawn by
fixed shares, and wrong where harder tasks went to better candidates: no method can tell from the log alone. Nor can it be known
how a candidate does that the log never chose, what a change of the load would do to latencies, or anything of an outcome that
is unknown: such lines are left out. Fewer than 100 tasks of a policy's own are no estimate, and none is made.
"""


_NARROWEST = 120
"""Columns that the table needs: a pipe has no width of its own."""


File = Annotated[str, typer.Argument(help="CSV or Parquet; - reads CSV from the standard input.")]
Picture = Annotated[Path | None, typer.Option(help="Write regret, and cost against success, into this SVG file.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same answer.")]
Runs = Annotated[int, typer.Option(min=1, max=1000, help="Replays of each policy, of which the mean is told.")]


def route() -> typer.Typer:
    """`autonomic route`, to be added to the command line."""
    commands = typer.Typer(name="route", help="Which candidate does a task.", no_args_is_help=True)
    commands.command("simulate", help=SIMULATE)(simulate_log)
    return commands


def simulate_log(
    file: File, svg: Picture = None, seed: Seed = 0, runs: Runs = 5, output: DocumentOutput = Document.TEXT
) -> None:
    """Prints the table, and writes the picture."""
    try:
        with waiting("playing the log"):
            lines, unknown, known = read(file)
            rows = simulate(lines, runs, seeded(seed))
        if svg:
            svg.write_text(picture(rows), encoding="utf-8")
    except (OSError, Invalid) as error:
        end(unreadable(error), MISTAKE)
    if not known:
        err.print("no column propensity: each candidate's share of its task type stands in for it")
    if unknown:
        err.print(f"{unknown} lines left out: their outcome is unknown")
    if output is Document.TEXT:
        _draw(rows)
    else:
        write_document([asdict(row) for row in rows], output.value, stdout())


def _draw(rows: list[Row]) -> None:
    out = Console(highlight=False, markup=False, emoji=False)
    out.width = max(out.width, _NARROWEST)
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="")
    for name in ("policy", "by", "tasks", "success", "95% within", "regret/1000", "cost/1000", "p50", "p95"):
        table.add_column(name, justify="left" if name in ("policy", "by") else "right", no_wrap=True)
    for row in rows:
        table.add_row(*_cells(row))
    out.print(table)
    for row in rows:
        if row.refused:
            out.print(f"{row.policy}: {row.refused}", soft_wrap=True)


def _cells(row: Row) -> tuple[str, ...]:
    if row.success is None or row.regret is None:
        return row.policy, row.method, f"{row.tasks:.0f}", "Unknown"
    within = f"{row.low:.1%} - {row.high:.1%}"
    cost = "" if row.cost is None else f"{1000 * row.cost:,.4g}"
    latencies = ("" if each is None else f"{each:.3g}s" for each in (row.latency_p50, row.latency_p95))
    return (
        row.policy,
        row.method,
        f"{row.tasks:.0f}",
        f"{row.success:.1%}",
        within,
        f"{1000 * row.regret:.1f}",
        cost,
        *latencies,
    )
