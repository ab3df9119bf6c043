"""What a terminal shows while a command is not done yet; a script, whose output is no terminal, sees nothing of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from autonomic.cli.ending import err


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Says what goes on, on the standard error, until the block ends."""
    if not err.is_terminal:
        yield
        return
    with err.status(f"{what} ..."):
        yield
