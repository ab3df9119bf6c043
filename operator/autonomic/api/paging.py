"""Pages of a listing: where one ends is told as a token, so that what comes and goes between two pages moves nothing."""

import heapq
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query, Response
from pydantic import Field

from autonomic.api.problems import not_acceptable
from autonomic.domain.model import Model

Key = tuple[str, ...]
"""What a listing is ordered by."""

_PAUSE_AFTER = 500
_LONGEST_TOKEN = 2048
_SHAPED_AT_ONCE = 50
_T = TypeVar("_T")
_S = TypeVar("_S")


class Paged(Model):
    """What every listing says beside its items."""

    total: int = Field(description="How many there are, shown or not.")
    continue_: str | None = Field(
        default=None, alias="continue", description="Send it as `continue` for what comes next; null on the last page."
    )


@dataclass(frozen=True)
class Page:
    """At most `limit` items whose key is greater than `after`; the empty key is before all others."""

    limit: int
    after: Key = ()

    def following(self, last: Key) -> str:
        """The token by which the page after this one is asked for."""
        return urlsafe_b64encode(json.dumps(last, separators=(",", ":")).encode()).decode().rstrip("=")


@dataclass(frozen=True)
class Found(Generic[_T]):
    """One page, how many there are on all pages, and the token of the next one."""

    items: tuple[_T, ...]
    total: int
    following: str | None


def page(
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many items.")] = 100,
    token: Annotated[
        str | None, Query(alias="continue", max_length=_LONGEST_TOKEN, description="The token of the page before.")
    ] = None,
) -> Page:
    """Which page is asked for. Answers 422 for a token that no page gave."""
    return Page(limit, _read(token) if token is not None else ())


Asked = Annotated[Page, Depends(page)]
"""The page that the caller asks for."""


async def found(
    every: Iterable[_T],
    wanted: Callable[[_T], bool],
    key: Callable[[_T], Key],
    page: Page,
    pause: Callable[[], Awaitable[None]],
) -> Found[_T]:
    """The page of those that are wanted, by their key. The event loop turns between many of them."""
    total, ahead = 0, []
    for number, each in enumerate(every):
        if number % _PAUSE_AFTER == 0:
            await pause()
        if wanted(each):
            total += 1
            if key(each) > page.after:
                ahead.append(each)
    first = heapq.nsmallest(page.limit, ahead, key=key)
    more = len(ahead) > len(first)
    return Found(tuple(first), total, page.following(key(first[-1])) if more else None)


async def shaped(
    items: Iterable[_T], shape: Callable[[_T], _S], pause: Callable[[], Awaitable[None]]
) -> tuple[_S, ...]:
    """What is shown of each. The event loop turns between many of them."""
    told = []
    for number, each in enumerate(items):
        if number % _SHAPED_AT_ONCE == 0:
            await pause()
        told.append(shape(each))
    return tuple(told)


def written(listing: Paged) -> Response:
    """The answer, as its bytes: a framework would look at every item once more."""
    return Response(listing.model_dump_json(by_alias=True), media_type="application/json")


def _read(token: str) -> Key:
    try:
        key = json.loads(urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4)))
    except (ValueError, RecursionError):
        key = None
    if not isinstance(key, list) or not all(isinstance(part, str) for part in key):
        raise not_acceptable("query.continue", token, "no page ended there: send the `continue` of the page before")
    return tuple(key)
