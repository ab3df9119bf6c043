"""CPython's garbage collector and its lock, set for a process that keeps a picture of the cluster and reads long replies.

Why, and what was measured: docs/decisions/0011-garbage-collector.md.
"""

import ctypes
import gc
import sys
from contextlib import suppress

_THRESHOLDS = (16_000, 1, 6_000)
"""Allocations until the youngest generation is looked at, and how many such looks until the older ones are."""


_TURN = 0.001
"""Seconds that a thread may keep the interpreter from the others; by default five times that, for each thread that reads."""

_ARENA_MAX, _ARENAS = -8, 2
"""glibc's M_ARENA_MAX: each thread that reads replies would keep a heap of its own."""


def space_out() -> None:
    """Looks for cycles seldom: a reply of 10,000 rows is read in one go, and nothing of it is garbage yet.

    Threads take short turns, so that the event loop never waits long behind those that read replies.
    """
    gc.set_threshold(*_THRESHOLDS)
    sys.setswitchinterval(_TURN)
    with suppress(OSError, AttributeError):  # another C library has no arenas
        ctypes.CDLL(None).mallopt(_ARENA_MAX, _ARENAS)


def settle() -> None:
    """Takes what is there now out of all later looks: what was listed at the start mostly stays. Also spaces them out."""
    space_out()
    gc.collect()
    gc.freeze()


def keep() -> None:
    """Takes what has come since out of all later looks as well, and gives memory back that nothing uses; takes no look."""
    gc.freeze()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
