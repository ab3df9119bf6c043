"""What the schema lets through and the model does not is told on the object itself, once."""

from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import API_VERSION
from tests.unit.cycle.world import ALERTING, World
from tests.unit.domain.specimens import contract_raw, objective

WRONG = ObjectRef(api_version=API_VERSION, kind="SLAContract", namespace="shop", name="wrong")


async def test_a_contract_that_cannot_be_read_says_so_in_ready_once_and_the_others_go_on() -> None:
    async with World() as world:
        await world.cluster.create(contract_raw("wrong", verification={"settle": "15m", "within": "1m"}))
        world.trouble()
        world.start()
        await world.until("Succeeded")
        told = (await world.cluster.get(WRONG))["status"]["conditions"]
        assert [(each["type"], each["status"], each["reason"]) for each in told] == [("Ready", "False", "InvalidSpec")]
        assert "settle 15m must be shorter than within 1m" in told[0]["message"]
        assert world.diary.names.count("Unreadable") == 1


async def test_a_contract_that_is_mended_works() -> None:
    async with World() as world:
        promised = [objective(alerting=ALERTING)]
        wrong = contract_raw("wrong", objectives=promised, verification={"settle": "15m", "within": "1m"})
        await world.cluster.create(wrong)
        world.start()
        await world.passes(60)
        await world.cluster.patch(WRONG, {"spec": {"verification": {"within": "20m"}}})
        await world.passes(120)
        ready = (await world.cluster.get(WRONG))["status"]["conditions"]
        assert next(each["status"] for each in ready if each["type"] == "Ready") == "True"
