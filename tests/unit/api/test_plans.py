"""`GET /autonomic/plans`: plans in short, by what one looks for; and one plan as the cluster has it."""

from typing import Any

import httpx
import pytest

from autonomic.domain.plans import AdaptationPlan
from tests.unit.api.conftest import World
from tests.unit.domain.specimens import condition, meta, plan_spec

PLANS = "/autonomic/plans"


def plan(name: str, namespace: str = "shop", status: dict[str, Any] | None = None, **spec: Any) -> AdaptationPlan:
    """A plan that scales the agent."""
    body = {"metadata": meta(name, namespace), "spec": plan_spec(**spec).wire(), "status": status or {}}
    return AdaptationPlan.read(body)


def healing(name: str) -> AdaptationPlan:
    """A plan of another loop, for another target, that is judged by its rollout."""
    asked = {"playbook": "crashes", "trigger": "errors", "value": "0.1", "since": "2025-01-01T11:55:00Z"}
    pinned = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": "uid-web"}
    judged = {"type": "Rollout", "settle": "1m", "within": "15m", "rollout": {"progress": "5m"}}
    return plan(
        name,
        controlLoop="healing",
        trigger={"type": "Signal", "signal": asked},
        actions=[{"type": "Restart", "targetRef": pinned, "restart": {"at": "2025-01-01T12:00:00Z"}}],
        verification=judged,
    )


async def test_a_plan_is_shown_with_what_a_reviewer_looks_for(world: World, alice: httpx.AsyncClient) -> None:
    said = {"verdict": "RequireApproval", "reasons": ["tier Gold"], "at": "2025-01-01T12:00:00Z"}
    world.plans = [plan("one", status={"phase": "AwaitingApproval", "governance": said})]
    answer = (await alice.get(PLANS)).json()
    (one,) = answer["items"]
    assert (one["namespace"], one["name"], one["phase"]) == ("shop", "one", "AwaitingApproval")
    assert (one["loop"], one["contract"], one["verdict"], one["reasons"]) == (
        "reliability", "agent", "RequireApproval", ["tier Gold"],
    )  # fmt: skip
    assert one["actions"] == [{"type": "Scale", "target": "Deployment agent"}]
    assert one["digest"].startswith("sha256:")
    assert (one["outcome"], answer["total"], answer["continue"]) == (None, 1, None)


async def test_how_a_plan_ended_is_said(world: World, alice: httpx.AsyncClient) -> None:
    ended = {"phase": "Succeeded", "conditions": [condition("Finished", "True", "Succeeded")]}
    world.plans = [plan("one", status=ended)]
    assert (await alice.get(PLANS)).json()["items"][0]["outcome"] == "Succeeded"


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"namespace": "shop"}, ["heals", "waits"]),
        ({"phase": "AwaitingApproval"}, ["waits"]),
        ({"loop": "healing"}, ["heals"]),
        ({"contract": "agent"}, ["far", "waits"]),
        ({"target": "web"}, ["heals"]),
        ({"namespace": "lab", "loop": "healing"}, []),
    ],
)
async def test_filters_narrow_what_is_shown(
    world: World, alice: httpx.AsyncClient, asked: dict[str, str], names: list[str]
) -> None:
    world.plans = [plan("waits", status={"phase": "AwaitingApproval"}), healing("heals"), plan("far", "lab")]
    assert [each["name"] for each in (await alice.get(PLANS, params=asked)).json()["items"]] == names


async def test_pages_hold_every_plan_once_though_plans_come_and_go_between_them(
    world: World, alice: httpx.AsyncClient
) -> None:
    world.plans = [plan(name) for name in "dbeac"]
    first = (await alice.get(PLANS, params={"limit": 2})).json()
    world.plans = [each for each in world.plans if each.metadata.name != "b"]
    second = (await alice.get(PLANS, params={"limit": 2, "continue": first["continue"]})).json()
    third = (await alice.get(PLANS, params={"limit": 2, "continue": second["continue"]})).json()
    shown = [each["name"] for answer in (first, second, third) for each in answer["items"]]
    assert shown == ["a", "b", "c", "d", "e"]
    assert (first["total"], second["total"], third["continue"]) == (5, 4, None)


@pytest.mark.parametrize("token", ["", "!", "YQ", "WzFd", "e30", "\u00e9", "W1tbW1tbW1tbW1s"])
async def test_a_token_that_no_page_gave_is_refused_with_the_way_out(alice: httpx.AsyncClient, token: str) -> None:
    answer = await alice.get(PLANS, params={"continue": token})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "query.continue"
    assert "the page before" in answer.json()["detail"]


async def test_one_plan_is_shown_as_the_cluster_has_it(world: World, alice: httpx.AsyncClient) -> None:
    world.plans = [plan("one")]
    answer = await alice.get(f"{PLANS}/shop/one")
    assert answer.status_code == 200
    assert answer.json()["spec"] == world.plans[0].spec.wire()


async def test_a_plan_that_is_not_there_is_said_to_who_may_see_it(alice: httpx.AsyncClient) -> None:
    answer = await alice.get(f"{PLANS}/shop/none")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "there is no AdaptationPlan none in namespace shop"


async def test_names_can_not_be_guessed_by_who_may_not_see_plans_there(world: World, http: httpx.AsyncClient) -> None:
    world.plans = [plan("secret", "bank")]
    http.headers["Authorization"] = "Bearer daves"
    there = await http.get(f"{PLANS}/bank/secret")
    nowhere = await http.get(f"{PLANS}/bank/none")
    assert (there.status_code, nowhere.status_code) == (403, 403)
    assert there.content == nowhere.content
    assert (await http.get(PLANS)).status_code == 403
    assert (await http.get(PLANS, params={"namespace": "shop"})).json()["total"] == 0
