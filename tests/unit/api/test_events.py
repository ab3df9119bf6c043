"""`GET /autonomic/events`: what happens, to who may see it, from where one was, and never for ever."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi.security import HTTPAuthorizationCredentials

from autonomic.api import Events
from autonomic.api.bounds import UNBOUND
from autonomic.api.guard import Guard
from autonomic.api.streams import Reader, Stream, place
from autonomic.cycle.feed import Kind, News
from autonomic.domain.errors import Unavailable
from autonomic.ports.access import Caller
from tests.unit.api.conftest import ALICE, DAVE, SEAL, FailingAccess, World
from tests.unit.api.contracts import NOON

EVENTS = "/autonomic/events"
OF = {"PlanChanged": "adaptationplans", "AlertChanged": "slacontracts", "Conflict": "adaptiveroutes"}


def happens(world: World, name: str, namespace: str = "shop", kind: Kind = "PlanChanged") -> None:
    """Something happened."""
    world.feed.publish(News(kind, OF[kind], namespace, NOON, {"name": name}))


def stream(
    world: World, caller: Caller = ALICE, token: str | None = None, last: str | None = None, **wanted: str
) -> AsyncIterator[bytes]:
    """The frames of a stream."""
    sent = HTTPAuthorizationCredentials(scheme="Bearer", credentials=token or "alices")
    reader = Reader(Guard(world.access, UNBOUND), caller, "", sent, wanted.get("namespace"), wanted.get("kind"))
    return Stream(Events(world.feed, world.clock, SEAL, gathering=0.0), reader, place(world.feed, SEAL, last)).frames()


def seen(number: int) -> str:
    """The id of that event."""
    return f"life-{SEAL.sealed(number)}"


def number(told: str) -> int:
    """The event that the id is of."""
    life, _, word = told.partition("-")
    opened = SEAL.opened(word)
    assert (life, opened is None) == ("life", False)
    return opened or 0


def read(frame: bytes) -> tuple[str, int, dict[str, Any]]:
    """Event, id and data of a frame."""
    fields = dict(line.split(": ", 1) for line in frame.decode().splitlines() if line)
    return fields["event"], number(fields["id"]), json.loads(fields["data"])


async def opened(frames: AsyncIterator[bytes]) -> tuple[str, int, dict[str, Any]]:
    """What a stream says first, once it has said how soon to come back."""
    assert await anext(frames) == b"retry: 3000\n\n"
    return read(await anext(frames))


async def test_what_happens_is_told_as_it_happens_with_a_number(world: World) -> None:
    happens(world, "before")
    frames = stream(world)
    assert (await opened(frames))[:2] == ("Open", 1)
    happens(world, "one")
    event, number, data = read(await anext(frames))
    assert (event, number) == ("PlanChanged", 2)
    assert data == {"namespace": "shop", "at": NOON.isoformat(), "name": "one"}


async def test_a_reader_who_comes_back_goes_on_where_it_was(world: World) -> None:
    for name in ("one", "two", "three"):
        happens(world, name)
    frames = stream(world, last=seen(1))
    assert (await opened(frames))[:2] == ("Open", 1)
    assert [read(await anext(frames))[2]["name"] for _ in range(2)] == ["two", "three"]


@pytest.mark.parametrize(
    "last", [f"other-{SEAL.sealed(0)}", "life-" + "0" * 48, "life-1", "life-x", "life-", "-1", "\u0663", ""]
)
async def test_an_id_of_another_life_is_a_gap_and_everything_that_is_kept_follows(world: World, last: str) -> None:
    happens(world, "one")
    frames = stream(world, last=last)
    event, number, data = await opened(frames)
    assert (event, number) == ("Gap", 0)
    assert "read what you need anew" in data["detail"]
    assert read(await anext(frames))[2]["name"] == "one"


async def test_what_is_not_kept_any_more_is_told_as_a_gap(world: World) -> None:
    for each in range(12):
        happens(world, str(each))
    frames = stream(world, last=seen(1))
    event, number, data = await opened(frames)
    assert (event, number) == ("Gap", 4)
    assert data["detail"].startswith("events are not kept any more")


async def test_a_reader_that_falls_behind_is_told_what_it_lost(world: World) -> None:
    frames = stream(world)
    await opened(frames)
    for each in range(20):
        happens(world, str(each))
    event, number, data = read(await anext(frames))
    assert (event, number) == ("Gap", 12)
    assert data["detail"].startswith("events are not kept any more")
    assert read(await anext(frames))[2]["name"] == "12"


async def test_only_what_is_asked_for_and_may_be_seen_is_told(world: World) -> None:
    frames, plans = stream(world, DAVE, "daves", namespace="shop"), stream(world, kind="PlanChanged")
    await opened(frames)
    await opened(plans)
    happens(world, "elsewhere", "bank")
    happens(world, "route", kind="Conflict")
    happens(world, "seen")
    happens(world, "alert", kind="AlertChanged")
    assert read(await anext(frames))[2]["name"] == "seen"
    assert [read(await anext(plans))[2]["name"] for _ in range(2)] == ["elsewhere", "seen"]


async def test_a_silent_stream_gives_a_sign_of_life_with_the_number_it_is_at(world: World) -> None:
    frames = stream(world, kind="AlertChanged")
    await opened(frames)
    happens(world, "not asked for")
    waiting = asyncio.ensure_future(anext(frames))
    await world.clock.advance(15)
    said, _, rest = (await waiting).decode().partition("\nid: ")
    assert (said, number(rest.strip())) == (": still here", 1)


async def test_who_may_see_no_more_is_told_so_and_the_stream_ends(world: World, access: FailingAccess) -> None:
    frames = stream(world, token="expired")
    await opened(frames)
    happens(world, "secret")
    event, _, data = read(await anext(frames))
    assert (event, "expired" in data["detail"]) == ("End", True)
    with pytest.raises(StopAsyncIteration):
        await anext(frames)


async def test_a_cluster_that_can_not_be_asked_ends_the_stream_and_nothing_is_shown(
    world: World, access: FailingAccess
) -> None:
    frames = stream(world)
    await opened(frames)
    happens(world, "secret")
    access.failure = Unavailable("10.0.0.1 refused")
    event, _, data = read(await anext(frames))
    assert event == "End"
    assert "10.0.0.1" not in data["detail"]


async def test_a_stream_has_its_time_and_ends_with_the_server(world: World) -> None:
    frames, others = stream(world), stream(world)
    await opened(frames)
    await world.clock.advance(timedelta(hours=1).total_seconds())
    with pytest.raises(StopAsyncIteration):
        await anext(frames)
    await opened(others)
    world.feed.close()
    with pytest.raises(StopAsyncIteration):
        await anext(others)


async def test_over_http_it_is_a_stream_of_events_that_nobody_keeps(world: World, alice: httpx.AsyncClient) -> None:
    happens(world, "one")
    world.feed.close()
    answer = await alice.get(EVENTS, headers={"Last-Event-ID": seen(0)})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    assert "event: Open" in answer.text


async def test_who_may_not_watch_plans_there_gets_no_stream(http: httpx.AsyncClient) -> None:
    assert (await http.get(EVENTS)).status_code == 401
    http.headers["Authorization"] = "Bearer daves"
    answer = await http.get(EVENTS)
    assert answer.status_code == 403
    assert answer.json()["detail"].startswith(f"{DAVE.name} may not watch adaptationplans in every namespace")
    assert (await http.get(EVENTS, params={"type": "Everything"})).status_code == 422


async def test_ids_tell_nobody_how_much_happens_to_others(world: World) -> None:
    happens(world, "mine")
    frames = stream(world, DAVE, "daves", namespace="shop")
    _, _, _ = await opened(frames)
    for each in range(5):
        happens(world, f"elsewhere-{each}", "bank")
    happens(world, "mine too")
    frame = await anext(frames)
    word = frame.decode().partition("\nid: life-")[2].partition("\n")[0]
    assert (len(word), SEAL.opened(word), read(frame)[1]) == (48, 7, 7)
    assert SEAL.sealed(7) != SEAL.sealed(7)
    turned = f"{int(word[20], 16) ^ 1:x}"
    assert SEAL.opened(word[:20] + turned + word[21:]) is None
