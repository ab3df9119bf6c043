"""A namespace with more objects than are judged: the oldest work, the others say why they do not, and come in by themselves."""

from typing import Any

import pytest

from autonomic.cycle.slo.accounting import account, judged_alone
from autonomic.domain.meta import Condition, ObjectRef
from autonomic.domain.words import API_VERSION
from autonomic.ports.cluster import Manifest
from tests.unit.cycle.world import PERSON, World, message
from tests.unit.domain.specimens import contract_raw, objective, playbook_raw

ALERTING = {"windows": [{"long": "1h", "short": "5m", "factor": "14.4", "level": "Breach"}], "resolution": "5s"}
KINDS = {"SLAContract": "agent", "SelfHealingPlaybook": "crashes"}


def ref(kind: str, name: str) -> ObjectRef:
    return ObjectRef(api_version=API_VERSION, kind=kind, name=name, namespace="shop")


def another(kind: str, name: str) -> dict[str, Any]:
    """One more of the kind, which asks what the one that is there asks."""
    if kind == "SLAContract":
        return contract_raw(name, objectives=[objective(alerting=ALERTING)])
    return playbook_raw(name)


async def status(world: World, kind: str, name: str) -> Manifest:
    found: Manifest = (await world.cluster.get(ref(kind, name))).get("status") or {}
    return found


async def ready(world: World, kind: str, name: str) -> tuple[str, str]:
    """Status and reason of the condition Ready."""
    said = {each["type"]: Condition.model_validate(each) for each in (await status(world, kind, name))["conditions"]}
    return said["Ready"].status.value, said["Ready"].reason


async def delete(world: World, kind: str, name: str) -> None:
    await world.cluster.delete(ref(kind, name), (await world.cluster.get(ref(kind, name)))["metadata"]["uid"])


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_one_too_many_says_so_once_and_comes_in_when_another_goes(kind: str) -> None:
    async with World() as world:
        world.per_namespace = 1
        world.start()
        await world.passes(60)
        await world.cluster.create(another(kind, "late"))
        await world.passes(120)
        assert (await ready(world, kind, KINDS[kind]))[0] == "True"
        assert await ready(world, kind, "late") == ("False", "TooMany")
        before = len(world.cluster.writes)
        await world.cluster.create(
            another(kind, "later")
        )  # the number moves, and is no reason to write the others anew
        await world.passes(120)
        written = [each.ref.name for each in world.cluster.writes[before:] if each.method == "patch_status"]
        assert written == ["later"]
        await delete(world, kind, KINDS[kind])
        await world.passes(120)
        assert (await ready(world, kind, "late"))[0] == "True"
        assert await ready(world, kind, "later") == ("False", "TooMany")


async def test_a_quiet_crowd_costs_no_write_not_even_of_a_new_leader() -> None:
    async with World() as world:
        world.per_namespace = 1
        for kind in KINDS:
            for number in range(5):
                await world.cluster.create(another(kind, f"z{number}"))
        world.start()
        await world.passes(180)
        before = len(world.cluster.writes)
        await world.passes(600)
        await world.kill()
        world.start("b")
        await world.passes(180)
        assert world.cluster.writes[before:] == []


async def test_nothing_acts_on_a_contract_or_a_playbook_that_is_left_out() -> None:
    async with World() as world:
        world.per_namespace = 1
        for kind in KINDS:
            await world.cluster.create(another(kind, "late"))
        world.policy.answer = PERSON
        world.trouble()
        world.model.signal.change(world.clock.now(), "0.2")
        world.start()
        await world.passes(600)
        triggers = [each.spec.trigger for each in await world.plans()]
        assert {each.slo_alert.contract for each in triggers if each.slo_alert} <= {"agent"}
        assert {each.signal.playbook for each in triggers if each.signal} <= {"crashes"}
        assert triggers
        assert (await status(world, "SLAContract", "late")).get("objectives", []) == []


async def test_a_plan_of_what_is_left_out_meanwhile_is_put_before_a_person_and_rolled_back_if_they_say_so() -> None:
    async with World() as world:
        world.trouble()
        world.start()
        await world.until("Verifying")
        await world.kill()
        await world.cluster.create(another("SLAContract", "aaa"))
        raw = await world.cluster.get(ref("SLAContract", "agent"))
        await world.cluster.delete(ref("SLAContract", "agent"), raw["metadata"]["uid"])
        await world.clock.advance(1)
        world.per_namespace = 1
        await world.cluster.create({each: raw[each] for each in ("apiVersion", "kind", "metadata", "spec")})
        world.start("b")
        plan = await world.until("Inconclusive", within=3600)
        assert await ready(world, "SLAContract", "agent") == ("False", "TooMany")
        assert "agent/success is not judged" in message(plan, "Verified")
        await world.review("RollBack")
        await world.until("RolledBack")
        assert world.moves == [4, 2]


async def test_a_plan_that_waits_for_a_person_is_not_begun_once_its_contract_is_left_out() -> None:
    async with World() as world:
        world.policy.answer = PERSON
        world.trouble()
        world.start()
        await world.until("AwaitingApproval")
        await world.kill()
        raw = await world.cluster.get(ref("SLAContract", "agent"))
        await delete(world, "SLAContract", "agent")
        await world.cluster.create(another("SLAContract", "aaa"))
        await world.clock.advance(1)
        await world.cluster.create({each: raw[each] for each in ("apiVersion", "kind", "metadata", "spec")})
        world.per_namespace = 1
        world.start("b")
        await world.review("Approved")
        await world.passes(300)
        assert world.moves == []


async def test_who_asks_for_the_account_of_what_is_left_out_is_told_why_and_nothing_is_counted_for_them() -> None:
    async with World() as world:
        world.per_namespace = 1
        await world.cluster.create(another("SLAContract", "late"))
        world.start()
        await world.passes(60)
        view = world.layer.store.view(world.clock.now())
        late = view.contracts["shop/late"]
        told = world.layer.slo.status(late)
        assert told is not None
        assert [each.reason for each in told.conditions if each.type == "Ready"] == ["TooMany"]
        asked = len(world.metrics.asked)
        engines = await judged_alone(world.metrics, late, view)
        found = await account(engines, late, told, view.now)
        assert [each.unknown.reason for each in found.objectives if each.unknown] == ["TooMany"]
        assert len(world.metrics.asked) == asked
