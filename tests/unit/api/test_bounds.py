"""Who floods the API finds their own bounds; others do not notice."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import httpx
import pytest
from fastapi import HTTPException

from autonomic.api.app import build
from autonomic.api.bounds import Bounds, Rates
from autonomic.api.lane import EACH, Lane
from autonomic.api.sources import Health, LayerView
from autonomic.api.turnstile import Turnstile
from autonomic.ports.access import Caller
from tests.unit.api.conftest import ALICE, DAVE, FailingAccess, World, page

PLANS = "/autonomic/plans"
FEW = Rates(asking=1, asking_burst=3, tasks=1, tasks_burst=5, tries=1, tries_burst=2)


def worker(name: str, namespace: str = "evil") -> Caller:
    """A service account."""
    return Caller(f"system:serviceaccount:{namespace}:{name}", "", ())


class Counting(FailingAccess):
    """Counts how often the cluster is asked who is behind a token."""

    asked = 0

    async def who(self, token: str) -> Caller | None:
        """The caller."""
        self.asked += 1
        return await super().who(token)


@pytest.fixture
def access() -> Counting:
    """Alice may see plans everywhere, Dave in `shop`."""
    grants = [(ALICE.name, "list", "adaptationplans", None), (DAVE.name, "list", "adaptationplans", "shop")]
    return Counting({"alices": ALICE, "daves": DAVE}, grants)


Client = Callable[[str], httpx.AsyncClient]


@pytest.fixture
async def at(world: World) -> AsyncIterator[Client]:
    """A client at that address, of an API with few of everything."""
    layer = LayerView(world.view, world.status, world.judged_at, world.account, _no_pause)
    app = build(layer, world.access, Health(lambda: None, page), bounds=Bounds(world.clock.monotonic, FEW))
    opened: list[httpx.AsyncClient] = []

    def client(address: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app, client=(address, 1))
        opened.append(httpx.AsyncClient(transport=transport, base_url="http://operator"))
        return opened[-1]

    yield client
    for each in opened:
        await each.aclose()


async def _no_pause() -> None:
    """Nothing else wants to turn."""


async def ask(client: httpx.AsyncClient, token: str) -> httpx.Response:
    """For plans of `shop`."""
    return await client.get(PLANS, params={"namespace": "shop"}, headers={"Authorization": f"Bearer {token}"})


async def test_a_caller_without_a_pause_is_told_when_to_come_again_and_another_is_answered(
    world: World, at: Client
) -> None:
    client = at("10.0.0.1")
    assert [(await ask(client, "daves")).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = await ask(client, "daves")
    assert (refused.headers["retry-after"], refused.headers["content-type"]) == ("1", "application/problem+json")
    assert "send slower" in refused.json()["detail"]
    assert (await ask(client, "alices")).status_code == 200
    await world.clock.advance(1)
    assert (await ask(client, "daves")).status_code == 200


async def test_a_flood_of_invented_tokens_costs_the_cluster_little_and_hinders_nobody_known(
    access: Counting, at: Client
) -> None:
    client = at("10.0.0.1")
    assert (await ask(client, "daves")).status_code == 200
    before = access.asked
    statuses = [(await ask(client, f"invented-{each}")).status_code for each in range(50)]
    assert (statuses[0], set(statuses[1:])) == (401, {429})
    assert access.asked - before == 1
    assert (await ask(client, "daves")).status_code == 200
    assert (await ask(at("10.0.0.2"), "alices")).status_code == 200


async def test_tokens_of_one_address_are_looked_at_a_few_at_a_time() -> None:
    bounds = Bounds(lambda: 0.0, replace(FEW, tries_burst=10, tries_under_way=1))
    with bounds.trying("10.0.0.1", "a"):
        with pytest.raises(HTTPException) as refused, bounds.trying("10.0.0.1", "b"):
            pass
        assert refused.value.status_code == 429
        with (
            bounds.trying("10.0.0.2", "c"),
            bounds.trying("10.0.0.3", "d"),
            bounds.trying("10.0.0.4", "e"),
            pytest.raises(HTTPException, match="too many tokens"),
            bounds.trying("10.0.0.5", "f"),
        ):
            pass
    with bounds.trying("10.0.0.1", "b"):
        pass


def test_a_higher_rate_lets_more_come_at_once_too_and_decisions_have_a_rate_of_their_own() -> None:
    bounds, agent = Bounds(lambda: 0.0, Rates.of(asking=2, tasks=3, tries=1)), worker("agent")
    for _ in range(15):
        bounds.task(agent)
    with pytest.raises(HTTPException, match="too many decisions and outcomes"):
        bounds.task(agent)
    for _ in range(8):
        bounds.ask(agent)
    with pytest.raises(HTTPException, match="too many requests"):
        bounds.ask(agent)


def test_the_service_accounts_of_one_namespace_have_one_rate() -> None:
    bounds = Bounds(lambda: 0.0, FEW)
    for name in "abc":
        bounds.ask(worker(name))
    with pytest.raises(HTTPException, match="system:serviceaccount:evil: send slower"):
        bounds.ask(worker("d"))
    bounds.ask(worker("a", "shop"))


def test_the_service_accounts_of_one_namespace_never_have_all_of_the_room() -> None:
    gate = Turnstile("streams", 1, 64)
    entered = [gate.passed(worker(name)) for name in "abcd"]
    for each in entered:
        each.__enter__()
    with pytest.raises(HTTPException, match="system:serviceaccount:evil has too many"), gate.passed(worker("e")):
        pass
    with gate.passed(worker("a", "shop")):
        pass


async def test_a_caller_has_only_so_many_pages_waiting() -> None:
    lane = Lane()
    waiting = [lane._waiting.passed(DAVE) for _ in range(EACH)]
    for each in waiting:
        each.__enter__()
    with pytest.raises(HTTPException, match="8 pages under way"):
        async with lane.of(DAVE):
            pass
    async with lane.of(ALICE):
        pass
