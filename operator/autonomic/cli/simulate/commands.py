"""The command `autonomic simulate`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from autonomic.adapters.clock import SystemClock, SystemEntropy
from autonomic.cli.ending import FAULT, MISTAKE, end
from autonomic.cli.plan.options import Document, DocumentOutput
from autonomic.cli.plan.writing import stdout, write_document
from autonomic.cli.plugged import aside, lent_here
from autonomic.cli.simulate.files import Given, read
from autonomic.cli.simulate.showing import show
from autonomic.cli.waiting import waiting
from autonomic.domain.errors import AutonomicError, Invalid, Unavailable
from autonomic.sdk.policy import opened, trial
from autonomic.simulate import Base, Limits, Outcome, Scenario, Twin, Unfit, ruling, try_out

HELP = (
    "Say what would follow if something were so: plans, verdicts, conflicts, refusals. Everything is in memory, nothing is"
    " asked of a cluster, nothing is written. 0 answered, 1 the OPA gave no answer, 2 a mistake in what was given."
)
LONGEST = 600.0
"""Seconds that a simulation may take here."""

Files = Annotated[
    list[str],
    typer.Argument(help="Files or folders with objects and scenarios, in YAML or JSON; - for the standard input."),
]
Ratios = Annotated[
    list[str] | None,
    typer.Option(
        "--error-ratio",
        metavar="CONTRACT[:OBJECTIVE]=SHARE",
        help="How many events of a contract (namespace/name, namespace/* or *) failed: shop/checkout=3%.",
    ),
]
Lasting = Annotated[str | None, typer.Option("--lasting", help="For how long they did, such as 1h.")]
Down = Annotated[
    list[str] | None, typer.Option("--down", help="A provider of a route's candidates that fails every task.")
]
Without = Annotated[
    list[str] | None, typer.Option("--without", metavar="KIND/NAME", help="An object that is supposed not to be there.")
]
Moment = Annotated[str | None, typer.Option("--at", help="The moment, such as 2026-01-05T10:00:00Z; left out, now.")]
Opa = Annotated[
    str | None,
    typer.Option("--opa", help="An OPA's program, started and ended again, or its address. Else people decide."),
]
Policies = Annotated[
    Path | None, typer.Option("--policies", help="Folder or file of the policies for --opa; left out, `policies`.")
]
Instead = Annotated[
    list[Path] | None,
    typer.Option("--policy", help="A Rego file that stands in place of the one of its package or name; for --opa."),
]


def simulate(
    files: Files, ratios: Ratios = None, lasting: Lasting = None, down: Down = None, without: Without = None,
    at: Moment = None, opa: Opa = None, policies: Policies = None, instead: Instead = None,
    output: DocumentOutput = Document.TEXT,
) -> None:  # fmt: skip
    """Prints what would follow."""
    try:
        further = {
            "figures": [_figure(each, lasting) for each in ratios or ()],
            "down": down or [],
            "without": without or [],
            **({"at": at} if at else {}),
            **({"policies": {"files": [_file(each) for each in instead]}} if instead else {}),
        }
        given = read(_files(files), further)
    except (OSError, Invalid) as error:
        end(_said(error), MISTAKE)
    try:
        with waiting("trying"), aside():
            outcome = asyncio.run(_tried(given, opa, policies))
    except Unfit as error:
        end(given.said(error), MISTAKE)
    except AutonomicError as error:
        end(str(error), MISTAKE if isinstance(error, Invalid) else FAULT)
    _tell(outcome, output)


async def _tried(given: Given, opa: str | None, policies: Path | None) -> Outcome:
    async with _base(given.scenario, opa, policies) as base:
        twin = Twin(replace(base, plugins=await lent_here()), given.scenario, SystemClock().now())
        outcome = await try_out(twin, given.scenario, Limits(LONGEST))
        silent = next((each for each in outcome.plans if each.waiting == "PolicyEngineUnavailable"), None)
        if silent:
            raise Unavailable(f"plan {silent.name} is not ruled: {silent.then.removeprefix('it waits: ')}")
        return outcome


@asynccontextmanager
async def _base(scenario: Scenario, opa: str | None, policies: Path | None) -> AsyncIterator[Base]:
    """Nothing but who rules: the policies of the folder, or what the scenario makes of them."""
    if scenario.policies is None:
        async with opened(opa, policies) as engine:
            yield Base(engine, SystemEntropy())
    else:
        async with ruling(trial(opa, policies), scenario.policies) as ruled:
            yield Base(ruled.engine, SystemEntropy(), policies=ruled.told)


def _file(path: Path) -> dict[str, str]:
    """Raises OSError, Invalid."""
    try:
        return {"name": path.name, "rego": path.read_text(encoding="utf-8")}
    except UnicodeDecodeError as error:
        raise Invalid(f"{path}: it is no text in UTF-8: {error.reason}") from None


def _figure(text: str, lasting: str | None) -> dict[str, str]:
    """`shop/checkout:success=3%`. Raises Invalid."""
    contract, equals, share = text.partition("=")
    if not equals:
        raise Invalid(f"--error-ratio {text}: write contract=share, such as shop/checkout=3%")
    key, _, objective = contract.partition(":")
    figure = {"contract": key, "errorRatio": share}
    return figure | ({"objective": objective} if objective else {}) | ({"lasting": lasting} if lasting else {})


def _files(names: list[str]) -> list[str]:
    """Every file; of a folder those in it. Raises Invalid for a folder without any."""
    found: list[str] = []
    for name in names:
        inside = sorted(
            str(each) for each in Path(name).rglob("*") if each.suffix in (".yaml", ".yml", ".json") and each.is_file()
        )
        if Path(name).is_dir() and not inside:
            raise Invalid(f"{name}: no .yaml or .json file is in this folder")
        found.extend(inside if Path(name).is_dir() else [name])
    return found


def _said(error: Exception) -> str:
    if isinstance(error, Unfit):
        return "\n".join(f"{each.field}: {each.detail} (it is {each.value})" for each in error.flaws[:20])
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def _tell(outcome: Outcome, output: Document) -> None:
    if output is Document.TEXT:
        show(outcome, stdout())
    else:
        write_document(outcome.wire(), output.value, stdout())
