"""Pieces are worked on some at a time, each once, and an error comes out as it is."""

import asyncio

import pytest

from autonomic.cycle.abreast import abreast
from autonomic.domain.errors import Unavailable


async def test_every_piece_is_worked_on_once_and_as_many_at_a_time_as_there_are_hands() -> None:
    done, under_way, most = list[int](), 0, 0

    async def work(piece: int) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        done.append(piece)

    await abreast(work, range(7), 3)
    assert (sorted(done), most) == (list(range(7)), 3)


async def test_the_first_error_is_raised_as_it_is_and_ends_what_is_under_way() -> None:
    ended: list[int] = []

    async def work(piece: int) -> None:
        if piece == 1:
            raise Unavailable("no answer")
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(piece)

    with pytest.raises(Unavailable, match="no answer"):
        await abreast(work, range(9), 2)
    assert ended == [0]


async def test_who_stops_waiting_ends_what_is_under_way() -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def work(_: int) -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    waiting = asyncio.create_task(abreast(work, range(2), 1))
    await began.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended.is_set()
