"""What the kernel says of processes: whom one of them started, who stands still, and who is gone."""

from pathlib import Path


def children(pid: int) -> frozenset[int]:
    """The processes that this one started, in whichever thread, and that are there."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return frozenset(int(each) for file in lists for each in file.read_text().split())


def descendants(pid: int) -> frozenset[int]:
    """The processes that this one started, and whatever those started."""
    below = children(pid)
    return below.union(*map(descendants, below))


def still(pid: int) -> bool:
    """Whether every thread of it stands still, or has ended: each of them comes to a SIGSTOP by itself."""
    states = (file.read_text().rpartition(")")[2].split()[0] for file in Path(f"/proc/{pid}/task").glob("*/stat"))
    return all(state in "TZX" for state in states)


def gone(pid: int) -> bool:
    """Whether it has ended; who started it may not have buried it yet."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
