"""What a workload never used is taken away by a plan, over in-memory ports."""

import re
from datetime import datetime

import pytest

from autonomic.domain.readings import Sample, Vector
from autonomic.domain.words import MOST_ANNOTATIONS
from autonomic.loops.cost_giving_back import stands
from autonomic.ports.memory.metrics import Answer, MemoryMetrics
from tests.unit.cycle.test_cost_plans import Shop, shop
from tests.unit.cycle.world import message
from tests.unit.domain.specimens import DEPLOYMENT, loop_raw

_MEMBER = re.compile(r'label_replace\((.*?), "autonomic_question", "(\d+)", "", ""\)(?: or|\)|$)')
USED = {
    "container_cpu": "0.5",
    "container_memory": "1",
    "resource_requests": "2",
    "spec_replicas": "2",
    "sum(rate": "1",
}
"""Half a CPU of two; the later of two that fit counts."""


def usage(world: Shop) -> MemoryMetrics:
    """What cAdvisor and kube-state-metrics say; of money, what the shop says."""

    def rows(expr: str, number: dict[str, str]) -> list[Sample]:
        if "resource_limits" in expr or 'resource="memory"' in expr:
            return []
        value = [value for name, value in USED.items() if name in expr][-1]
        return [Sample({**number, **({"container": "app"} if "by (container)" in expr else {})}, value)]

    def answer(expr: str, at: datetime) -> Answer:
        if "container_" not in expr and "kube_" not in expr:
            return world.spending.answer(expr, at)
        members = _MEMBER.findall(expr)
        asked = [(inner, {"autonomic_question": number}) for inner, number in members] or [(expr, {})]
        return Vector(tuple(row for inner, number in asked for row in rows(inner, number)))

    return MemoryMetrics(answer)


async def dress(world: Shop) -> None:
    """The agent asks for two CPUs, and its owner lets that be changed."""
    container = {"name": "app", "resources": {"requests": {"cpu": "2"}}}
    body = {
        "metadata": {"annotations": {MOST_ANNOTATIONS["Cpu"]: "4"}},
        "spec": {"template": {"spec": {"containers": [container]}}},
    }
    await world.cluster.patch(DEPLOYMENT, body)
    await world.cluster.create(loop_raw("Rightsizing"))
    world.metrics = usage(world)


async def test_a_request_that_was_never_used_is_halved_and_stays_so() -> None:
    wish = {"cpuHour": "0.04", "gibHour": "0.005"}
    async with shop(tasks="0.01", rightsizing=wish) as world:
        await dress(world)
        world.start()
        plan = await world.reaches("Succeeded")
        assert "the CPU request of container app is 2, never more than 500m were used in 14d" in plan.spec.justification
        (container,) = (await world.cluster.get(DEPLOYMENT))["spec"]["template"]["spec"]["containers"]
        assert container["resources"]["requests"] == {"cpu": "1"}
        await world.passes(600)
        assert await world.named(back=True) == [], message(plan)
        assert not stands(plan, world.layer.store.view(world.clock.now()))


@pytest.mark.parametrize("mode", ["Observe", "Propose"])
async def test_the_mode_of_the_budget_holds_for_what_is_never_used_too(mode: str) -> None:
    wish = {"cpuHour": "0.04", "gibHour": "0.005"}
    async with shop(tasks="0.01", rightsizing=wish, mode=mode) as world:
        await dress(world)
        world.start()
        await world.passes(300)
        phases = [each.status.phase for each in await world.plans()]
        assert phases == ([] if mode == "Observe" else ["AwaitingApproval"])
