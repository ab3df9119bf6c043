"""`autonomic cost idle`: the hours of the week in which a workload had nothing to do, and what they cost."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.console import Console
from rich.table import Table

from autonomic.cli.ending import FAULT, MISTAKE, end
from autonomic.cli.plan.options import Document, DocumentOutput
from autonomic.cli.plan.writing import stdout, write_document
from autonomic.cli.slo.sources import REAL, Sources
from autonomic.cli.waiting import waiting
from autonomic.cost.idle import question, rests
from autonomic.cost.money import money
from autonomic.domain.errors import AutonomicError, Invalid
from autonomic.domain.idling import Rest
from autonomic.domain.readings import Unknown
from autonomic.settings import Settings, SettingsError

HELP = (
    "Find the hours of the week in which there were no requests, in every week that is looked at, asked of Prometheus now. It"
    " changes nothing: put what you agree with into spec.idle of a CostBudget. Ends with 1 where it is Unknown."
)


def idle(
    requests: Annotated[str, typer.Argument(metavar="SELECTOR", help="Counter of its requests: requests_total{app=\"a\"}.")],
    weeks: Annotated[int, typer.Option(min=2, max=12, help="Whole weeks that are looked at.")] = 4,
    least: Annotated[int, typer.Option(min=1, max=168, help="Shorter rests than these hours are left out.")] = 4,
    time_zone: Annotated[str, typer.Option(help="IANA time zone of the hours, such as Europe/Paris.")] = "UTC",
    hourly: Annotated[str | None, typer.Option(help="What the workload costs an hour, to tell the saving.")] = None,
    currency: Annotated[str, typer.Option(help="The currency of that.")] = "USD",
    output: DocumentOutput = Document.TEXT,
    prometheus: Annotated[
        str | None, typer.Option(help="Where Prometheus answers; wins over AUTONOMIC_PROMETHEUS_URL.")
    ] = None,
) -> None:  # fmt: skip
    """Shows the rests."""
    zone, price = _zone(time_zone), _price(hourly)
    try:
        settings = Settings.read(**({"prometheus_url": prometheus} if prometheus else {}))
        with waiting("asking Prometheus"):
            found = asyncio.run(look(REAL, settings, requests, weeks, zone, least))
    except (SettingsError, Invalid) as error:
        end(str(error), MISTAKE)
    except AutonomicError as error:
        end(str(error), FAULT)
    if isinstance(found, Unknown):
        end(f"{found.reason}: {found.message}", FAULT)
    _write(found, price, currency, output, stdout())


async def look(
    sources: Sources, settings: Settings, requests: str, weeks: int, zone: ZoneInfo, least: int
) -> Sequence[Rest] | Unknown:
    """The rests. Raises AutonomicError where Prometheus can not be asked."""
    asked = question(requests, weeks, sources.clock.now())
    async with sources.metrics(settings) as metrics:
        if not (await metrics.abilities()).anchored:
            return Unknown(
                "NotExact", "this server extrapolates, so that it can not say that there were none: see anchored"
            )
        return rests(await metrics.query_range(asked), weeks, zone, least)


def _write(found: Sequence[Rest], hourly: Decimal | None, currency: str, output: Document, out: Console) -> None:
    saved = [None if hourly is None else money(hourly * each.hours / 7, currency) for each in found]
    if output is not Document.TEXT:
        rows = [
            {"rest": str(one), "hours": one.hours, "savesDaily": each} for one, each in zip(found, saved, strict=True)
        ]
        write_document({"items": rows}, output.value, out)
    elif not found:
        out.print("there is no such rest: it has something to do at all hours")
    else:
        table = Table("REST", "HOURS", "SAVES A DAY", box=None, pad_edge=False, header_style="")
        for one, each in zip(found, saved, strict=True):
            table.add_row(str(one), str(one.hours), each or "")
        out.print(table)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        end(f"--time-zone: {name!r} is not a time zone: write an IANA name such as Europe/Paris, or UTC", MISTAKE)


def _price(hourly: str | None) -> Decimal | None:
    try:
        price = None if hourly is None else Decimal(hourly)
    except InvalidOperation:
        price = Decimal("NaN")
    if price is not None and not (price.is_finite() and price >= 0):
        end(f"--hourly: {hourly!r} is not a price: write a decimal such as 0.25", MISTAKE)
    return price
