"""`GET /autonomic/cost`: budgets and savings, in pages, to those who may see them."""

import httpx
import pytest

from tests.unit.api.conftest import World
from tests.unit.cost.saving_plans import finished, plan
from tests.unit.domain.cost_specimens import budget

COST = "/autonomic/cost"


async def test_budgets_are_shown_with_what_their_plans_saved(world: World, alice: httpx.AsyncClient) -> None:
    world.budgets = [budget(status={"spent": "92%", "exhaustsAt": "2025-01-01T18:00:00Z"})]
    world.plans = [plan("cheaper", finished("Succeeded", "9.1"))]
    answer = (await alice.get(COST)).json()
    assert answer["total"] == 1
    (one,) = answer["items"]
    assert (one["budget"], one["spent"], one["exhaustsAt"]) == ("team", "92%", "2025-01-01T18:00:00Z")
    assert one["realised"] == {"plans": 1, "daily": "9.10 USD", "unknown": 0}


async def test_pages_follow_each_other_until_there_is_no_more(world: World, alice: httpx.AsyncClient) -> None:
    world.budgets = [budget(name) for name in "cab"]
    answer = (await alice.get(COST, params={"limit": 2})).json()
    assert ([each["budget"] for each in answer["items"]], answer["total"]) == (["a", "b"], 3)
    answer = (await alice.get(COST, params={"limit": 2, "continue": answer["continue"]})).json()
    assert ([each["budget"] for each in answer["items"]], answer["total"], answer["continue"]) == (["c"], 3, None)


async def test_another_namespace_is_not_shown(world: World, alice: httpx.AsyncClient) -> None:
    world.budgets = [budget()]
    assert (await alice.get(COST, params={"namespace": "lab"})).json() == {"items": [], "total": 0, "continue": None}


async def test_who_may_not_list_budgets_everywhere_is_refused_there(world: World, http: httpx.AsyncClient) -> None:
    assert (await http.get(COST)).status_code == 401
    http.headers["Authorization"] = "Bearer daves"
    assert (await http.get(COST, params={"namespace": "shop"})).status_code == 200
    answer = await http.get(COST)
    assert answer.status_code == 403
    assert "may not list costbudgets in every namespace" in answer.json()["detail"]


async def test_savings_are_for_those_who_may_list_plans(world: World, http: httpx.AsyncClient) -> None:
    http.headers["Authorization"] = "Bearer erins"
    answer = await http.get(COST, params={"namespace": "shop"})
    assert answer.status_code == 403
    assert "may not list adaptationplans" in answer.json()["detail"]


@pytest.mark.parametrize("limit", [0, 1001, "many"])
async def test_a_limit_that_is_none_is_refused_by_its_name(alice: httpx.AsyncClient, limit: object) -> None:
    answer = await alice.get(COST, params={"limit": str(limit)})
    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (422, ["query.limit"])
