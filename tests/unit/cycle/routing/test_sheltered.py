"""Who is new, and who comes back, gets little until it is known: in the weights that are published and decided by."""

from random import Random

from tests.unit.cycle.routing.scene import KEY, ROUTE, Scene, http_route, scene
from tests.unit.domain.specimens import NAMESPACE

COOLED = 121.0
"""Seconds: a little more than the cool-down between two steps."""
RATES = {"sonnet": 0.8, "haiku": 0.95, "opus": 0.95}


def telling(world: Scene, tasks: int, broken: str = "") -> None:
    """So many tasks are decided and told of; `broken` fails them all."""
    chance = Random(3)
    world.tell(tasks, lambda name: name != broken and chance.random() < RATES[name])


def weights(world: Scene) -> dict[str, int]:
    return dict(world.service.desks[KEY].weights["triage"].weights)


async def learnt() -> Scene:
    """Haiku is known to be the better one, and gets most."""
    world = await scene({"policy": {"algorithm": "ChangePoints"}}, http_route(sonnet=1, haiku=0, opus=0))
    await world.turn()
    telling(world, 40)
    await world.turn()
    for _ in range(12):
        telling(world, 600)
        await world.turn(COOLED)
    assert weights(world)["haiku"] > 900
    return world


async def test_a_new_candidate_warms_up_with_twenty_of_a_thousand_until_it_is_known() -> None:
    world = await learnt()
    candidates = [{"name": name} for name in RATES]
    await world.cluster.patch_as("kubectl", ROUTE, {"spec": {"candidates": candidates}})
    await world.approve()
    await world.turn(COOLED)
    assert weights(world)["opus"] == 20
    telling(world, 300)
    await world.turn(COOLED)
    assert weights(world)["opus"] == 20
    for _ in range(10):
        telling(world, 300)
        await world.turn(COOLED)
    assert weights(world)["opus"] > 20


async def test_who_collapsed_comes_back_through_probation_with_ten_of_a_thousand() -> None:
    world = await learnt()
    telling(world, 30, broken="haiku")
    await world.turn(1)
    assert weights(world) == {"sonnet": 1000}
    assert await world.weights() == {"sonnet": 1000, "haiku": 0, "opus": 0}
    telling(world, 50)
    await world.turn(COOLED)
    assert weights(world) == {"sonnet": 990, "haiku": 10}
    for _ in range(10):
        telling(world, 400)
        await world.turn(COOLED)
    assert weights(world)["haiku"] > 10


async def test_an_outcome_that_comes_late_is_of_who_was_chosen_then() -> None:
    world = await learnt()
    made = world.service.decide(NAMESPACE, "triage", "triage")
    before = world.service.desks[KEY].learners["triage"].results[made.candidate, "success"]
    await world.turn(500)
    assert world.service.outcome(made.decision_id, True)
    assert world.service.desks[KEY].learners["triage"].results[made.candidate, "success"] == before + 1
