"""Becomes another program, within bounds. It is run as a file by itself, so it imports nothing of ours.

Arguments: the parent's process id, the bytes of memory, the seconds of CPU and the niceness (0 for none of these), then the
program with its own arguments. It ends with 127 and a sentence where the program can't be run.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG: the kernel ends us when our parent ends, however it does."""
_WRITTEN = 4 << 20
"""Bytes of the longest file that it may write: what it complains of, and nothing else."""


def main(parent: int, memory: int, seconds: int, niceness: int, program: str, *arguments: str) -> None:
    """Never returns."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(f"process {parent}, which wanted {program}, is gone")
    if memory or seconds:
        _bound(memory, seconds)
    os.nice(niceness)
    try:
        os.execv(program, (program, *arguments))  # noqa: S606 - there is no shell, and none is wanted
    except OSError as error:
        sys.stderr.write(f"{program} does not run: {error.strerror}\n")
        sys.exit(127)


def _bound(memory: int, seconds: int) -> None:
    limits = {resource.RLIMIT_DATA: memory, resource.RLIMIT_CPU: seconds, resource.RLIMIT_FSIZE: _WRITTEN}
    for which, most in limits.items():
        if most:
            resource.setrlimit(which, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Where memory runs out all the same, this goes first, and not who wanted it.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:5]), *sys.argv[5:])  # type: ignore[arg-type]
