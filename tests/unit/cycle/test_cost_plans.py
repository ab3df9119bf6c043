"""Money over in-memory ports: spend climbs, a plan makes it cheaper, is measured, and is given back when the pressure ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from autonomic.domain.cost import CostBudget
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.spending import Rungs
from autonomic.domain.words import API_VERSION, MOST_ANNOTATIONS, WRITABLE_KEYS_ANNOTATION
from autonomic.loops.cost_giving_back import stands
from autonomic.ports.memory.metrics import MemoryMetrics
from tests.unit.cycle.spending_model import SpendingModel
from tests.unit.cycle.world import PERSON, World, message
from tests.unit.domain.cost_specimens import CONFIG, SWITCH, budget_raw
from tests.unit.domain.specimens import DEPLOYMENT, loop_raw, meta

MODELS = ObjectRef(api_version="v1", kind="ConfigMap", name="models", namespace="shop")
BUDGET = ObjectRef(api_version=API_VERSION, kind="CostBudget", name="team", namespace="shop")
LIMIT = {"amount": "36", "currency": "USD", "per": "1h"}
PRICES = {"large": "0.01", "small": "0.004", "tiny": "0.001"}


class Shop(World):
    """The world, with a budget of 36 USD an hour: what one task a second costs at the large model."""

    spending: SpendingModel
    saves = True

    async def budget(self) -> CostBudget:
        """The budget as the cluster holds it."""
        return CostBudget.read(await self.cluster.get(BUDGET))

    async def level(self) -> Rungs:
        """The rung that it says it is on."""
        return (await self.budget()).status.level

    async def model_in_use(self) -> str:
        """What the agents ask."""
        return str((await self.cluster.get(MODELS))["data"]["model"])

    async def named(self, back: bool = False) -> list[AdaptationPlan]:
        """The plans that save, or those that give back."""
        asked = [(each, each.spec.trigger.budget) for each in await self.plans()]
        return [each for each, trigger in asked if trigger and (trigger.gives_back is not None) is back]

    async def reaches(self, phase: str, back: bool = False, within: int = 4000) -> AdaptationPlan:
        """The first plan of the kind, once it has that phase."""
        for _ in range(within // 20):
            found = await self.named(back)
            if found and found[0].status.phase == phase:
                return found[0]
            await self.passes(20)
        seen = [(each.metadata.name, each.status.phase, message(each)) for each in await self.plans()]
        raise AssertionError(f"waited for {phase}: {seen}\n{self.diary.render()}")

    def spend(self, change: str, raw: dict[str, Any]) -> None:
        """The agents ask another model as soon as they are told to."""
        if raw["kind"] == "ConfigMap" and change == "MODIFIED" and self.saves:
            self.spending.price.change(self.clock.now(), PRICES[raw["data"]["model"]])


@asynccontextmanager
async def shop(
    tasks: str = "1.5", *, promised: bool = False, make: type[Shop] = Shop, **spec: Any
) -> AsyncIterator[Shop]:
    """Tasks come at that rate since the hour began; at 1.5 a second the budget lasts forty minutes.

    With `promised` there is a contract of the agent, too.
    """
    async with make() as world:
        world.spending = SpendingModel(world.clock.now(), world.model)
        world.metrics = MemoryMetrics(world.spending.answer)
        world.spending.tasks.change(world.clock.now(), tasks)
        about: dict[str, Any] = {"annotations": {WRITABLE_KEYS_ANNOTATION: "model"}}
        models = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": meta("models", **about),
            "data": {"model": "large"},
        }
        base = {
            "limit": LIMIT,
            "ladder": [{"at": "0.9", "actions": [SWITCH]}],
            "verification": {"settle": "1m", "within": "15m"},
        }
        for raw in (models, loop_raw("Cost"), budget_raw(**{**base, **spec})):
            await world.cluster.create(raw)
        if not promised:
            for kind in ("SLAContract", "SelfHealingPlaybook"):
                (found,) = await world.cluster.list(API_VERSION, kind)
                name = found["metadata"]["name"]
                ref = ObjectRef(api_version=API_VERSION, kind=kind, name=name, namespace="shop")
                await world.cluster.delete(ref, found["metadata"]["uid"])
        world.cluster.watch(world.spend)
        yield world


async def test_spend_that_climbs_is_made_cheaper_measured_and_given_back_when_the_pressure_ends() -> None:
    async with shop() as world:
        world.policy.answer = PERSON
        world.start()
        await world.passes(2100)
        assert await world.plans() == []
        plan = await world.reaches("AwaitingApproval")
        assert await world.level() is Rungs.CONSTRAINED
        assert await world.model_in_use() == "large"
        await world.review("Approved")
        done = await world.reaches("Succeeded")
        assert await world.model_in_use() == "small"
        assert done.status.verification is not None and done.status.verification.saved is not None
        assert message(done).startswith("it saves 777.60 USD a day (a task cost 0.01 USD, now 0.004 USD)")
        assert done.metadata.name == plan.metadata.name
        world.policy.answer = {**PERSON, "allow": True, "verdict": "Approve"}
        back = await world.reaches("Succeeded", back=True)
        assert await world.level() is Rungs.NORMAL
        assert await world.model_in_use() == "large"
        assert back.spec.justification == (
            f"team is Normal again: what plan {plan.metadata.name} did to save money is given back."
        )


async def test_a_plan_that_saves_nothing_is_rolled_back() -> None:
    async with shop() as world:
        world.saves = False
        world.start()
        plan = await world.reaches("RolledBack")
        assert "not better by the deadline: it saves nothing" in message(plan)
        assert await world.model_in_use() == "large"


async def test_a_plan_whose_saving_can_not_be_known_waits_for_a_person() -> None:
    async with shop() as world:
        world.start()
        await world.reaches("Verifying")
        world.spending.gone = True
        plan = await world.reaches("Inconclusive")
        assert "cannot be judged at the deadline" in " ".join(each.message for each in plan.status.conditions)
        assert await world.model_in_use() == "small"


@pytest.mark.parametrize("said", ["NaN", "+Inf", "-1", "gone", "down"])
async def test_spend_that_is_not_known_changes_nothing_and_is_told(said: str) -> None:
    async with shop(tasks="6") as world:
        world.spending.gone = said == "gone"
        world.spending.broken = None if said in ("gone", "down") else said
        world.model.down = said == "down"
        if said == "down":
            world.spending.answer = world.model.answer  # type: ignore[method-assign]
            world.metrics = MemoryMetrics(world.model.answer)
        world.start()
        await world.passes(900)
        assert await world.plans() == []
        known = next(each for each in (await world.budget()).status.conditions if each.type == "SpendKnown")
        assert known.status == "Unknown"
        assert (await world.budget()).status.spent == "Unknown"


async def test_while_a_contract_of_the_workload_is_in_breach_no_money_is_saved_at_its_expense() -> None:
    async with shop(tasks="6", promised=True) as world:
        world.cures = False
        world.trouble()
        world.start()
        await world.passes(900)
        assert await world.level() is Rungs.CONSTRAINED
        assert await world.named() == []
        assert any("reliability comes first" in fact.message for _, fact in world.diary.facts)


async def test_a_plan_that_is_approved_while_a_breach_begins_waits_until_it_is_over() -> None:
    async with shop(tasks="6", promised=True) as world:
        world.policy.answer = PERSON
        world.start()
        plan = await world.reaches("AwaitingApproval")
        world.trouble()
        await world.passes(60)
        await world.cluster.patch_as(
            "ann",
            plan.ref,
            {"spec": {"reviews": [{"decision": "Approved", "by": "ann", "digest": plan.spec.digest}]}},
        )
        await world.passes(120)
        (waiting,) = await world.named()
        governed = next(each for each in waiting.status.conditions if each.type == "Governed")
        assert governed.reason == "Vetoed"
        assert await world.model_in_use() == "large"


async def test_quiet_turns_write_nothing() -> None:
    async with shop(tasks="0.1") as world:
        world.start()
        await world.passes(120)
        world.cluster.writes.clear()
        await world.passes(400)
        assert [each.ref.kind for each in world.cluster.writes if each.ref.kind == "CostBudget"] == []


async def pressed_and_saved(world: Shop) -> AdaptationPlan:
    """A plan that saved, and stands."""
    world.start()
    return await world.reaches("Succeeded")


async def test_what_somebody_changed_since_is_not_given_back() -> None:
    async with shop() as world:
        await pressed_and_saved(world)
        await world.cluster.patch_as("owner", MODELS, {"data": {"model": "tiny"}})
        await world.cluster.patch_as("owner", BUDGET, {"spec": {"limit": {"amount": "1000"}}})
        await world.passes(1500)
        assert await world.level() is Rungs.NORMAL
        assert await world.named(back=True) == []
        assert any("somebody else changed it, and that is not undone" in fact.message for _, fact in world.diary.facts)
        assert await world.model_in_use() == "tiny"


async def test_a_key_that_was_not_there_and_a_resize_are_given_back_too() -> None:
    tier = {"type": "SetConfig", "targetRef": CONFIG, "setConfig": {"key": "tier", "value": "cheap"}}
    less = {"container": "app", "resource": "Cpu", "what": "Request", "percent": -50, "most": "2"}
    rung = {"at": "0.9", "actions": [SWITCH, tier, {"type": "Resize", "resize": less}]}
    async with shop(ladder=[rung]) as world:
        await world.cluster.patch_as(
            "owner", MODELS, {"metadata": {"annotations": {WRITABLE_KEYS_ANNOTATION: "model,tier"}}}
        )
        asks = {"spec": {"containers": [{"name": "app", "resources": {"requests": {"cpu": "2"}}}]}}
        about = {"annotations": {MOST_ANNOTATIONS["Cpu"]: "4"}}
        await world.cluster.patch_as("owner", DEPLOYMENT, {"metadata": about, "spec": {"template": asks}})
        before = [(await world.cluster.get(each)) for each in (MODELS, DEPLOYMENT)]
        await pressed_and_saved(world)
        (data, request) = await what_stands(world)
        assert (data, request) == ({"model": "small", "tier": "cheap"}, "1")
        await world.cluster.patch_as("owner", BUDGET, {"spec": {"limit": {"amount": "1000"}}})
        back = await world.reaches("Succeeded", back=True)
        assert await what_stands(world) == (before[0]["data"], "2")
        assert [each.type for each in back.spec.actions] == ["Resize", "SetConfig", "SwitchModel"]


async def what_stands(world: Shop) -> tuple[dict[str, str], str]:
    """What the ConfigMap holds, and the CPU that the agent asks for."""
    (container,) = (await world.cluster.get(DEPLOYMENT))["spec"]["template"]["spec"]["containers"]
    return (await world.cluster.get(MODELS))["data"], container["resources"]["requests"]["cpu"]


async def test_a_plan_whose_change_still_stands_is_kept_and_what_was_given_back_is_not() -> None:
    async with shop() as world:
        plan = await pressed_and_saved(world)
        view = world.layer.store.view(world.clock.now())
        assert stands(view.plans[plan.key], view)
        await world.cluster.patch_as("owner", BUDGET, {"spec": {"limit": {"amount": "1000"}}})
        await world.reaches("Succeeded", back=True)
        view = world.layer.store.view(world.clock.now())
        assert not stands(view.plans[plan.key], view)


async def test_in_observe_it_is_only_told_what_would_be_proposed() -> None:
    async with shop(mode="Observe") as world:
        world.start()
        await world.passes(2700)
        assert await world.plans() == []
        assert any(fact.name == "WouldPropose" for _, fact in world.diary.facts)
