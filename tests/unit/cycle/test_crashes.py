"""The process dies, or an answer is lost, at each write of a plan's life: nothing is done twice, lost or stuck."""

from collections.abc import Callable
from typing import Literal

import pytest

from autonomic.domain.errors import AutonomicError, Conflict, Unavailable
from tests.unit.cycle.world import Mishap, World

Side = Literal["before", "after"]
SIDES: tuple[Side, ...] = ("before", "after")
WRITES = 11
"""More writes than a life has, the first report of the contract, the playbook and the loops included."""
sides = pytest.mark.parametrize("side", SIDES)
numbers = pytest.mark.parametrize("write", range(1, WRITES + 1))


async def lived(mishap: Mishap, phase: str, *, cures: bool) -> World:
    """The world after a life in which that went wrong."""
    async with World(mishap) as world:
        world.cures = cures
        world.trouble()
        world.start()
        await world.until(phase)
        await world.passes(60)
        assert (await world.plans())[0].status.phase == phase
        return world


@sides
@numbers
async def test_a_process_that_dies_at_any_write_of_a_success_leaves_one_change(side: Side, write: int) -> None:
    world = await lived(Mishap(side, write), "Succeeded", cures=True)
    assert world.moves == [4]
    assert len(await world.plans()) == 1


@sides
@numbers
async def test_a_process_that_dies_at_any_write_of_a_rollback_leaves_one_change_and_one_undoing(
    side: Side, write: int
) -> None:
    world = await lived(Mishap(side, write + 3), "RolledBack", cures=False)
    assert world.moves == [4, 2]


@sides
@numbers
@pytest.mark.parametrize("error", [Unavailable, Conflict], ids=["no answer", "409"])
async def test_an_answer_that_is_lost_at_any_write_leads_to_no_second_change(
    error: Callable[[str], AutonomicError], side: Side, write: int
) -> None:
    world = await lived(Mishap(side, write, error("lost")), "Succeeded", cures=True)
    assert world.moves == [4]


async def test_the_mishaps_above_reach_past_the_last_write() -> None:
    async with World() as world:
        world.trouble()
        world.start()
        await world.until("Succeeded")
        assert len(world.plan_writes) <= world.cluster.count <= WRITES


async def test_a_new_process_in_each_phase_finishes_what_another_began() -> None:
    async with World() as world:
        world.cures = False
        world.trouble()
        for number, phase in enumerate(["Executing", "Verifying", "RolledBack"]):
            if phase == "Executing":
                world.cluster.fail_next("patch", Unavailable("no answer"))
            world.start(f"{number}")
            await world.until(phase)
            await world.kill()
        assert world.moves == [4, 2]
