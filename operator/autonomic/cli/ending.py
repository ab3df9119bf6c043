"""How a command ends that did not go well."""

from typing import NoReturn

import typer
from rich.console import Console

FAULT, MISTAKE = 1, 2
"""Exit codes: something is not well; the user's mistake."""

err = Console(highlight=False, markup=False, emoji=False, soft_wrap=True, stderr=True)
"""Where everything goes that is not the answer."""


def unreadable(error: Exception) -> str:
    """`FILE: why` of a file that can't be read or written; of anything else its own words."""
    return f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else str(error)


def end(message: str, code: int) -> NoReturn:
    """Says why, and ends the command."""
    err.print(message)
    raise typer.Exit(code)
