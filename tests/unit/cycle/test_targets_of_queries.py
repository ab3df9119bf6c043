"""Queries that name targets: each series its own incident, its own plan, its own verification."""

from datetime import datetime
from typing import Any

import pytest

from autonomic.cycle.asking import SEVERAL
from autonomic.domain.readings import Sample
from autonomic.ports.memory.metrics import MemoryMetrics
from tests.unit.cycle.prometheus_model import PrometheusModel
from tests.unit.cycle.test_heeding import FAILED, NAMED, PLANNER, book, heal, said
from tests.unit.cycle.world import World
from tests.unit.domain.specimens import deployment

QUERY = {"name": "slow", "prometheus": {"selector": "lag", "perTarget": True}, "op": "GT", "value": "5", "for": "30s"}
ASKED = "max by (deployment) (min_over_time(lag[30s]) and lag and (lag offset 30s))"


class Lag(PrometheusModel):
    """How far each workload lags behind."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.lag: dict[str, str] = {}

    def _samples(self, expr: str, labels: dict[str, str], at: datetime) -> list[Sample]:
        if expr == "count by (deployment) (lag)":
            return [Sample(labels | {"deployment": name}, "1") for name in self.lag]
        if expr == ASKED:
            return [Sample(labels | {"deployment": name}, value) for name, value in self.lag.items()]
        one = [name for name in self.lag if expr == f'max(lag{{deployment="{name}"}})']
        return [Sample(labels, self.lag[one[0]])] if one else super()._samples(expr, labels, at)


class Place(World):
    """The world, with two workloads and what is known of each."""

    def __init__(self) -> None:
        super().__init__()
        self.model: Lag = Lag(self.clock.now())
        self.metrics = MemoryMetrics(self.model.answer)

    async def begin(self, **spec: Any) -> None:
        """Both workloads are there, and a playbook about them."""
        other = deployment(2)
        other["metadata"] |= {"name": "planner", "uid": "uid-planner"}
        await self.cluster.create(other)
        await self.cluster.patch_status(PLANNER, {"status": other["status"]})
        await heal(self, **{"triggers": [QUERY], "target": NAMED, **spec})

    async def acted_on(self) -> list[str]:
        """The targets of plans."""
        return sorted(plan.spec.actions[0].target_ref.name for plan in await self.plans())


async def test_each_series_that_is_ill_is_a_target_of_its_own() -> None:
    async with Place() as world:
        world.model.lag = {"agent": "9", "planner": "3"}
        await world.begin()
        assert await world.acted_on() == ["agent"]
        assert [each.target for each in (await book(world)).status.incidents] == ["agent"]
        world.model.lag["planner"] = "7"
        await world.passes(40)
        assert await world.acted_on() == ["agent", "planner"]
        world.model.lag = {"agent": "1", "planner": "1"}
        await world.passes(400)
        assert {plan.status.phase for plan in await world.plans()} == {"Succeeded"}
        assert (await book(world)).status.incidents == ()


async def test_one_that_stays_ill_is_judged_by_its_own_series() -> None:
    async with Place() as world:
        world.model.lag = {"agent": "9", "planner": "9"}
        await world.begin(actions=[{"type": "Scale", "scale": {"by": 1, "max": 3}}], cooldown="1h")
        world.model.lag["planner"] = "1"
        await world.passes(400)
        ends = {plan.spec.actions[0].target_ref.name: plan.status.phase for plan in await world.plans()}
        assert ends == {"agent": "RolledBack", "planner": "Succeeded"}


async def test_a_gap_in_the_data_neither_begins_nor_ends_an_incident() -> None:
    async with Place() as world:
        world.model.lag = {"agent": "9"}
        await world.begin(mode="Observe")
        world.model.down = True
        await world.passes(60)
        (incident,) = (await book(world)).status.incidents
        assert (incident.target, incident.triggered) == ("agent", "Unknown")
        available = next(each for each in (await book(world)).status.conditions if each.type == "DataAvailable")
        assert available.status == "False"


@pytest.mark.parametrize("down", [True, False], ids=["no answer", "no series"])
async def test_what_is_not_known_is_said_where_no_target_was_ever_named(down: bool) -> None:
    async with Place() as world:
        world.model.down = down
        await world.begin()
        known = {each.type: each.status for each in (await book(world)).status.conditions}
        assert (known["DataAvailable"], known["Triggered"]) == ("False", "Unknown")


async def test_more_series_than_are_looked_at_are_unknown_and_nothing_is_done() -> None:
    async with Place() as world:
        world.model.lag = {"agent": "9"} | {f"w{number}": "9" for number in range(SEVERAL)}
        await world.begin()
        assert await world.plans() == []
        triggered = next(each for each in (await book(world)).status.conditions if each.type == "Triggered")
        assert (triggered.status, triggered.reason) == ("Unknown", "TooManySeries")


async def test_a_value_that_can_name_no_object_names_none() -> None:
    async with Place() as world:
        world.model.lag = {"": "9", "../agent": "9", "agent": "NaN"}
        await world.begin()
        assert await world.plans() == []


async def test_a_query_and_a_signal_are_joined_by_the_target_that_both_name() -> None:
    async with Place() as world:
        world.model.lag = {"agent": "9", "planner": "3"}
        await world.begin(triggers=[QUERY, FAILED])
        assert await world.plans() == []
        world.layer.receive([said(world, 1, labels={"deployment": "planner"})])
        await world.passes(2)
        assert await world.plans() == []
        world.layer.receive([said(world, 2)])
        await world.passes(2)
        assert await world.acted_on() == ["agent"]
