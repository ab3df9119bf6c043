"""What `GET /autonomic/slo` says."""

from datetime import timedelta

import httpx

from tests.unit.api.conftest import World
from tests.unit.api.contracts import NOON, contract, judged, turn


async def test_an_objective_is_shown_with_all_its_figures(world: World, alice: httpx.AsyncClient) -> None:
    triage = contract("shop")
    world.know(triage)
    world.turns["reliability"] = turn((triage, judged()))
    assert (await alice.get("/autonomic/slo")).json() == {
        "items": [
            {
                "contract": "triage",
                "namespace": "shop",
                "objective": "success",
                "target": "99.5",
                "sli": "99.708%",
                "budgetRemaining": "41.7%",
                "burnRates": [{"window": "5m", "rate": "15.2"}],
                "alert": "Breach",
                "since": "2026-11-22T12:00:00Z",
                "incident": None,
                "exactness": "Exact",
                "evaluatedAt": "2026-11-22T12:00:00Z",
            }
        ],
        "total": 1,
    }


async def test_a_standby_shows_what_the_status_says(world: World, alice: httpx.AsyncClient) -> None:
    world.know(contract("shop", status=judged(alert="Warning")))
    (item,) = (await alice.get("/autonomic/slo")).json()["items"]
    assert (item["alert"], item["evaluatedAt"]) == ("Warning", None)


async def test_the_last_turn_counts_more_than_the_stored_status(world: World, alice: httpx.AsyncClient) -> None:
    triage = contract("shop", status=judged(alert="Warning"))
    world.know(triage)
    world.turns["reliability"] = turn((triage, judged(alert="Exhausted")))
    (item,) = (await alice.get("/autonomic/slo")).json()["items"]
    assert item["alert"] == "Exhausted"


async def test_of_two_loops_that_judge_one_contract_the_newer_turn_counts(
    world: World, alice: httpx.AsyncClient
) -> None:
    triage = contract("shop")
    world.know(triage)
    world.turns["a"] = turn((triage, judged(alert="Breach")), loop="a", at=NOON + timedelta(seconds=1))
    world.turns["b"] = turn((triage, judged(alert="Warning")), loop="b")
    (item,) = (await alice.get("/autonomic/slo")).json()["items"]
    assert item["alert"] == "Breach"


async def test_an_objective_that_nobody_judged_is_unknown(world: World, alice: httpx.AsyncClient) -> None:
    world.know(contract("shop"))
    (item,) = (await alice.get("/autonomic/slo")).json()["items"]
    assert (item["sli"], item["budgetRemaining"], item["alert"]) == ("Unknown", "Unknown", "Unknown")


async def test_a_contract_that_could_not_be_judged_does_not_show_its_old_figures(
    world: World, alice: httpx.AsyncClient
) -> None:
    triage = contract("shop", status=judged(alert="None"))
    world.know(triage)
    world.turns["reliability"] = turn((triage, {}))
    (item,) = (await alice.get("/autonomic/slo")).json()["items"]
    assert item["alert"] == "Unknown"


async def test_only_the_namespace_that_was_asked_for_is_shown(world: World, alice: httpx.AsyncClient) -> None:
    world.know(contract("shop"), contract("bank"))
    answer = (await alice.get("/autonomic/slo", params={"namespace": "bank"})).json()
    assert [item["namespace"] for item in answer["items"]] == ["bank"]
    assert answer["total"] == 1


async def test_a_limit_cuts_the_items_and_total_still_says_how_many_there_are(
    world: World, alice: httpx.AsyncClient
) -> None:
    world.know(*(contract("shop", name) for name in ("c", "a", "b")))
    answer = (await alice.get("/autonomic/slo", params={"limit": 2})).json()
    assert [item["contract"] for item in answer["items"]] == ["a", "b"]
    assert answer["total"] == 3
