"""How often a tenant may ask, and how often strangers may try tokens: whoever floods finds their own bounds, not others'."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from math import ceil

from fastapi import HTTPException

from autonomic.ports.access import Caller
from autonomic.signals.pacing import Bucket

_KEPT = 4096


_ASKING_AT_ONCE = 4.0
_TASKS_AT_ONCE = 5.0
_TRIES_AT_ONCE = 20.0
"""Seconds' worth that may come together after a rest: a page asks for several lists, many agents begin in the same second."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Requests a second in the long run, and at once after a rest."""

    asking: float
    asking_burst: float
    """Of one tenant, whatever is asked for but tasks."""
    tasks: float
    tasks_burst: float
    """Of one tenant: decisions and outcomes, of which each task asks for one.

    By default half of what one core answers: a tenant that decides without a pause leaves the others, and the loops, the rest.
    """
    tries: float
    tries_burst: float
    """Tokens from one address that were not accepted before: each costs the API server a TokenReview."""
    tries_under_way: int = 4
    """Of one address; four times as many of all together."""

    @classmethod
    def of(cls, asking: float, tasks: float, tries: float) -> "Rates":
        """So many a second, with what may come at once in proportion."""
        return cls(asking, _ASKING_AT_ONCE * asking, tasks, _TASKS_AT_ONCE * tasks, tries, _TRIES_AT_ONCE * tries)


class Bounds:
    """Of one replica. `monotonic` is in seconds. Each method answers 429 with the time after which to come again."""

    def __init__(self, monotonic: Callable[[], float], rates: Rates) -> None:
        self._monotonic = monotonic
        self._asking = _Buckets(rates.asking, rates.asking_burst)
        self._tasks = _Buckets(rates.tasks, rates.tasks_burst)
        self._tries = _Buckets(rates.tries, rates.tries_burst)
        self._at_once = rates.tries_under_way
        self._trying: Counter[str] = Counter()
        self._accepted: OrderedDict[bytes, None] = OrderedDict()

    def ask(self, caller: Caller) -> None:
        """One request more of the caller's tenant."""
        self._charge(self._asking, caller.tenant, "requests")

    def task(self, caller: Caller) -> None:
        """One decision or outcome more of the caller's tenant."""
        self._charge(self._tasks, caller.tenant, "decisions and outcomes")

    @contextmanager
    def trying(self, address: str, token: str) -> Iterator[Callable[[], None]]:
        """The token is looked at until the block ends; what is returned is to be called once it was accepted.

        A token that was accepted before costs nothing: a flood of invented ones from the same address hinders nobody known.
        """
        # The token itself stays out of memory that outlives the request.
        digest = sha256(token.encode()).digest()
        if digest in self._accepted:
            yield lambda: None
            return
        if self._trying[address] >= self._at_once or self._trying.total() >= 4 * self._at_once:
            raise _refused("too many tokens are looked at already", 1.0)
        self._charge(self._tries, address, "tokens that are new here")
        self._trying[address] += 1
        try:
            yield lambda: self._accept(digest)
        finally:
            self._trying[address] -= 1
            self._trying += Counter()  # forgets who has none

    def _accept(self, digest: bytes) -> None:
        self._accepted[digest] = None
        if len(self._accepted) > _KEPT:
            self._accepted.popitem(last=False)

    def _charge(self, buckets: "_Buckets", name: str, what: str) -> None:
        after = buckets.charge(name, self._monotonic())
        if after:
            raise _refused(f"too many {what} from {name}: send slower", after)


class _Buckets:
    """One for each name; of those that are known, the ones that asked last."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._known: OrderedDict[str, Bucket] = OrderedDict()

    def charge(self, name: str, now: float) -> float:
        """Takes one and returns 0; or takes nothing, and returns the seconds until there is one."""
        bucket = self._known.setdefault(name, Bucket(self._rate, self._burst, now))
        self._known.move_to_end(name)
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        after = bucket.wait(1, now)
        if not after:
            bucket.take(1)
        return after


UNBOUND = Bounds(lambda: 0.0, Rates(*(1e12,) * 6, tries_under_way=1_000_000))
"""Holds nobody back."""


def _refused(detail: str, after: float) -> HTTPException:
    return HTTPException(HTTPStatus.TOO_MANY_REQUESTS, detail, {"Retry-After": str(ceil(after))})
