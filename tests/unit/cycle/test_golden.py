"""The decision log of one whole scenario, word for word. Update it with UPDATE_GOLDEN=1 and read the diff."""

import difflib
import os
from pathlib import Path

from tests.unit.cycle.world import DENY, PERSON, World

LOG = Path(__file__).parent / "golden" / "two_incidents.txt"


async def two_incidents() -> str:
    """A cure that a person allows and that helps; then a signal whose cure policy allows; then one that it forbids."""
    async with World() as world:
        world.policy.answer = PERSON
        world.trouble()
        world.start()
        await world.until("AwaitingApproval")
        await world.passes(60)
        await world.review("Approved", by="ann", message="go on")
        await world.until("Succeeded")
        await world.passes(60)
        world.policy.answer = DENY
        world.model.signal.change(world.clock.now(), "0.2")
        await world.passes(120)
        return world.diary.render()


async def test_the_decision_log_of_a_scenario_is_the_one_that_was_read_and_kept() -> None:
    log = await two_incidents()
    if os.environ.get("UPDATE_GOLDEN"):
        LOG.write_text(log)
    kept = LOG.read_text()
    difference = difflib.unified_diff(kept.splitlines(), log.splitlines(), "kept", "now", lineterm="")
    assert log == kept, "the decisions changed (UPDATE_GOLDEN=1 keeps the new ones):\n" + "\n".join(difference)


async def test_the_same_scenario_decides_the_same_twice() -> None:
    assert await two_incidents() == await two_incidents()
