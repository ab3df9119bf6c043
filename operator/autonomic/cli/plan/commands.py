"""The commands under `autonomic plan`, which are those of `kubectl autonomic`."""

import typer

from autonomic.cli.plan import explaining, glance, history, reviewing, showing, steering

HELP = "Approve, deny, explain and undo plans, in your own name."
_COMMANDS = (
    ("approve", "Approve a plan: shows what would change, and asks.", reviewing.approve),
    ("deny", "Deny a plan. It is final.", reviewing.deny),
    ("diff", "Show what a plan changes, field by field, against the live objects.", showing.diff),
    ("explain", "Tell why there is a plan, who decided, and what became of it.", explaining.explain),
    ("undo", "Take back what a plan did, where its fields are still as it left them.", reviewing.undo),
    ("keep", "Keep what an inconclusive plan did.", reviewing.keep),
    ("pause", "Stop control loops: nothing more is proposed.", steering.pause),
    ("resume", "Let control loops go on.", steering.resume),
    ("top", "Plans by phase, loops and error budgets at a glance.", glance.top),
    ("history", "List finished plans, what came of them, and who decided.", history.history),
)


def plan() -> typer.Typer:
    """`autonomic plan`, to be added to the command line."""
    commands = typer.Typer(name="plan", help=HELP, no_args_is_help=True)
    add_to(commands)
    return commands


def add_to(commands: typer.Typer) -> None:
    """Adds every command."""
    for name, words, command in _COMMANDS:
        commands.command(name, help=words)(command)
