"""How much one caller may have under way at once, one tenant, and all callers together."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from fastapi import HTTPException

from autonomic.ports.access import Caller

_AFTER_SECONDS = "5"
_OF_ONE_TENANT = 4
"""As many as so many callers: the service accounts of one namespace never have all of the room."""


class Turnstile:
    """`what` names what is counted, in the plural."""

    def __init__(self, what: str, each: int, together: int) -> None:
        self._what = what
        self._each = each
        self._together = together
        self._inside: Counter[str] = Counter()
        self._tenants: Counter[str] = Counter()

    @contextmanager
    def passed(self, caller: Caller) -> Iterator[None]:
        """The caller has one more under way until the block ends. Answers 429 where that is too many."""
        if self._inside[caller.name] >= self._each:
            raise _full(
                f"{caller.name} has {self._each} {self._what} under way, and no more are taken: end one of them"
            )
        if self._tenants[caller.tenant] >= self._each * _OF_ONE_TENANT:
            raise _full(f"{caller.tenant} has too many {self._what} under way: end one of them")
        if self._inside.total() >= self._together:
            raise _full(f"{self._together} {self._what} are under way, and no more are taken: come back later")
        self._inside[caller.name] += 1
        self._tenants[caller.tenant] += 1
        try:
            yield
        finally:
            self._inside[caller.name] -= 1
            self._tenants[caller.tenant] -= 1
            self._inside += Counter()  # forgets who has none
            self._tenants += Counter()


def _full(detail: str) -> HTTPException:
    return HTTPException(HTTPStatus.TOO_MANY_REQUESTS, detail, {"Retry-After": _AFTER_SECONDS})
