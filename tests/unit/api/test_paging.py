"""Pages: put together one at a time, in slices, so that the loops and the probes have their turn."""

import asyncio

import httpx
import pytest

from autonomic.api.paging import Page, found, shaped
from tests.unit.api.conftest import DAVE, World
from tests.unit.api.test_plans import PLANS, plan


class Pauses:
    """Counts how often the event loop was let turn."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self) -> None:
        """Once more."""
        self.count += 1


@pytest.mark.parametrize("path", [PLANS, "/autonomic/slo", "/autonomic/health"])
async def test_a_page_waits_while_another_is_put_together_and_probes_do_not(
    world: World, alice: httpx.AsyncClient, path: str
) -> None:
    world.plans = [plan("one")]
    async with world.lane.of(DAVE):
        asked = asyncio.create_task(alice.get(path))
        assert (await alice.get("/livez")).status_code == 200
        assert (await alice.get(f"{PLANS}/shop/one")).status_code == 200
        assert not asked.done()
    assert (await asked).status_code == 200


async def test_the_event_loop_turns_while_many_are_looked_at_and_put_into_words() -> None:
    pauses = Pauses()
    page = await found(range(5000), lambda _: True, lambda each: (f"{each:05}",), Page(300), pauses)
    assert (len(page.items), page.total, pauses.count) == (300, 5000, 10)
    assert len(await shaped(page.items, str, pauses)) == 300
    assert pauses.count == 16


async def test_the_last_page_says_that_it_is_the_last() -> None:
    every = [("a",), ("b",), ("c",)]
    last = await found(every, lambda _: True, lambda each: each, Page(2, ("a",)), Pauses())
    assert (last.items, last.following) == ((("b",), ("c",)), None)
