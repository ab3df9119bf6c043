"""A process that begins again knows what was kept before it."""

from tests.unit.signals.sending import World, event

COUNT = "autonomic_signal_occurrences_total{"


async def test_what_was_kept_is_known_again_after_a_restart(world: World) -> None:
    await world.send([event("1"), event("2")])
    world.begin()
    assert (await world.send([event("2"), event("3")])).json() == {"accepted": 1, "duplicates": 1, "refused": []}


async def test_last_values_and_what_nobody_read_yet_are_there_after_a_restart(world: World) -> None:
    await world.send([event("1"), event("2")])
    before = world.metric("autonomic_signal_")
    world.begin()
    assert world.metric("autonomic_signal_") == before


async def test_what_prometheus_has_read_is_not_counted_a_second_time(world: World) -> None:
    await world.send([event("1"), event("2")])
    await world.reception.scraped()
    await world.send([event("3")])
    world.begin()
    assert world.metric(COUNT)[0].endswith(" 1")
    assert world.metric("autonomic_signal_last{")[0].endswith(" 2.0")


async def test_reading_the_page_again_writes_nothing_while_nothing_came(world: World) -> None:
    await world.send([event("1")])
    for _ in range(3):
        await world.reception.scraped()
    assert [each.sender for each in world.log.kept] == ["system:serviceaccount:shop:worker", ""]


async def test_a_mark_that_could_not_be_written_is_written_later(world: World) -> None:
    await world.send([event("1")])
    world.log.failure = "no space left"
    await world.reception.scraped()
    world.log.failure = None
    await world.reception.scraped()
    assert world.log.kept[-1].sender == ""


async def test_what_is_older_than_the_retention_is_gone_after_a_restart(world: World) -> None:
    await world.send([event("1")])
    await world.clock.advance(16 * 60)
    world.begin()
    assert world.metric(COUNT) == []
