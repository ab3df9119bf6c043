"""CPython's garbage collector, set for a process that keeps a picture of the cluster and reads long replies.

Why, and what was measured: docs/decisions/0011-garbage-collector.md.
"""

import ctypes
import gc
from contextlib import suppress

_THRESHOLDS = (40_000, 4, 1_000)
"""Allocations until the youngest generation is looked at, and how many such looks until the older ones are."""


_ARENA_MAX, _ARENAS = -8, 2
"""glibc's M_ARENA_MAX: each thread that reads replies would keep a heap of its own."""


def space_out() -> None:
    """Looks for cycles seldom: a reply of 10,000 rows is read in one go, and nothing of it is garbage yet."""
    gc.set_threshold(*_THRESHOLDS)
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
