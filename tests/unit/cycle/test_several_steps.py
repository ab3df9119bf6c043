"""A plan of several steps: in order, each once, and all of it taken back when one fails or none of it helps."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from autonomic.domain.errors import Forbidden, Invalid, Unavailable
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.words import API_VERSION, WRITABLE_ENV_ANNOTATION, WRITABLE_KEYS_ANNOTATION
from tests.unit.cycle.world import Mishap, World, message, reason
from tests.unit.domain.specimens import DEPLOYMENT

CONTRACT = ObjectRef(api_version=API_VERSION, kind="SLAContract", name="agent", namespace="shop")
SETTINGS = ObjectRef(api_version="v1", kind="ConfigMap", name="settings", namespace="shop")
REPORT = ObjectRef(api_version="batch/v1", kind="CronJob", name="report", namespace="shop")
SCALE = {"type": "Scale", "scale": {"by": 2, "max": 10}}
DEGRADE = {"type": "DegradedMode", "degradedMode": {"key": "degraded"}}
HOLD = {"type": "ThrottleQueue", "throttleQueue": {"to": "Hold"}}
SET_ENV = {"type": "SetEnv", "setEnv": {"container": "app", "name": "MODE", "value": "safe"}}


def at(action: dict[str, Any], ref: ObjectRef) -> dict[str, Any]:
    """The action on another target than the contract's."""
    return {**action, "targetRef": {"apiVersion": ref.api_version, "kind": ref.kind, "name": ref.name}}


THREE = (SCALE, at(DEGRADE, SETTINGS), at(HOLD, REPORT))


class Several(World):
    """A world in which the contract's cure has several steps, and more objects than the Deployment."""

    async def __aenter__(self) -> "Several":
        """A ConfigMap and a CronJob stand beside the Deployment, which has a container."""
        await super().__aenter__()
        keys = {WRITABLE_KEYS_ANNOTATION: "degraded"}
        config = {"name": "settings", "namespace": "shop", "annotations": keys}
        await self.cluster.create(
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": config, "data": {"degraded": "false"}}
        )
        job = {"name": "report", "namespace": "shop"}
        await self.cluster.create(
            {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": job, "spec": {"suspend": False}}
        )
        template = {"spec": {"containers": [{"name": "app"}]}}
        listed = {"metadata": {"annotations": {WRITABLE_ENV_ANNOTATION: "MODE"}}}
        await self.cluster.patch_as("ann", DEPLOYMENT, {**listed, "spec": {"template": template}})
        return self

    async def allow(self, *actions: dict[str, Any]) -> None:
        """What the contract lets be done about its breach, and half of everything fails."""
        adaptations = [{"levels": ["Breach"], "actions": list(actions)}]
        await self.cluster.patch_as("ann", CONTRACT, {"spec": {"adaptations": adaptations}})
        self.cluster.writes.clear()
        self.cluster.count = 0
        self.trouble()
        self.start()

    @property
    def deeds(self) -> list[str]:
        """Every write of the layer to a target, in order, by kind."""
        kinds = ("Deployment", "ConfigMap", "CronJob")
        ours = ("patch", "patch_json")
        return [each.ref.kind for each in self.cluster.writes if each.ref.kind in kinds and each.method in ours]

    async def state(self) -> tuple[int, str, bool]:
        """Replicas, degraded mode, and whether the CronJob is held."""
        config, job = await self.cluster.get(SETTINGS), await self.cluster.get(REPORT)
        return await self.replicas(), config["data"]["degraded"], job["spec"]["suspend"]


BEFORE, AFTER = (2, "false", False), (4, "true", True)
IN_ORDER = ["Deployment", "ConfigMap", "CronJob"]


@pytest.fixture
async def world() -> AsyncIterator[Several]:
    async with Several() as made:
        yield made


def ops(plan: AdaptationPlan) -> list[str]:
    assert plan.status.execution is not None
    return [step.op_id.rpartition("/")[2] for step in plan.status.execution.steps]


async def test_the_steps_of_a_plan_are_done_in_order_under_one_claim(world: Several) -> None:
    await world.allow(*THREE)
    plan = await world.until("Succeeded")
    assert (world.deeds, await world.state(), ops(plan)) == (IN_ORDER, AFTER, ["0", "1", "2"])
    assert plan.status.target == "Deployment/agent, ConfigMap/settings, CronJob/report"


@pytest.mark.parametrize("refusal", [Forbidden("admission says no"), Invalid("no such field")], ids=["403", "422"])
async def test_a_step_that_is_refused_takes_back_those_before_it(world: Several, refusal: Exception) -> None:
    patches = 0
    patch = world.cluster.patch

    async def refusing(ref: ObjectRef, body: Any) -> Any:
        nonlocal patches
        if ref == REPORT:
            raise refusal
        patches += 1
        return await patch(ref, body)

    world.cluster.patch = refusing  # type: ignore[method-assign]
    await world.allow(*THREE)
    plan = await world.until("Failed")
    assert str(refusal) in message(plan)
    assert message(plan).endswith("; rolled back")
    assert (world.deeds, await world.state(), patches) == (
        ["Deployment", "ConfigMap", "ConfigMap", "Deployment"],
        BEFORE,
        4,
    )


async def test_what_another_changed_before_its_turn_takes_back_those_before_it(world: Several) -> None:
    patch = world.cluster.patch

    async def beaten(ref: ObjectRef, body: Any) -> Any:
        answer = await patch(ref, body)
        if ref == DEPLOYMENT and body["spec"] == {"replicas": 4}:
            await world.cluster.patch_as("kubectl", SETTINGS, {"data": {"degraded": "partly"}})
        return answer

    world.cluster.patch = beaten  # type: ignore[method-assign]
    await world.allow(*THREE)
    plan = await world.until("Failed")
    assert "/data/degraded was changed by kubectl" in message(plan)
    assert (world.deeds, await world.state()) == (["Deployment", "Deployment"], (2, "partly", False))


async def test_what_did_not_help_is_taken_back_last_first(world: Several) -> None:
    world.cures = False
    await world.allow(*THREE)
    plan = await world.until("RolledBack")
    assert (world.deeds, await world.state()) == ([*IN_ORDER, *reversed(IN_ORDER)], BEFORE)
    assert reason(plan, "Verified") == "NotBetter"


async def test_a_step_that_another_holds_does_not_keep_the_others_from_being_taken_back(world: Several) -> None:
    world.cures = False
    await world.allow(*THREE)
    await world.until("Verifying")
    await world.cluster.patch_as("kubectl", SETTINGS, {"data": {"degraded": "partly"}})
    plan = await world.until("Failed")
    assert await world.state() == (2, "partly", False)
    assert "/data/degraded was changed by kubectl" in message(plan)


async def test_an_answer_that_was_lost_in_the_middle_leads_to_no_second_change(world: Several) -> None:
    world.cluster.fail_next("patch", Unavailable("reset"), after_commit=True)
    await world.allow(*THREE)
    await world.until("Succeeded")
    assert (world.deeds, await world.state()) == (IN_ORDER, AFTER)


@pytest.mark.parametrize("actions", [THREE, (SCALE, SET_ENV)], ids=["three targets", "one target"])
@pytest.mark.parametrize("side", ["before", "after"])
async def test_whoever_dies_at_any_write_is_followed_by_one_who_does_the_rest_once(actions: Any, side: Any) -> None:
    async with Several() as whole:
        await whole.allow(*actions)
        await whole.until("Succeeded")
        deeds, count = whole.deeds, whole.cluster.count
    for write in range(1, count + 1):
        async with Several() as world:
            world.cluster.mishap = None
            await world.allow(*actions)
            world.cluster.mishap = Mishap(side, write)
            await world.until("Succeeded")
            assert world.deeds == deeds, f"died {side} write {write}"
            left: Mishap | None = world.cluster.mishap
            assert left is None, f"nobody died {side} write {write}"


async def test_an_action_that_cannot_be_done_leaves_the_whole_plan_unmade(world: Several) -> None:
    await world.allow(SCALE, at({"type": "DegradedMode", "degradedMode": {"key": "other"}}, SETTINGS))
    await world.passes(120)
    assert (await world.plans(), world.deeds) == ([], [])
    assert "NotProposed" in world.diary.names


async def test_an_action_with_nothing_left_to_do_has_no_step(world: Several) -> None:
    await world.cluster.patch_as("ann", SETTINGS, {"data": {"degraded": "true"}})
    await world.allow(*THREE)
    plan = await world.until("Succeeded")
    assert (world.deeds, ops(plan)) == (["Deployment", "CronJob"], ["0", "2"])
