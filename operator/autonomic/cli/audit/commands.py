"""The commands under `autonomic audit`."""

import typer

from autonomic.cli.audit import verifying


def audit() -> typer.Typer:
    """`autonomic audit`, to be added to the command line."""
    commands = typer.Typer(name="audit", help="Whether a journal is whole.", no_args_is_help=True)
    commands.command("verify", help=verifying.HELP)(verifying.verify)
    commands.callback()(_alone)
    return commands


def _alone() -> None:
    """Whether a journal is whole."""
