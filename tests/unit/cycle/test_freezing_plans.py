"""A freeze: nothing is begun, and what runs comes to its end."""

from autonomic.domain.errors import Unavailable
from tests.unit.cycle.world import World, message, reason

FROZEN = {"freezeDays": ["Wednesday"]}
"""The day on which these worlds begin, at noon."""
THAWED: dict[str, list[str]] = {"freezeDays": []}


async def test_a_frozen_plan_is_not_begun_and_says_until_when() -> None:
    async with World() as world:
        world.trouble()
        await world.redline(**FROZEN)
        world.start()
        await world.passes(60)
        (plan,) = await world.plans()
        assert (plan.status.phase, reason(plan, "Governed")) == ("Proposed", "Frozen")
        assert message(plan, "Governed") == "RedLine default: frozen until 2025-01-02 00:00 UTC"
        await world.redline(**THAWED)
        await world.until("Succeeded")


async def test_a_plan_that_runs_when_a_freeze_begins_is_verified_and_rolled_back_all_the_same() -> None:
    async with World() as world:
        world.cures = False
        world.trouble()
        world.start()
        await world.until("Verifying")
        await world.redline(**FROZEN)
        await world.until("RolledBack")
        assert world.moves == [4, 2]


async def test_a_claim_that_was_held_until_a_freeze_began_is_not_carried_out_in_it() -> None:
    async with World() as world:
        world.trouble()
        world.cluster.fail_next("patch", Unavailable("no answer"))
        world.start()
        await world.until("Executing")
        await world.redline(killSwitch=True)
        await world.passes(60)
        await world.redline(killSwitch=False, **FROZEN)
        plan = await world.until("Failed")
        assert "frozen until" in message(plan)
        assert world.moves == []


async def test_a_freeze_by_schedule_ends_by_itself() -> None:
    async with World() as world:
        world.trouble()
        await world.redline(freeze=[{"schedule": "0 12 * * 3", "duration": "3m"}])
        world.start()
        await world.passes(170)
        assert world.moves == []
        await world.until("Succeeded")


async def test_a_schedule_that_the_schema_let_through_and_nobody_can_read_refuses_everything_and_is_named() -> None:
    async with World() as world:
        world.trouble()
        await world.redline(freeze=[{"schedule": "0 25 * * 5", "duration": "1h"}])
        world.start()
        plan = await world.until("Denied")
        assert "RedLine default cannot be read, so nothing is allowed: spec.freeze.0.schedule" in message(plan)
        assert "'0 25 * * 5' is not a schedule" in message(plan)
        assert world.moves == []
