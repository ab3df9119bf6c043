"""Giving way: long work in pieces, so that the event loop is never kept waiting for all of it."""

import asyncio

PIECE = 500
"""Objects that are glanced at in one go."""


async def give_way() -> None:
    """Lets everything else that is due run once."""
    loop = asyncio.get_running_loop()
    turned: asyncio.Future[None] = loop.create_future()
    loop.call_soon(turned.set_result, None)
    await turned
