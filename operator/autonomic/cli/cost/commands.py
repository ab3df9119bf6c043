"""The commands under `autonomic cost`."""

import typer

from autonomic.cli.cost import idle, report


def cost() -> typer.Typer:
    """`autonomic cost`, to be added to the command line."""
    commands = typer.Typer(
        name="cost", help="What is spent, how long the rest lasts, what was saved.", no_args_is_help=True
    )
    commands.command("report", help=report.HELP)(report.report)
    commands.command("idle", help=idle.HELP)(idle.idle)
    return commands
