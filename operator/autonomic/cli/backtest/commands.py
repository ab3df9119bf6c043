"""The command `autonomic backtest`."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from autonomic.adapters.collector import space_out
from autonomic.backtest.report import Backtest
from autonomic.backtest.running import Policies, Step, Wish, backtest
from autonomic.backtest.running import Progress as Told
from autonomic.cli.backtest.asked import objects, stretch
from autonomic.cli.backtest.page import page
from autonomic.cli.backtest.showing import show
from autonomic.cli.ending import FAULT, MISTAKE, end, err
from autonomic.cli.plan.options import Document, DocumentOutput
from autonomic.cli.plan.writing import stdout, write_document
from autonomic.cli.plugged import aside, lent_here
from autonomic.cli.slo.sources import REAL, Sources
from autonomic.domain.errors import AutonomicError, Invalid
from autonomic.sdk.policy import opened
from autonomic.settings import Settings, SettingsError
from autonomic.simulate import Unfit

HELP = (
    "Play the history that Prometheus holds to the whole layer: which alerts and plans there would have been, what they would"
    " have saved, how often people would have been asked. Nothing is written. 0 answered, 1 a server gave no answer, 2 a"
    " mistake in what was given."
)
_STEPS: dict[Step, str] = {
    "Reading": "reading history",
    "Judging": "judging alerts",
    "Money": "reading spend",
    "Playing": "turning the loops",
}

Since = Annotated[str, typer.Option("--from", help="Where the stretch begins: 30d ago, or 2026-01-05T10:00:00Z.")]
Until = Annotated[str, typer.Option("--to", help="Where it ends: now, how long ago, or a moment.")]
Rules = Annotated[
    list[Path] | None,
    typer.Option("--policies", help="Folder of policies for --opa; give it twice to compare two sets."),
]
Contracts = Annotated[
    list[Path] | None,
    typer.Option("--contracts", help="Folder or file of contracts, RedLines, ...; left out, those of the cluster."),
]
Playbooks = Annotated[
    list[Path] | None, typer.Option("--playbooks", help="Folder or file of playbooks; left out, those of the cluster.")
]
Opa = Annotated[
    str | None,
    typer.Option("--opa", help="An OPA's program, started and ended again, or its address. Else people decide."),
]
Server = Annotated[str | None, typer.Option(help="Where Prometheus answers; wins over AUTONOMIC_PROMETHEUS_URL.")]
Html = Annotated[Path | None, typer.Option("--html", help="Write a page with plots into this file as well.")]


def command(
    since: Since = "30d", until: Until = "now", policies: Rules = None, contracts: Contracts = None,
    playbooks: Playbooks = None, opa: Opa = None, prometheus: Server = None, html: Html = None,
    output: DocumentOutput = Document.TEXT,
) -> None:  # fmt: skip
    """Prints what would have followed."""
    sets: Sequence[Path | None] = policies or [None]
    try:
        settings = Settings.read(**({"prometheus_url": prometheus} if prometheus else {}))
        span = stretch(since, until, REAL.clock.now())
        if html:
            html.parent.resolve(strict=True)  # what can't be written is told before weeks of history are read
        space_out()
        with _progress() as told, aside():
            found = asyncio.run(_found(REAL, settings, span, contracts or [], playbooks or [], opa, sets, told))
        if html:
            html.write_text(page(found), encoding="utf-8")
    except OSError as error:
        end(f"{error.filename}: {error.strerror}", MISTAKE)
    except (SettingsError, Invalid) as error:
        end(str(error), MISTAKE)
    except AutonomicError as error:
        end(str(error), FAULT)
    _tell(found, output)


async def _found(
    sources: Sources, settings: Settings, span: tuple[datetime, datetime], contracts: Sequence[Path],
    playbooks: Sequence[Path], opa: str | None, sets: Sequence[Path | None], told: Told,
) -> Backtest:  # fmt: skip
    async with AsyncExitStack() as stack:
        given, reads = await stack.enter_async_context(objects(sources, settings, contracts, playbooks))
        metrics = await stack.enter_async_context(sources.metrics(settings))
        engines = [
            Policies(str(each or opa or ""), await stack.enter_async_context(opened(opa, each))) for each in sets
        ]
        try:
            wish = Wish(given.scenario, *span, engines, reads, await lent_here())
            return await backtest(wish, metrics, told)
        except Unfit as error:
            raise Invalid(given.said(error)) from error


@contextmanager
def _progress() -> Iterator[Told]:
    """A bar for each step on the standard error, where that is a terminal."""
    columns = (TextColumn("{task.description:<18}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    tasks: dict[Step, TaskID] = {}
    with Progress(*columns, TimeElapsedColumn(), console=err, transient=True, disable=not err.is_terminal) as bars:

        def told(step: Step, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(_STEPS[step])
            bars.update(tasks[step], completed=done, total=total)

        yield told


def _tell(found: Backtest, output: Document) -> None:
    if output is Document.TEXT:
        show(found, stdout())
    else:
        write_document(found.wire(), output.value, stdout())
