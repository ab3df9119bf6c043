"""Plug-ins for commands that only try things out: those that are installed here, and those of the operator's folder."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from autonomic.adapters.clock import SystemClock
from autonomic.adapters.plugins.discovery import look_in
from autonomic.adapters.plugins.plugging import installed
from autonomic.cli.ending import err
from autonomic.cycle.plugged import Plugins
from autonomic.settings import PREFIX

FOLDER = f"{PREFIX}PLUGINS_FOLDER"


async def lent_here() -> Plugins:
    """Loops and actions, behind guards for trials. Never raises: what is broken is named on the standard error."""
    folder = Path(os.environ.get(FOLDER, ""))
    if folder.is_absolute():
        look_in(folder)
    found = await installed(SystemClock())
    for each in found.standings:
        if each.state == "Broken":
            err.print(f"{each} is not used: {each.message}")
    return found.plugins.trials or Plugins()


@contextmanager
def aside() -> Iterator[None]:
    """What a plug-in prints is no part of the answer: it goes to the standard error."""
    with redirect_stdout(sys.stderr):
        yield
