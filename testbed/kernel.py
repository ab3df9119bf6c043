"""What the kernel says of processes: whom one of them started, who stands still, and who is gone."""

import contextlib
from collections.abc import Iterator
from pathlib import Path


def children(pid: int) -> frozenset[int]:
    """The processes that this one started, in whichever thread, and that are there."""
    return frozenset(int(each) for text in _of_threads(pid, "children") for each in text.split())


def descendants(pid: int) -> frozenset[int]:
    """The processes that this one started, and whatever those started."""
    below = children(pid)
    return below.union(*map(descendants, below))


def still(pid: int) -> bool:
    """Whether every thread of it stands still, or has ended: each of them comes to a SIGSTOP by itself."""
    states = (text.rpartition(")")[2].split()[0] for text in _of_threads(pid, "stat"))
    return all(state in "TZX" for state in states)


def gone(pid: int) -> bool:
    """Whether it has ended; who started it may not have buried it yet."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def _of_threads(pid: int, name: str) -> Iterator[str]:
    """This file of each of its threads; one that ends between the listing and the reading has nothing to say."""
    for file in Path(f"/proc/{pid}/task").glob(f"*/{name}"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            yield file.read_text()
