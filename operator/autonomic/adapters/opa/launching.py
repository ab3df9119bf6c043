"""How OPA's program is started: with nothing of our environment, within bounds, and gone when we are."""

import asyncio
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_LAUNCH = Path(__file__).with_name("launch.py")
_SHARE_HELD = 4, 5
"""Of the memory that it may have at all, what Go tries to keep within."""


@dataclass(frozen=True)
class Bounds:
    """What the program may take: bytes of memory, seconds of CPU, 0 for as much as there is; and how readily it gives way."""

    memory: int = 0
    seconds: int = 0
    niceness: int = 0


UNBOUND = Bounds()


async def launched(
    program: str, arguments: tuple[str, ...], folder: Path, bounds: Bounds, said: int | IO[bytes]
) -> asyncio.subprocess.Process:
    """The program in that folder; `said` takes what it prints and complains of. Raises FileNotFoundError, OSError."""
    found = _found(program)
    # Isolated, and without what is installed: a launch takes 20 ms.
    python = (sys.executable, "-I", "-S", str(_LAUNCH), str(os.getpid()))
    limits = (str(bounds.memory), str(bounds.seconds), str(bounds.niceness))
    return await asyncio.create_subprocess_exec(
        *python, *limits, found, *arguments, cwd=folder, env=_environment(folder, bounds),
        stdin=asyncio.subprocess.DEVNULL, stdout=said, stderr=said,
    )  # fmt: skip


def _found(program: str) -> str:
    """Where it is: a path, or a name that is looked for in PATH."""
    found = shutil.which(program)
    if found is None:
        raise FileNotFoundError(2, "there is no such program, or it may not be run", program)
    return str(Path(found).absolute())


def _environment(folder: Path, bounds: Bounds) -> dict[str, str]:
    """Nothing of ours: a policy that could read it would find no secret, and no variable changes how OPA runs."""
    own = {"HOME": str(folder), "PATH": os.defpath}
    if bounds.memory:
        share, whole = _SHARE_HELD
        own |= {"GOMEMLIMIT": str(bounds.memory * share // whole), "GOMAXPROCS": "1"}
    return own
