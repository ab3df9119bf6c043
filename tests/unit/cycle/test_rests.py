"""Idle hours over in-memory ports: a workload rests, what that saves is measured, and it is back before its hours end.

Noon is when each story begins; the hours are from ten past twelve to ten past one, and the lead is ten minutes.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from autonomic.domain.meta import ObjectRef, condition
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.readings import Abilities, Sample, Vector
from autonomic.domain.units import span
from autonomic.domain.words import API_VERSION
from autonomic.ports.memory.metrics import Answer, MemoryMetrics
from tests.unit.cycle.prometheus_model import Steps
from tests.unit.cycle.test_cost_plans import BUDGET, Shop, shop
from tests.unit.cycle.world import DENY, PERSON, message
from tests.unit.domain.cost_specimens import budget_raw
from tests.unit.domain.specimens import DEPLOYMENT, meta, plan
from tests.unit.domain.specimens import condition as condition_raw

HOURS = {"hours": [{"schedule": "10 12 * * *", "duration": "1h"}], "lead": "10m", "replicaHour": "0.10"}
NOON_TO_REST = 900
REST = 3000
_MEMBER = re.compile(r'label_replace\((.*?), "autonomic_question", "(\d+)", "", ""\)(?: or|\)|$)')
_MEAN = re.compile(r"\)\[(?P<window>\w+):\w+\]\)$")


class Nights(Shop):
    """The shop, whose replicas a kube-state-metrics counts."""

    counted: Steps
    gone = False
    asked = "0"
    """Requests in each hour."""

    def tell(self, expr: str, at: datetime) -> Answer:
        """How many replicas there were, on the mean of a window, and what an hour of them costs."""
        if "requests_total" in expr:
            return Vector((Sample({}, self.asked),))
        if "kube_" not in expr:
            return self.spending.answer(expr, at)
        members = _MEMBER.findall(expr)
        asked = [(inner, {"autonomic_question": number}) for inner, number in members] or [(expr, {})]
        return Vector(() if self.gone else tuple(Sample(number, str(self._one(inner, at))) for inner, number in asked))

    def _one(self, expr: str, at: datetime) -> Decimal:
        price = Decimal("0.10") if "* 0.10" in expr else Decimal(1)
        mean = _MEAN.search(expr)
        if not mean:
            return self.counted.at(at) * price
        pieces = self.counted.pieces(at - span(mean["window"]), at)
        return sum((seconds * value for seconds, value in pieces), Decimal(0)) / sum(each for each, _ in pieces) * price

    def follow(self, change: str, raw: dict[str, Any]) -> None:
        """Replicas are counted as the Deployment wants them."""
        if raw["kind"] == "Deployment" and change == "MODIFIED":
            self.counted.change(self.clock.now(), str(raw["spec"]["replicas"]))

    async def said(self) -> tuple[str, str]:
        """What the budget says of the rest: the reason, and the message."""
        found = condition((await self.budget()).status.conditions, "Awake")
        return (found.reason, found.message) if found else ("", "")

    async def falls_asleep(self) -> AdaptationPlan:
        """The plan that scaled down, and succeeded."""
        await self.passes(NOON_TO_REST)
        plan = await self.reaches("Succeeded")
        assert await self.replicas() == 1
        return plan


@asynccontextmanager
async def nights(*, promised: bool = False, idle: dict[str, Any] | None = None, **spec: Any) -> AsyncIterator[Nights]:
    """Two replicas of ten cents an hour, in a budget of which next to nothing is spent."""
    async with shop(
        tasks="0.01", promised=promised, make=Nights, idle=HOURS if idle is None else idle, **spec
    ) as world:
        assert isinstance(world, Nights)
        world.counted = Steps(world.clock.now() - timedelta(days=60), "2")
        world.metrics = MemoryMetrics(world.tell)
        world.cluster.watch(world.follow)
        yield world


async def test_a_workload_rests_in_its_hours_its_saving_is_measured_and_it_is_back_before_they_end() -> None:
    async with nights() as world:
        world.start()
        await world.passes(560)
        assert await world.plans() == []
        plan = await world.falls_asleep()
        assert plan.spec.justification == (
            "team: agent has nothing to do until Wed 2025-01-01 13:10 UTC by its schedule, and is scaled back up 10m before;"
            " that saves 0.10 USD an hour, 0.08 USD in this rest."
        )
        assert message(plan).startswith("it saves 2.40 USD a day")
        assert plan.status.verification is not None
        assert Decimal(plan.status.verification.saved or "") == Decimal("2.4")
        assert (await world.said())[0] == "Asleep"
        back = await world.reaches("Succeeded", back=True)
        assert await world.replicas() == 2
        assert world.clock.now() < datetime.fromisoformat("2025-01-01T13:10:00Z")
        assert "is brought back from its rest" in back.spec.justification
        await world.passes(1200)
        assert len(await world.plans()) == 2
        assert (await world.said())[0] == "Awake"


async def test_a_restart_while_it_rests_forgets_nothing() -> None:
    async with nights() as world:
        world.start()
        await world.falls_asleep()
        await world.kill()
        await world.passes(2 * REST)
        world.start("b")
        await world.passes(300)
        assert await world.replicas() == 2


async def test_a_workload_comes_back_though_its_budget_has_no_place_any_more_and_does_not_rest_again() -> None:
    async with nights(idle={**HOURS, "hours": [{"schedule": "10 12,15 * * *", "duration": "1h"}]}) as world:
        world.start()
        await world.falls_asleep()
        await world.kill()
        older = budget_raw("older")
        older["metadata"]["creationTimestamp"] = "2024-01-01T00:00:00Z"
        world.cluster.hold(older)
        world.per_namespace = 1
        world.start("b")
        await world.passes(60)
        ready = condition((await world.budget()).status.conditions, "Ready")
        assert ready is not None and ready.reason == "TooMany"
        await world.passes(2 * REST)
        assert await world.replicas() == 2
        assert (await world.said())[0] == "Awake"
        await world.passes(3 * REST)
        assert len(await world.plans()) == 2  # to sleep and back; the next hours are slept by nobody


async def test_spend_that_is_not_known_keeps_nothing_asleep() -> None:
    async with nights() as world:
        world.start()
        await world.falls_asleep()
        world.spending.gone = True
        await world.passes(REST)
        assert await world.replicas() == 2


async def test_a_kill_switch_holds_the_way_back_says_so_and_lets_it_go_when_it_is_off() -> None:
    async with nights() as world:
        world.start()
        await world.falls_asleep()
        await world.redline(killSwitch=True)
        await world.passes(REST)
        assert await world.replicas() == 1
        assert (await world.said())[0] == "NotWoken"
        assert "CostIdleNotWoken" in world.diary.names
        await world.redline(killSwitch=False)
        await world.passes(300)
        assert await world.replicas() == 2


async def test_a_way_back_that_was_denied_is_told_and_asked_for_again() -> None:
    async with nights() as world:
        world.start()
        await world.falls_asleep()
        world.policy.answer = DENY
        await world.passes(REST)
        assert await world.replicas() == 1
        reason, why = await world.said()
        assert reason == "NotWoken" and why.endswith("to bring it back is Denied")
        denied = len(await world.named(back=True))
        assert 1 <= denied <= REST // 600
        world.policy.answer = {**PERSON, "allow": True, "verdict": "Approve"}
        await world.passes(900)
        assert await world.replicas() == 2


async def test_a_rest_that_was_denied_is_not_asked_for_again_in_the_same_hours() -> None:
    async with nights() as world:
        world.policy.answer = DENY
        world.start()
        await world.passes(REST)
        assert [each.status.phase for each in await world.plans()] == ["Denied"]
        assert await world.replicas() == 2


async def test_a_rest_that_nobody_approved_in_time_is_over() -> None:
    async with nights(mode="Propose") as world:
        world.start()
        await world.passes(NOON_TO_REST)
        assert [each.status.phase for each in await world.plans()] == ["AwaitingApproval"]
        await world.passes(REST)
        assert {each.status.phase for each in await world.plans()} <= {"Superseded", "Expired"}
        assert await world.replicas() == 2


async def test_a_rest_whose_saving_is_not_known_ends_in_time_though_nobody_answers() -> None:
    async with nights(verification={"settle": "1m", "within": "15m", "window": "5m"}) as world:
        world.start()
        await world.passes(620)
        world.gone = True
        await world.passes(1500)
        assert [each.status.phase for each in await world.plans()] == ["Inconclusive"]
        await world.passes(1500)
        assert await world.replicas() == 2
        assert "its rest is over" in message((await world.plans())[0], "Verified")


async def test_without_its_budget_it_is_brought_back_at_once() -> None:
    async with nights() as world:
        world.start()
        await world.falls_asleep()
        await world.cluster.delete(BUDGET, (await world.budget()).metadata.uid)
        await world.passes(300)
        assert await world.replicas() == 2


async def test_what_takes_the_idle_hours_away_brings_it_back_at_once() -> None:
    async with nights() as world:
        world.start()
        await world.falls_asleep()
        await world.cluster.patch_as("owner", BUDGET, {"spec": {"idle": None}})
        await world.passes(300)
        assert await world.replicas() == 2


async def test_a_breach_wakes_it_and_it_does_not_rest_again_in_these_hours() -> None:
    async with nights(promised=True) as world:
        world.cures = False
        world.start()
        await world.falls_asleep()
        contract = ObjectRef(api_version=API_VERSION, kind="SLAContract", name="agent", namespace="shop")
        await world.cluster.patch_as("owner", contract, {"spec": {"adaptations": []}})
        world.trouble()
        await world.passes(600)
        assert await world.replicas() == 2
        (back,) = await world.named(back=True)
        assert "the alert of agent/success is Breach" in back.spec.justification
        await world.passes(600)
        assert len(await world.plans()) == 2


async def test_the_way_back_waits_for_no_plan_that_nobody_approved_yet() -> None:
    async with nights(promised=True) as world:
        world.cures = False
        world.start()
        await world.falls_asleep()
        world.policy.answer = PERSON
        world.trouble()
        await world.passes(120)
        waits = [each for each in await world.plans() if each.spec.control_loop == "reliability"]
        assert waits
        world.policy.answer = {**PERSON, "allow": True, "verdict": "Approve"}
        await world.passes(300)
        assert (await world.reaches("Succeeded", back=True)).spec.trigger.budget is not None
        assert await world.replicas() == 2


async def test_while_a_contract_is_in_breach_nobody_rests() -> None:
    async with nights(promised=True) as world:
        world.cures = False
        world.policy.answer = PERSON
        world.trouble()
        world.start()
        await world.passes(NOON_TO_REST)
        assert await world.named() == []
        assert any("reliability comes first" in fact.message for _, fact in world.diary.facts)


async def test_what_an_autoscaler_scales_is_never_scaled_by_its_replicas() -> None:
    async with nights() as world:
        agent = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent"}
        hpa = {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "agent", "namespace": "shop"},
            "spec": {"minReplicas": 1, "maxReplicas": 5, "scaleTargetRef": agent},
        }
        await world.cluster.create(hpa)
        world.start()
        await world.passes(NOON_TO_REST)
        assert await world.plans() == []
        assert any("change its bounds instead" in fact.message for _, fact in world.diary.facts)


async def test_of_an_autoscaler_the_lower_bound_rests() -> None:
    bounds = ObjectRef(api_version="autoscaling/v2", kind="HorizontalPodAutoscaler", name="agent", namespace="shop")
    ref = {"apiVersion": bounds.api_version, "kind": bounds.kind, "name": bounds.name}
    async with nights(targetRef=ref) as world:
        agent = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent"}
        spec = {"minReplicas": 3, "maxReplicas": 5, "scaleTargetRef": agent}
        about = {
            "apiVersion": bounds.api_version,
            "kind": bounds.kind,
            "metadata": {"name": "agent", "namespace": "shop"},
        }
        await world.cluster.create({**about, "spec": spec})
        world.start()
        await world.passes(NOON_TO_REST)
        plan = await world.reaches("Succeeded")
        assert (await world.cluster.get(bounds))["spec"]["minReplicas"] == 1
        assert "nobody knows the pods of an autoscaler" in plan.spec.justification
        await world.passes(REST)
        assert (await world.cluster.get(bounds))["spec"]["minReplicas"] == 3
        assert await world.replicas() == 2


async def test_whoever_asked_for_more_meanwhile_keeps_it() -> None:
    async with nights() as world:
        world.start()
        await world.falls_asleep()
        await world.cluster.patch_as("owner", DEPLOYMENT, {"spec": {"replicas": 3}})
        await world.passes(REST)
        assert await world.replicas() == 3
        assert await world.named(back=True) == []


async def test_measured_hours_without_requests_are_idle_too_and_the_first_request_ends_the_rest() -> None:
    async with nights(idle={"requests": "requests_total", "lead": "10m", "replicaHour": "0.10"}) as world:
        world.start()
        plan = await world.falls_asleep()
        assert "by its requests of the last 4 weeks" in plan.spec.justification
        world.asked = "3"
        await world.passes(3700)
        assert await world.replicas() == 2


async def test_hours_in_which_there_were_requests_are_not_idle_whatever_the_schedule_says() -> None:
    async with nights(idle={**HOURS, "requests": "requests_total"}) as world:
        world.asked = "3"
        world.start()
        await world.passes(NOON_TO_REST)
        assert await world.plans() == []


async def failed(world: Nights) -> None:
    """Another plan of the loop could not be rolled back, which pauses the loop until a person looks."""
    elsewhere = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "other", "uid": "uid-other"}
    action = {"type": "Scale", "targetRef": elsewhere, "scale": {"replicas": 1}}
    conditions = [condition_raw("Finished", "True", "Failed"), condition_raw("Verified", "False", "RollbackFailed")]
    bad = plan("bad", controlLoop="cost", actions=[action])
    raw = {"apiVersion": API_VERSION, "kind": "AdaptationPlan", "metadata": meta("bad"), "spec": bad.spec.wire()}
    await world.cluster.create(raw)
    await world.cluster.patch_status(bad.ref, {"status": {"phase": "Failed", "conditions": conditions}})


async def test_hours_that_can_not_be_told_are_no_rest_and_the_budget_says_why() -> None:
    async with nights(idle={"requests": "requests_total"}) as world:
        world.metrics.can = Abilities(anchored=False)
        world.start()
        await world.passes(NOON_TO_REST)
        assert await world.plans() == []
        reason, why = await world.said()
        assert reason == "NotExact" and "it can not say that there were none" in why


async def test_a_loop_that_paused_itself_ends_a_rest_all_the_same() -> None:
    async with nights() as world:
        world.start()
        await world.falls_asleep()
        await failed(world)
        await world.passes(REST)
        assert "LoopPaused" in world.diary.names
        assert await world.replicas() == 2


async def test_a_loop_that_a_person_suspended_ends_no_rest_until_it_goes_on() -> None:
    async with nights() as world:
        world.start()
        await world.falls_asleep()
        cost = ObjectRef(api_version=API_VERSION, kind="ControlLoop", name="cost")
        await world.cluster.patch_as("ann", cost, {"spec": {"suspend": True}})
        await world.passes(REST)
        assert await world.replicas() == 1
        await world.cluster.patch_as("ann", cost, {"spec": {"suspend": False}})
        await world.passes(300)
        assert await world.replicas() == 2
