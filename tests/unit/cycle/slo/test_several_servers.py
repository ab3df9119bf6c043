"""Objectives that ask different servers: each is counted by its own, and a server's trouble is nobody else's."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from autonomic.cycle.health.past import rows_at
from autonomic.cycle.reporting import Reporter
from autonomic.cycle.slo.accounting import account, judged_alone, status_of
from autonomic.cycle.slo.engines import SloEngines
from autonomic.domain.budgets import Assessment, ErrorBudget
from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import Unavailable
from autonomic.domain.findings import Report
from autonomic.domain.meta import condition
from autonomic.domain.readings import Abilities
from autonomic.domain.resource import Resource
from autonomic.domain.view import View
from tests.unit.cycle.several_servers import with_eu
from tests.unit.cycle.slo.shop import MINUTE, Shop, promise
from tests.unit.cycle.slo.test_turn import Fleet
from tests.unit.domain.specimens import contract, contract_raw, namespace

NAMES = ("default", "eu")


def asking(server: str | None, name: str = "success", **more: Any) -> dict[str, Any]:
    """An objective that asks that server."""
    made = promise(name=name, **more)
    return {**made, "indicator": {**made["indicator"], **({"server": server} if server else {})}}


class Shops:
    """Two shops, each with a server of its own."""

    def __init__(self, *contracts: SLAContract, bad: int = 0) -> None:
        self.near, self.far = Shop(), Shop(past=0)
        self.far.now = self.near.now - 1000 * MINUTE
        self.far.runs(1000, good=100 - bad, bad=bad)
        self.metrics, self.eu = with_eu(self.near.metrics, self.far.metrics)
        self.engines = SloEngines(self.metrics)
        self.contracts = {each.key: each for each in contracts}

    def view(self) -> View:
        """What the engines are turned with."""
        return View(self.near.now, self.contracts, namespaces={"shop": namespace()}, servers=NAMES)

    async def judged(self) -> dict[str, Assessment]:
        """What is known of each objective, once every server was asked."""
        await self.engines.turn_all(self.view())
        return {each.objective: each for key in self.contracts for each in self.engines.assessments(key)}


def both() -> SLAContract:
    return contract(objectives=[asking(None, "near"), asking("eu", "far")])


async def test_each_objective_is_counted_by_the_server_that_it_names() -> None:
    shops = Shops(both(), bad=1)
    found = await shops.judged()
    assert {name: seen.budget.count.bad for name, seen in found.items() if isinstance(seen.budget, ErrorBudget)} == {
        "near": 0,
        "far": 999,
    }
    assert shops.near.metrics.asked
    assert shops.far.metrics.asked


async def test_a_silent_server_makes_only_what_asks_it_unknown() -> None:
    shops = Shops(both())
    shops.far.metrics.failure = Unavailable("eu is down")
    found = await shops.judged()
    assert found["near"].unknown is None
    assert found["far"].unknown is not None
    assert (found["far"].unknown.reason, found["far"].unknown.message) == ("MetricsUnavailable", "eu is down")


async def test_what_one_server_can_not_count_exactly_another_may() -> None:
    shops = Shops(both())
    shops.far.metrics.can = Abilities(anchored=False)
    found = await shops.judged()
    assert (found["near"].exact, found["far"].exact) == (True, False)


async def test_servers_are_asked_side_by_side_and_one_that_hangs_keeps_no_other_waiting() -> None:
    shops = Shops(both())
    with shops.eu.stuck():
        hanging = asyncio.create_task(shops.engines.turn("eu", shops.view()))
        await shops.engines.turn("default", shops.view())
        assert not hanging.done()
        (near,) = shops.engines.assessments("shop/agent")
        assert (near.objective, near.unknown) == ("near", None)
        assert not shops.engines.judges(both())
    await hanging
    assert shops.engines.judges(both())


async def test_what_a_turn_has_seen_is_not_taken_for_told_when_another_servers_turn_tells_of_the_contract() -> None:
    shops = Shops(both())
    await shops.judged()
    assert shops.engines.take_news("shop/agent") == {"default", "eu"}
    shops.near.runs(1)
    with shops.eu.stuck():
        hanging = asyncio.create_task(shops.engines.turn("eu", shops.view()))
        await shops.engines.turn("default", shops.view())
        shops.engines.each["eu"].changed.add("shop/agent")  # it has judged, and asks for something else still
        assert shops.engines.take_news("shop/agent") == frozenset()
    await hanging
    assert shops.engines.changed == {"shop/agent"}
    assert shops.engines.take_news("shop/agent") == {"eu"}
    assert shops.engines.changed == set()
    shops.engines.give_back("shop/agent", {"eu"})
    assert shops.engines.changed == {"shop/agent"}


async def test_a_composite_whose_parts_ask_several_servers_is_refused_with_the_way_out() -> None:
    mixed = {"name": "whole", "indicator": {"composite": [{"objective": "near"}, {"objective": "far"}]}}
    shops = Shops(contract(objectives=[asking(None, "near"), asking("eu", "far"), {**promise(), **mixed}]))
    await shops.judged()
    assert "far asks the server 'eu' and this objective 'default'" in (shops.engines.invalid("shop/agent") or "")


async def test_a_composite_is_mixed_by_the_one_server_that_its_parts_ask() -> None:
    mixed = {"name": "whole", "indicator": {"composite": [{"objective": "far"}], "server": "eu"}}
    shops = Shops(contract(objectives=[asking("eu", "far"), {**promise(), **mixed}]), bad=1)
    found = await shops.judged()
    assert found["whole"].unknown is None
    assert not shops.near.metrics.asked


async def test_an_account_of_two_servers_is_told_while_one_of_them_answers() -> None:
    shops, one = Shops(both()), both()
    shops.far.metrics.failure = Unavailable("eu is down")
    engines = await judged_alone(shops.metrics, one, shops.view())
    now = shops.near.now
    told = {each.name: each for each in (await account(engines, one, status_of(engines, one, now), now)).objectives}
    assert told["near"].burn_down is not None
    assert told["far"].unknown is not None
    assert told["far"].unknown.reason == "MetricsUnavailable"
    shops.near.metrics.failure = Unavailable("this one too")
    engines = await judged_alone(shops.metrics, one, shops.view())
    with pytest.raises(Unavailable):
        await account(engines, one, status_of(engines, one, now), now)


class TwoServers(Fleet):
    """Contracts in a cluster, judged by two servers; `stuck` has the second one hang."""

    def __init__(self, *contracts: dict[str, Any]) -> None:
        super().__init__(*contracts, servers=NAMES)
        self.far = Shop()
        metrics, self.eu = with_eu(self.shop.metrics, self.far.metrics)
        self.turn.engines = SloEngines(metrics)


async def test_a_server_that_nobody_named_is_told_on_the_contract_with_the_names_that_there_are() -> None:
    fleet = await TwoServers(contract_raw(objectives=[asking(None, "near"), asking("mars", "far")])).begin()
    ready = condition((await fleet.status()).conditions, "Ready")
    assert ready is not None
    assert (ready.status, ready.reason) == ("False", "UnknownServer")
    assert ready.message.startswith("objectives.far.indicator.server is 'mars': no metrics server has that name")
    assert "the operator knows default, eu" in ready.message
    assert fleet.turn.engines.promise("shop/agent", "near", "") is None


async def test_news_that_come_while_a_report_is_written_are_told_by_the_next() -> None:
    fleet = TwoServers(contract_raw(objectives=[asking(None, "near"), asking("eu", "far")]))
    engines, reporter = fleet.turn.engines, fleet.turn.reporter

    class Meanwhile(Reporter):
        async def write(self, report: Report, before: Resource) -> bool:
            """As any, while the turn of the second server ends."""
            engines.each["eu"].changed.add("shop/agent")
            return await super().write(report, before)

    fleet.turn.reporter = Meanwhile(reporter.ports, reporter.store)
    await fleet.begin()
    assert engines.changed == {"shop/agent"}


async def test_a_contract_is_told_as_soon_as_its_own_servers_are_judged_while_another_hangs() -> None:
    near, far = contract_raw("near", objectives=[asking(None)]), contract_raw("far", objectives=[asking("eu")])
    fleet = TwoServers(near, far)
    with fleet.eu.stuck():
        await fleet.begin()
        hanging = asyncio.create_task(fleet.turn.turn("eu"))
        assert (await fleet.status("near")).objectives[0].alert == "None"
        await fleet.minutes(20, good=50, bad=50)
        assert (await fleet.status("near")).objectives[0].alert in ("Breach", "Exhausted")
        assert (await fleet.status("far")).objectives == ()
        assert not hanging.done()
    await hanging
    assert (await fleet.status("far")).objectives[0].alert != "Unknown"


async def test_what_burns_by_two_servers_is_seen_by_the_loops_together() -> None:
    fleet = TwoServers(contract_raw(objectives=[asking(None, "near"), asking("eu", "far")]))
    await fleet.begin()
    for _ in range(20):
        await fleet.clock.advance(60)
        fleet.shop.runs(1, good=50, bad=50)
        fleet.far.runs(1, good=50, bad=50)
        for server in NAMES:
            await fleet.turn.turn(server)
    assert {each.objective for each in fleet.store.assessments["shop/agent"]} == {"near", "far"}
    assert fleet.clock.now() - fleet.shop.now < timedelta(minutes=1)


async def test_health_of_a_past_moment_is_told_by_the_servers_that_answer() -> None:
    shops, one = Shops(both()), both()
    shops.far.metrics.failure = Unavailable("eu is down")
    rows = await rows_at(shops.metrics, {one.key: one}, shops.view(), shops.near.now - 60 * MINUTE)
    (agent,) = [each for each in rows if each.key.kind == "Agent"]
    told = agent.tell()
    assert told is not None
    assert "1 of 2 objectives" in [issue.about for issue in told.issues]
    shops.near.metrics.failure = Unavailable("this one too")
    with pytest.raises(Unavailable):
        await rows_at(shops.metrics, {one.key: one}, shops.view(), shops.near.now - 60 * MINUTE)
