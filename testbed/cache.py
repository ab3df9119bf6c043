"""The per-user cache: where built programs and the records of runs live, and the lock that keeps two builders apart."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from testbed.programs.catalogue import Program


def cache_folder() -> Path:
    """The cache: `AUTONOMIC_TESTBED_CACHE` where set, else `autonomic-testbed` in the user's cache folder."""
    chosen = os.environ.get("AUTONOMIC_TESTBED_CACHE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    user_cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(user_cache) / "autonomic-testbed"


def program_folder(program: Program) -> Path:
    """The folder of one program in one version."""
    return cache_folder() / f"{program.name}-{program.version}"


def program_path(program: Program) -> Path:
    """Where the program is, or will be once it is built."""
    return program_folder(program) / program.name


def runs_folder() -> Path:
    """Where each run keeps its logs and, while it lives, its data."""
    return cache_folder() / "runs"


@contextmanager
def locked(lock_file: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold `lock_file` alone; `on_wait` is called once if somebody else holds it. The kernel frees it if we die."""
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    with lock_file.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
