"""How the demo is told: a heading, sentences, commands with the output that they really had."""

import shlex
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.rule import Rule
from rich.text import Text


class Narrator:
    """Prints to standard output; in colour where that is a terminal."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)

    def heading(self, text: str) -> None:
        """The beginning of a chapter."""
        self._console.print()
        self._console.print(Rule(Text(text, style="bold"), align="left", style="cyan"))

    def say(self, text: str) -> None:
        """One sentence or two."""
        self._console.print()
        self._console.print(Text(text))

    def done(self, text: str) -> None:
        """A story that ended as told."""
        self._console.print()
        self._console.print(Text(f"✓ {text}", style="bold green"))

    def failed(self, text: str) -> None:
        """A story that did not."""
        self._console.print()
        self._console.print(Text(f"✗ {text}", style="bold red"))

    def command(self, who: str, command: Iterable[Any]) -> None:
        """A command as `who` types it; `output` follows."""
        line = Text.assemble((f"{who} $ ", "green"), (shlex.join(map(str, command)), "bold"))
        self._console.print(line)

    def output(self, text: str) -> None:
        """What a program printed, as it printed it."""
        for line in text.strip("\n").splitlines():
            self._console.print(Text(f"  {line}", style="dim"))

    def plain(self, text: str) -> None:
        """A page or a line that is made to be copied or read by a program."""
        self._console.out(text, highlight=False)
