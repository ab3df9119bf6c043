"""The commands."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autonomic import __version__
from autonomic.cli import definitions
from autonomic.cli.audit.commands import audit
from autonomic.cli.backtest.commands import HELP as BACKTEST
from autonomic.cli.backtest.commands import command as backtest
from autonomic.cli.cost.commands import cost
from autonomic.cli.doctor import command as doctor
from autonomic.cli.doctor.surroundings import REAL
from autonomic.cli.ending import FAULT, MISTAKE, end
from autonomic.cli.plan.commands import plan
from autonomic.cli.plan.options import Document
from autonomic.cli.playbook.commands import playbooks
from autonomic.cli.route.commands import route
from autonomic.cli.simulate.commands import HELP as SIMULATE
from autonomic.cli.simulate.commands import simulate
from autonomic.cli.slo.commands import slo
from autonomic.domain.errors import AutonomicError
from autonomic.settings import Settings, SettingsError

_out = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)


def app(run: Callable[[Settings], None]) -> typer.Typer:
    """The command line; `run` runs the operator until it is told to stop."""
    commands = typer.Typer(
        name="autonomic",
        help="The Autonomic Layer: error budgets become governed, verified, reversible plans.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    commands.callback()(_alone)
    commands.command("run", help="Run the operator.")(lambda: _run(run))
    commands.command("version", help="Print the version.")(_version)
    commands.command("doctor", help=doctor.HELP)(_doctor)
    commands.command("crds", help="Print, write or compare the CustomResourceDefinitions.")(_crds)
    commands.command("simulate", help=SIMULATE)(simulate)
    commands.command("backtest", help=BACKTEST)(backtest)
    commands.add_typer(slo())
    commands.add_typer(plan())
    commands.add_typer(audit())
    commands.add_typer(playbooks())
    commands.add_typer(cost())
    commands.add_typer(route())
    return commands


def _run(run: Callable[[Settings], None]) -> None:
    try:
        run(Settings.read())
    except SettingsError as error:
        end(str(error), MISTAKE)
    except AutonomicError as error:
        end(str(error), FAULT)


def _alone(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=lambda asked: _shown(asked))
    ] = False,
) -> None:
    """The Autonomic Layer: error budgets become governed, verified, reversible plans."""


def _shown(asked: bool) -> None:
    if asked:
        _version()
        raise typer.Exit


def _version() -> None:
    _out.print(f"autonomic {__version__}")


def _doctor(
    output: Annotated[Document, typer.Option("--output", "-o", help="How the checks are written.")] = Document.TEXT,
) -> None:
    raise typer.Exit(doctor.examine(REAL, os.environ, doctor.RENDERERS[output], _out))


def _crds(
    out: Annotated[Path | None, typer.Option(help="Write one file a kind into this folder.")] = None,
    check: Annotated[Path | None, typer.Option(help="Compare the files of this folder; write nothing.")] = None,
) -> None:
    if out and check:
        end("--out writes and --check writes nothing: give one of them", MISTAKE)
    try:
        differing = _definitions(out, check)
    except OSError as error:
        end(f"{error.filename}: {error.strerror}", MISTAKE)
    if differing:
        end(f"not what this version generates: {', '.join(differing)}; run `autonomic crds --out {check}`", FAULT)


def _definitions(out: Path | None, check: Path | None) -> tuple[str, ...]:
    if check:
        return definitions.differing(check)
    if out:
        definitions.write(out)
    else:
        print("---\n".join(definitions.files().values()), end="")  # noqa: T201 - for a pipe, byte by byte
    return ()
