"""What comes twice, too fast, or too much; and whoever sends beside it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from autonomic.signals.limits import Limits
from autonomic.signals.refusal import Refused
from autonomic.signals.remembering import Memory, Pool
from autonomic.signals.senders import Senders
from tests.unit.signals.sending import BATCH, SIGNALS, World, event

SPAN = 600.0


def batch(first: int, number: int, **changes: str) -> list[dict[str, object]]:
    """So many events, numbered from the first."""
    return [event(str(each), **changes) for each in range(first, first + number)]


def memory(room: int = 10, pool: int = 100, always: int = 0) -> Memory:
    """A memory of ten minutes."""
    return Memory(SPAN, room, always, Pool(pool))


async def test_what_comes_twice_is_kept_once_and_answered_alike(world: World) -> None:
    first = await world.send([event("1"), event("1")])
    again = await world.send([event("1"), event("2")])
    assert (first.json()["accepted"], first.json()["duplicates"]) == (1, 1)
    assert (again.json()["accepted"], again.json()["duplicates"]) == (1, 1)
    assert [each.id for each in world.delivered] == ["1", "2"]


async def test_one_id_of_two_sources_is_two_signals(world: World) -> None:
    answer = await world.send([event("1"), event("1", source="/other")])
    assert answer.json()["accepted"] == 2


async def test_the_ids_of_one_sender_mean_nothing_for_another(world: World) -> None:
    await world.send([event("1")])
    answer = await world.send([event("1", namespace="bank")], sender="others")
    assert answer.json()["accepted"] == 1


def test_a_signal_is_known_for_ten_minutes_at_least_and_twenty_at_most() -> None:
    known = memory()
    for now, key in ((0.0, 1), (SPAN - 1, 2), (SPAN, 3)):
        known.turn(now)
        known.add([key])
    known.turn(2 * SPAN - 2)
    assert [known.knows(key) for key in (1, 2, 3)] == [True, True, True]
    known.turn(2 * SPAN)
    assert [known.knows(key) for key in (1, 2, 3)] == [False, False, True]
    known.turn(9 * SPAN)
    assert len(known) == 0


def test_a_full_memory_says_when_there_is_room_instead_of_forgetting_early() -> None:
    known = memory(room=10)
    known.turn(0.0)
    known.add(range(10))
    known.turn(100.0)
    assert known.wait(1, 100.0) == SPAN - 100
    assert known.knows(3)
    known.turn(SPAN)
    assert known.wait(10, SPAN) == 0


def test_a_sender_has_room_of_its_own_where_others_fill_what_is_for_all() -> None:
    pool = Pool(100)
    greedy, modest = (Memory(SPAN, 100, 5, pool) for _ in range(2))
    greedy.turn(0.0)
    greedy.add(range(100))
    modest.turn(0.0)
    assert modest.wait(5, 0.0) == 0
    assert modest.wait(6, 0.0) > 0
    greedy.turn(3 * SPAN)
    assert pool.used == 0


async def test_more_than_can_be_known_again_is_refused_and_nothing_of_it_is_kept() -> None:
    world = World(Limits(remembered=10))
    assert (await world.send(batch(0, 8))).status_code == 202
    answer = await world.send(batch(8, 8))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "600")
    assert (await world.send(batch(8, 2))).json()["accepted"] == 2
    await world.clock.advance(SPAN)
    assert (await world.send(batch(10, 8))).status_code == 202


async def test_a_sender_that_is_too_fast_is_told_when_to_come_again() -> None:
    world = World(Limits(rate=1, burst=10))
    assert (await world.send(batch(0, 10))).status_code == 202
    answer = await world.send(batch(10, 4))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    await world.clock.advance(2)
    answer = await world.send(batch(10, 4))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    await world.clock.advance(2)
    assert (await world.send(batch(10, 4))).json()["accepted"] == 4


async def test_while_one_floods_another_goes_on_and_what_was_refused_is_counted() -> None:
    world = World(Limits(rate=10, burst=100, remembered=1000))
    statuses = []
    for turn in range(20):
        statuses.append((await world.send(batch(turn * 50, 50))).status_code)
        answer = await world.send(batch(turn, 1, namespace="bank"), sender="others")
        assert answer.json()["accepted"] == 1
        await world.clock.advance(0.5)
    assert statuses.count(202) == 3
    assert world.metric('autonomic_signals_refused_total{reason="TooFast"') == [
        'autonomic_signals_refused_total{reason="TooFast",sender="system:serviceaccount:shop:worker"} 17'
    ]
    assert [each.namespace for each in world.delivered].count("bank") == 20


async def test_a_sender_has_only_so_many_requests_under_way_and_others_are_not_hindered() -> None:
    world = World(Limits(in_flight=2))
    go_on = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"["
        await go_on.wait()
        yield b"]"

    headers = {"Authorization": "Bearer workers", "Content-Type": BATCH}
    begun = [asyncio.create_task(world.http.post(SIGNALS, content=slow(), headers=headers)) for _ in range(2)]
    sender = world.reception.senders.named("system:serviceaccount:shop:worker", 0.0)
    while sender.in_flight < 2:
        await world.clock.sleep(0)
    assert (await world.send([])).status_code == 429
    assert (await world.send([event(namespace="bank")], sender="others")).status_code == 202
    go_on.set()
    assert [each.status_code for each in await asyncio.gather(*begun)] == [202, 202]
    assert (await world.send([])).status_code == 202


def test_where_many_crowd_in_each_sender_still_has_one_request() -> None:
    senders = Senders(Limits(in_flight=2, in_flight_in_all=2))
    begun = [senders.enter(name, 0.0) for name in ("a", "a", "b")]
    for name in ("a", "b"):
        with pytest.raises(Refused, match="too many requests"):
            senders.enter(name, 0.0)
    for sender in begun:
        senders.leave(sender)
    assert senders.enter("b", 0.0).in_flight == 1


async def test_senders_are_bounded_and_idle_ones_make_room() -> None:
    world = World(Limits(senders=1, rate=1, burst=5))
    await world.send(batch(0, 1))
    assert (await world.send([], sender="others")).status_code == 429
    await world.clock.advance(2 * SPAN)
    assert (await world.send([], sender="others")).status_code == 202


@pytest.mark.parametrize(
    ("share", "number", "status", "reason"), [(1.0, 6, 503, "LogFull"), (0.5, 4, 429, "LogShareFull")]
)
async def test_a_full_log_takes_nothing_and_what_it_refused_may_come_again(
    share: float, number: int, status: int, reason: str
) -> None:
    world = World()
    world.log.room, world.log.share = 10, share
    await world.send(batch(0, 5))
    answer = await world.send(batch(5, number))
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "900")
    assert f'reason="{reason}"' in world.metric("autonomic_signals_refused_total{")[0]
    await world.clock.advance(901)
    again = [event(str(number), time=world.clock.now().isoformat()) for number in range(5, 8)]
    assert (await world.send(again)).json()["accepted"] == 3


async def test_what_could_not_be_written_down_is_not_known_when_it_comes_again(world: World) -> None:
    world.log.failure = "no space left"
    answer = await world.send([event()])
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "no space" not in answer.text
    world.log.failure = None
    assert (await world.send([event()])).json() == {"accepted": 1, "duplicates": 0, "refused": []}
    assert len(world.delivered) == 1


def test_the_service_accounts_of_one_namespace_do_not_take_the_place_of_every_sender() -> None:
    senders = Senders(Limits(senders_of_one_tenant=2))
    for name in ("a", "b"):
        senders.named(f"system:serviceaccount:evil:{name}", 0.0).memory.add([1])
    with pytest.raises(Refused, match="more senders"):
        senders.named("system:serviceaccount:evil:c", 0.0)
    assert senders.named("system:serviceaccount:shop:worker", 0.0).name == "system:serviceaccount:shop:worker"
