"""What OPA lost, was given by others, or does not answer: nothing is approved by a smaller set."""

from contextlib import aclosing

import pytest
from pydantic import ValidationError

from autonomic.adapters.opa import OpaPolicyEngine, OpaPolicyServer
from autonomic.domain.decisions import PolicyAnswer
from autonomic.domain.errors import Unavailable
from testbed.opa import Opa
from tests.contract.owners_policies.world import BROKEN, CARE, NO_FRIDAYS, SHORT, TIMEOUT, World
from tests.contract.scripted_server import answering, http
from tests.contract.test_policy_port import RESTART


async def test_after_a_restart_of_opa_no_smaller_set_decides_and_the_set_is_loaded_again(
    own_opa: Opa, world: World
) -> None:
    await world.put("fridays", NO_FRIDAYS)
    await world.put("broken", CARE)
    await world.policies.look()
    await world.put("broken", BROKEN["syntax"][0])
    await world.policies.look()
    good = await world.answer()
    own_opa.service.stop()
    with pytest.raises(Unavailable):
        await world.answer()
    own_opa.service.start()
    assert PolicyAnswer.model_validate(await world.engine.decide(RESTART)).verdict == "Approve"
    with pytest.raises(Unavailable, match="not all in force"):
        await world.policies.revision()
    assert await world.answer() == good
    assert await world.policies.revision() == good.revision


async def test_a_set_that_opa_lost_is_found_by_looking_too(world: World) -> None:
    await world.put("fridays", NO_FRIDAYS)
    await world.policies.look()
    revision = await world.policies.revision()
    for module in await world.server.loaded():
        if module.startswith("autonomic-owners/"):
            await world.server.unload(module)
    await world.policies.look()
    assert await world.policies.revision() == revision


async def test_a_policy_that_somebody_else_loaded_is_taken_out_again(world: World) -> None:
    await world.policies.look()
    await world.server.load("autonomic-owners/x/p.rego", CARE + '\nloaded contains "x"\n')
    assert (await world.answer()).verdict == "Approve"
    assert not [module for module in await world.server.loaded() if module.startswith("autonomic-owners/")]


async def test_an_operator_that_starts_again_finds_what_is_loaded(world: World) -> None:
    await world.put("fridays", NO_FRIDAYS)
    await world.policies.look()
    good = await world.answer()
    again = world.again()
    await again.look()
    assert await world.answer() == good


async def test_a_policy_that_fails_while_it_is_evaluated_approves_nothing(world: World) -> None:
    await world.put("careless", CARE.replace('input.mode == "Enforce"', "1 / count(input.steps) > 100"))
    await world.policies.look()
    assert (await world.answer()).verdict == "Approve"
    with pytest.raises(Unavailable, match="a policy failed while it was evaluated"):
        await world.answer(RESTART | {"steps": []})


async def test_an_opa_that_is_frozen_decides_nothing(own_opa: Opa, world: World) -> None:
    await world.put("care", CARE)
    async with (
        aclosing(OpaPolicyEngine(own_opa.url, SHORT)) as engine,
        aclosing(OpaPolicyServer(own_opa.url, SHORT)) as server,
    ):
        impatient = World(engine, server, world.cluster)
        await impatient.policies.look()
        own_opa.service.process.pause()
        try:
            with pytest.raises(Unavailable, match=r"no answer within 0\.3 s"):
                await impatient.answer()
            with pytest.raises(Unavailable):
                await impatient.policies.look()
        finally:
            own_opa.service.process.resume()
        assert await impatient.rules() == ["owners.care.ask"]


@pytest.mark.parametrize(
    "body", ["{}", '{"result": "Approve"}', '{"result": {"allow": true}}', '{"result": {"revision": "r+owners.0"}}']
)
async def test_an_answer_that_is_none_is_never_an_approval(world: World, body: str) -> None:
    async with answering(http(200, body)) as server, aclosing(OpaPolicyEngine(server.url, TIMEOUT)) as engine:
        malformed = World(engine, world.server, world.cluster)
        malformed.peers.engine.revision = world.engine.revision  # type: ignore[method-assign]
        await malformed.policies.look()
        with pytest.raises((Unavailable, ValidationError)):
            await malformed.answer()
