"""`kubectl autonomic`: kubectl finds plugins by their names on PATH, and asks `kubectl_complete-autonomic` for completions."""

import contextlib
import io
import os
import shlex
import sys

import typer

from autonomic.cli.audit.commands import audit
from autonomic.cli.plan.commands import HELP, add_to

PROGRAM = "kubectl-autonomic"
_NO_FILES = ":4"
"""kubectl's word for: what was printed is all there is."""


def plugin() -> typer.Typer:
    """The commands of the plugin."""
    commands = typer.Typer(name=PROGRAM, help=HELP, no_args_is_help=True, pretty_exceptions_enable=False)
    add_to(commands)
    commands.add_typer(audit())
    return commands


def main() -> None:
    """`kubectl-autonomic`."""
    plugin()(prog_name=PROGRAM)


def complete() -> None:
    """`kubectl_complete-autonomic WORD... LAST`: what LAST may become, one a line, and how kubectl shall treat it."""
    words = [PROGRAM, *sys.argv[1:]]
    os.environ["_KUBECTL_AUTONOMIC_COMPLETE"] = "complete_bash"
    os.environ["COMP_WORDS"] = shlex.join(words)
    os.environ["COMP_CWORD"] = str(len(words) - 1)
    offered = io.StringIO()
    with contextlib.redirect_stdout(offered), contextlib.suppress(SystemExit):
        main()
    print(*offered.getvalue().split(), _NO_FILES, sep="\n")  # noqa: T201 - for kubectl
