"""The feed: numbered, bounded, and never waiting."""

import asyncio

import pytest

from autonomic.cycle.feed import Feed, News
from tests.unit.domain.specimens import NOW


def news(name: str) -> News:
    """Something that happened to a plan."""
    return News("PlanChanged", "adaptationplans", "shop", NOW, {"plan": name})


def filled(count: int, most: int = 4) -> Feed:
    """A feed in which so many things happened."""
    feed = Feed("life", most)
    for number in range(1, count + 1):
        feed.publish(news(str(number)))
    return feed


@pytest.mark.parametrize(
    ("count", "after", "most", "seen"),
    [
        (0, 0, 9, []),
        (3, 0, 9, [1, 2, 3]),
        (3, 1, 1, [2]),
        (3, 3, 9, []),
        (9, 0, 9, [6, 7, 8, 9]),
        (9, 7, 9, [8, 9]),
    ],
)
def test_what_came_after_a_number_is_told_as_far_as_it_is_kept(
    count: int, after: int, most: int, seen: list[int]
) -> None:
    found = filled(count).after(after, most)
    assert [number for number, _ in found] == seen
    assert [each.told["plan"] for _, each in found] == [str(number) for number in seen]


async def test_who_waits_for_more_is_woken_by_it_and_by_the_end() -> None:
    feed = filled(1)
    await feed.more(0)
    waiting = [asyncio.create_task(feed.more(1)), asyncio.create_task(feed.more(2))]
    await asyncio.sleep(0)
    feed.publish(news("2"))
    await waiting[0]
    assert not waiting[1].done()
    feed.close()
    await waiting[1]
