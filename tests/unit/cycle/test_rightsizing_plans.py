"""What a workload never used is taken away by a plan, measured, and given back when it is needed, over in-memory ports."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.quantities import quantity
from autonomic.domain.readings import Sample, Vector
from autonomic.domain.units import span
from autonomic.domain.words import MOST_ANNOTATIONS
from autonomic.loops.cost_giving_back import stands
from autonomic.ports.memory.metrics import Answer, MemoryMetrics
from tests.unit.cycle.prometheus_model import Steps
from tests.unit.cycle.test_cost_plans import Shop, shop
from tests.unit.cycle.world import message
from tests.unit.domain.specimens import DEPLOYMENT, loop_raw

WISH = {"cpuHour": "0.04", "gibHour": "0.005"}
_MEMBER = re.compile(r'label_replace\((.*?), "autonomic_question", "(\d+)", "", ""\)(?: or|\)|$)')
_MEAN = re.compile(r"\)\[(?P<window>5m):\w+\]\)$")


class Office(Shop):
    """The shop, whose agent uses CPU, as cAdvisor says, of what it requests, as kube-state-metrics says."""

    used = "0.5"
    heard = True
    """Whether kube-state-metrics sees that a request was changed."""
    requested: Steps

    def tell(self, expr: str, at: datetime) -> Answer:
        """Of money what the shop says; of the workload what is used and given."""
        if "container_" not in expr and "kube_" not in expr:
            return self.spending.answer(expr, at)
        members = _MEMBER.findall(expr)
        asked = [(inner, {"autonomic_question": number}) for inner, number in members] or [(expr, {})]
        return Vector(tuple(row for inner, number in asked for row in self._rows(inner, number, at)))

    def _rows(self, expr: str, number: dict[str, str], at: datetime) -> list[Sample]:
        mean = _MEAN.search(expr)
        if "* 0.04" in expr:
            return [Sample(number, str(self._hourly(at, mean["window"] if mean else "1s")))]
        if "resource_limits" in expr or 'resource="memory"' in expr:
            return []
        value = "1" if "sum(rate" in expr or "memory" in expr else self.used if "cpu_usage" in expr else "2"
        return [Sample({**number, **({"container": "app"} if "by (container)" in expr else {})}, value)]

    def _hourly(self, at: datetime, window: str) -> Decimal:
        """Two replicas, at four cents a CPU."""
        pieces = self.requested.pieces(at - span(window), at)
        cpus = sum((seconds * value for seconds, value in pieces), Decimal(0)) / sum(each for each, _ in pieces)
        return 2 * cpus * Decimal("0.04")

    def follow(self, change: str, raw: dict[str, Any]) -> None:
        """What the pods request follows the Deployment."""
        if raw["kind"] == "Deployment" and change == "MODIFIED" and self.heard:
            (container,) = raw["spec"]["template"]["spec"]["containers"]
            now = quantity(container.get("resources", {}).get("requests", {}).get("cpu", "2"))
            self.requested.change(self.clock.now(), str(now))

    async def request(self) -> str:
        """The CPU that the agent requests."""
        (container,) = (await self.live())["spec"]["template"]["spec"]["containers"]
        return str(container["resources"]["requests"]["cpu"])


@asynccontextmanager
async def office(**spec: Any) -> AsyncIterator[Office]:
    """The agent asks for two CPUs, and its owner lets that be changed."""
    async with shop(tasks="0.01", make=Office, **{"rightsizing": WISH, **spec}) as world:
        assert isinstance(world, Office)
        world.requested = Steps(world.clock.now() - timedelta(days=60), "2")
        container = {"name": "app", "resources": {"requests": {"cpu": "2"}}}
        body = {
            "metadata": {"annotations": {MOST_ANNOTATIONS["Cpu"]: "4"}},
            "spec": {"template": {"spec": {"containers": [container]}}},
        }
        await world.cluster.patch(DEPLOYMENT, body)
        await world.cluster.create(loop_raw("Rightsizing"))
        world.metrics = MemoryMetrics(world.tell)
        world.cluster.watch(world.follow)
        yield world


async def taken(world: Office) -> AdaptationPlan:
    """The plan that halved the request."""
    world.start()
    plan = await world.reaches("Succeeded")
    assert await world.request() == "1"
    return plan


async def test_a_request_that_was_never_used_is_halved_its_saving_measured_and_stays_so() -> None:
    async with office() as world:
        plan = await taken(world)
        assert "the CPU request of container app is 2, never more than 500m were used in 14d" in plan.spec.justification
        assert message(plan).startswith("it saves 1.92 USD a day (a replica-hour cost 0.08 USD, now 0.04 USD)")
        assert plan.status.verification is not None
        assert Decimal(plan.status.verification.saved or "") == Decimal("1.92")
        await world.passes(600)
        assert await world.named(back=True) == []
        assert stands(plan, world.layer.store.view(world.clock.now()))


async def test_a_request_that_is_needed_after_all_is_given_back() -> None:
    async with office() as world:
        plan = await taken(world)
        world.used = "0.9"
        world.spending.gone = True
        back = await world.reaches("Succeeded", back=True)
        assert await world.request() == "2"
        assert back.spec.justification == (
            f"agent: container app used 900m, and 1 is its request: what plan {plan.metadata.name} took away is given back,"
            " which costs 1.92 USD a day."
        )
        await world.passes(1200)
        assert len(await world.plans()) == 2
        assert not stands(plan, world.layer.store.view(world.clock.now()))


async def test_a_request_that_made_nothing_cheaper_is_rolled_back() -> None:
    async with office() as world:
        world.heard = False
        world.start()
        plan = await world.reaches("RolledBack")
        assert "it saves nothing" in message(plan)
        assert await world.request() == "2"


@pytest.mark.parametrize("mode", ["Observe", "Propose"])
async def test_the_mode_of_the_budget_holds_for_what_is_never_used_too(mode: str) -> None:
    async with office(mode=mode) as world:
        world.start()
        await world.passes(300)
        phases = [each.status.phase for each in await world.plans()]
        assert phases == ([] if mode == "Observe" else ["AwaitingApproval"])
