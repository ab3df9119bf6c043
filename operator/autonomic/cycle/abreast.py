"""Working abreast: some pieces at a time, so that one is worked on while another one waits for an answer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

_T = TypeVar("_T")


async def abreast(work: Callable[[_T], Awaitable[None]], pieces: Iterable[_T], hands: int) -> None:
    """Does the work for every piece, as many at a time as there are hands.

    The first error is raised as it is; whatever else was under way is ended before.
    """
    left = iter(pieces)

    async def hand() -> None:
        for each in left:
            await work(each)

    tasks = [asyncio.ensure_future(hand()) for _ in range(hands)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
