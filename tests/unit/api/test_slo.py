"""What `GET /autonomic/slo` says."""

import httpx

from autonomic.domain.contracts import SLAContractStatus
from tests.unit.api.conftest import World
from tests.unit.api.contracts import contract, judged


async def test_an_objective_is_shown_with_all_its_figures(world: World, alice: httpx.AsyncClient) -> None:
    world.know(contract("shop"))
    world.judged["shop/triage"] = SLAContractStatus.model_validate(judged())
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
                "exhaustsAt": None,
                "history": "",
                "exactness": "Exact",
                "groups": [],
                "evaluatedAt": "2026-11-22T11:59:00Z",
            }
        ],
        "total": 1,
        "continue": None,
    }


async def test_a_standby_shows_what_the_status_says(world: World, alice: httpx.AsyncClient) -> None:
    world.know(contract("shop", status=judged(alert="Warning")))
    (item,) = (await alice.get("/autonomic/slo")).json()["items"]
    assert (item["alert"], item["evaluatedAt"]) == ("Warning", None)


async def test_what_this_replica_knows_counts_more_than_the_stored_status(
    world: World, alice: httpx.AsyncClient
) -> None:
    world.know(contract("shop", status=judged(alert="Warning")))
    world.judged["shop/triage"] = SLAContractStatus.model_validate(judged(alert="Exhausted"))
    (item,) = (await alice.get("/autonomic/slo")).json()["items"]
    assert item["alert"] == "Exhausted"


async def test_the_groups_of_an_objective_are_shown_with_the_worst_of_them(
    world: World, alice: httpx.AsyncClient
) -> None:
    world.know(contract("shop"))
    status = judged()
    bad, well = {"sli": "98.000%", "budgetRemaining": "-300.0%"}, {"sli": "100.000%", "budgetRemaining": "100.0%"}
    status["objectives"][0]["groups"] = [
        {"group": "tenant=acme", "alert": "Exhausted", **bad},
        {"group": "tenant=zen", "alert": "None", **well},
    ]
    world.judged["shop/triage"] = SLAContractStatus.model_validate(status)
    (item,) = (await alice.get("/autonomic/slo")).json()["items"]
    assert [(each["group"], each["alert"]) for each in item["groups"]] == [
        ("tenant=acme", "Exhausted"),
        ("tenant=zen", "None"),
    ]


async def test_an_objective_that_nobody_judged_is_unknown(world: World, alice: httpx.AsyncClient) -> None:
    world.know(contract("shop"))
    (item,) = (await alice.get("/autonomic/slo")).json()["items"]
    assert (item["sli"], item["budgetRemaining"], item["alert"]) == ("Unknown", "Unknown", "Unknown")


async def test_a_contract_that_could_not_be_judged_does_not_show_its_old_figures(
    world: World, alice: httpx.AsyncClient
) -> None:
    world.know(contract("shop", status=judged(alert="None")))
    world.judged["shop/triage"] = SLAContractStatus()
    (item,) = (await alice.get("/autonomic/slo")).json()["items"]
    assert item["alert"] == "Unknown"


async def test_only_the_contracts_of_the_page_are_looked_at(world: World, alice: httpx.AsyncClient) -> None:
    world.know(*(contract("shop", f"agent-{number:05}") for number in range(10_000)))
    answer = (await alice.get("/autonomic/slo")).json()
    assert (len(answer["items"]), answer["total"]) == (100, 10_000)
    assert len(world.looked_at) == 100


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
