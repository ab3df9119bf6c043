"""`/autonomic/routes` over a route in memory: who may, what is answered, and what is refused with which problem."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from autonomic.adapters.telemetry.routes import route_metrics
from autonomic.api import Health, LayerView, Routing, build
from autonomic.cycle.routing.figures import figures_of
from autonomic.domain.contracts import SLAContract
from autonomic.ports.access import Caller
from autonomic.ports.memory.access import MemoryAccess
from autonomic.slo.account import ContractAccount
from tests.unit.api.conftest import page
from tests.unit.cycle.routing.scene import ROUTE, Scene, scene

AGENT = Caller("system:serviceaccount:shop:agent", "1", ())
DAVE = Caller("dave@example.com", "2", ())
DECIDE, OUTCOME = "/autonomic/routes/shop/triage:decide", "/autonomic/routes/shop/triage:outcome"
GRANTS = [(AGENT.name, "create", "decisions", "shop"), (AGENT.name, "create", "outcomes", "shop")]


@pytest.fixture
async def world() -> Scene:
    found = await scene()
    await found.turn()
    return found


@pytest.fixture
def closed() -> list[str]:
    """Why nothing is decided here: the first, where there is one."""
    return []


@pytest.fixture
async def http(world: Scene, closed: list[str]) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the token of a workload that may ask and tell."""

    async def no_account(_: SLAContract) -> ContractAccount:
        raise AssertionError("nobody asks for accounts here")

    layer = LayerView(
        view=lambda: world.store.view(world.clock.now()),
        judged=lambda _: None,
        judged_at=lambda: None,
        account=no_account,
        pause=lambda: asyncio.sleep(0),
    )
    access = MemoryAccess({"agents": AGENT, "daves": DAVE}, [*GRANTS, (DAVE.name, "list", "adaptiveroutes", "shop")])
    routing = Routing(world.service, lambda: closed[0] if closed else None)
    app = build(layer, access, Health(lambda: None, page), routing=routing)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": "Bearer agents"}
    async with httpx.AsyncClient(transport=transport, base_url="http://operator", headers=headers) as client:
        yield client


async def decided(http: httpx.AsyncClient, **body: Any) -> httpx.Response:
    return await http.post(DECIDE, json={"taskType": "triage", **body})


async def test_a_task_is_decided_and_told_of(http: httpx.AsyncClient, world: Scene) -> None:
    made = (await decided(http)).json()
    assert made["candidate"] == "sonnet"
    assert made["propensity"] == 1.0
    assert made["explored"] is False
    told = {"decisionId": made["decisionId"], "success": True, "latency": 1.5, "cost": 0.01, "jsonValid": True}
    answer = await http.post(OUTCOME, json=told)
    assert (answer.status_code, answer.json()) == (200, {"learnt": True})
    (figures,) = figures_of(world.service)
    assert figures.outcomes == {("triage", "sonnet", "success"): 1}


async def test_who_may_not_ask_is_refused_by_name(http: httpx.AsyncClient) -> None:
    http.headers["Authorization"] = "Bearer daves"
    answer = await decided(http)
    assert answer.status_code == 403
    assert answer.json()["detail"] == "dave@example.com may not create decisions in namespace shop"
    http.headers["Authorization"] = "Bearer nobodys"
    assert (await decided(http)).status_code == 401
    del http.headers["Authorization"]
    assert (await decided(http)).status_code == 401


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("/autonomic/routes/shop/other:decide", {"taskType": "triage"}, 404, "no AdaptiveRoute shop/other"),
        (DECIDE, {"taskType": "poetry"}, 422, "'poetry'"),
        (DECIDE, {}, 422, "taskType"),
        (DECIDE, {"taskType": "triage", "wish": 1}, 422, "wish"),
        (DECIDE, {"taskType": "triage", "constraints": {"minSuccess": "2"}}, 422, "constraints.minSuccess"),
        (DECIDE, {"taskType": "triage", "constraints": {"labels": {"region": "eu"}}}, 409, "region"),
        (OUTCOME, {"decisionId": "m-1-1", "success": True}, 404, "m-1-1"),
        (OUTCOME, {"decisionId": "m-1-1"}, 422, "success"),
        (OUTCOME, {"decisionId": "m-1-1", "success": "yes"}, 422, "success"),
        ("/autonomic/routes/shop/triage:undo", {}, 404, ":decide or :outcome"),
    ],
)
async def test_what_can_not_be_answered_is_a_problem_with_a_reason(
    http: httpx.AsyncClient, path: str, body: dict[str, Any], status: int, said: str
) -> None:
    answer = await http.post(path, json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.text


async def test_an_outcome_twice_is_a_conflict_and_an_absurd_one_leaves_the_decision_open(
    http: httpx.AsyncClient,
) -> None:
    told = {"decisionId": (await decided(http)).json()["decisionId"], "success": True}
    assert (await http.post(OUTCOME, json={**told, "latency": -1})).status_code == 422
    assert (await http.post(OUTCOME, json=told)).status_code == 200
    assert (await http.post(OUTCOME, json=told)).status_code == 409


@pytest.mark.parametrize(("content", "status"), [(b"{", 400), (b"\xff", 400), (b"[]", 422)])
async def test_a_body_that_is_no_json_of_ours_is_refused(http: httpx.AsyncClient, content: bytes, status: int) -> None:
    answer = await http.post(DECIDE, content=content, headers={"content-type": "application/json"})
    assert answer.status_code == status


async def test_a_standby_sends_to_who_acts(http: httpx.AsyncClient, closed: list[str]) -> None:
    closed.append("this replica stands by")
    answer = await decided(http)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"


async def test_the_list_says_what_is_published_and_why(http: httpx.AsyncClient) -> None:
    http.headers["Authorization"] = "Bearer daves"
    assert (await http.get("/autonomic/routes")).status_code == 403
    (item,) = (await http.get("/autonomic/routes", params={"namespace": "shop"})).json()["items"]
    assert (item["name"], item["approved"], item["baseline"]) == ("triage", True, "sonnet")
    assert {each["type"]: each["reason"] for each in item["conditions"]}["Exploring"] == "NoOutcomes"
    assert [each["published"] for each in item["weights"]] == [1000, 0]


async def test_the_list_says_what_the_policy_would_have_earned(http: httpx.AsyncClient, world: Scene) -> None:
    http.headers["Authorization"] = "Bearer daves"
    await world.cluster.patch_as("kubectl", ROUTE, {"spec": {"mode": "Observe"}})
    await world.turn()
    world.tell(200, lambda _: True)
    for _ in range(2):
        await world.turn(301)
        world.tell(10, lambda _: True)
    (item,) = (await http.get("/autonomic/routes", params={"namespace": "shop"})).json()["items"]
    assert [(each["taskType"], each["earned"]) for each in item["estimates"]] == [("triage", "1.000")]


async def test_the_addresses_are_documented(http: httpx.AsyncClient) -> None:
    paths = (await http.get("/openapi.json")).json()["paths"]
    documented = {path for path in paths if "routes" in path}
    below = "/autonomic/routes/{namespace}/{name}"
    assert documented == {"/autonomic/routes", f"{below}:decide", f"{below}:outcome"}


async def test_decisions_and_outcomes_are_counted(http: httpx.AsyncClient, world: Scene) -> None:
    made = (await decided(http)).json()
    await http.post(OUTCOME, json={"decisionId": made["decisionId"], "success": False})
    await decided(http)
    told = {
        (each.name, *each.labels.values()): each.value
        for family in route_metrics(figures_of(world.service))
        for each in family.samples
    }
    own = ("shop", "triage")
    assert told["autonomic_route_outcomes_total", *own, "triage", "sonnet", "failure"] == 1
    assert told["autonomic_route_decisions_total", *own, "triage", "sonnet", "false"] == 2
    assert told["autonomic_route_weight", *own, "triage", "sonnet"] == 1000
    assert told["autonomic_route_awaited", *own] == 1


async def test_a_parameter_that_nothing_reads_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.post(f"{DECIDE}?dryRun=true", json={"taskType": "triage"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "query.dryRun")
