"""Who is refused, and how every refusal is written."""

from typing import Any

import httpx
import pytest

from autonomic.domain.errors import Forbidden, Unavailable
from tests.unit.api.conftest import FailingAccess, World
from tests.unit.api.contracts import contract

SLO = "/autonomic/slo"


def problem(answer: httpx.Response) -> dict[str, Any]:
    """The body of an answer that must be problem details which agree with the status line."""
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == answer.status_code
    assert body["title"]
    return body


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer wrong", "Basic YWxpY2U6eA==", "alices"])
async def test_without_a_token_that_the_cluster_accepts_nothing_is_shown(
    world: World, http: httpx.AsyncClient, header: str | None
) -> None:
    world.know(contract("shop"))
    answer = await http.get(SLO, headers={"Authorization": header} if header is not None else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "shop" not in answer.text
    assert "token" in problem(answer)["detail"]


async def test_a_stranger_is_refused_before_being_told_what_a_request_lacks(http: httpx.AsyncClient) -> None:
    assert (await http.get(SLO, params={"limit": "0"})).status_code == 401


async def test_a_caller_without_the_verb_is_refused_by_name(world: World, http: httpx.AsyncClient) -> None:
    world.know(contract("bank"))
    answer = await http.get(SLO, params={"namespace": "bank"}, headers={"Authorization": "Bearer daves"})
    assert answer.status_code == 403
    assert problem(answer)["detail"] == "dave@example.com may not list slacontracts in namespace bank"


async def test_a_right_in_one_namespace_shows_that_namespace_alone(world: World, http: httpx.AsyncClient) -> None:
    world.know(contract("shop"), contract("bank"))
    http.headers["Authorization"] = "Bearer daves"
    assert (await http.get(SLO)).status_code == 403
    answer = await http.get(SLO, params={"namespace": "shop"})
    assert [item["namespace"] for item in answer.json()["items"]] == ["shop"]


async def test_a_cluster_that_does_not_answer_lets_nobody_in(access: FailingAccess, alice: httpx.AsyncClient) -> None:
    access.failure = Unavailable("could not ask for a TokenReview: 10.0.0.1 refused")
    answer = await alice.get(SLO)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "10.0.0.1" not in problem(answer)["detail"]


async def test_what_the_operator_itself_may_not_do_is_not_the_callers_fault(
    access: FailingAccess, alice: httpx.AsyncClient
) -> None:
    access.failure = Forbidden("the operator may not create tokenreviews")
    answer = await alice.get(SLO)
    assert answer.status_code == 500
    assert "tokenreviews" not in problem(answer)["detail"]


@pytest.mark.parametrize("limit", ["0", "1001", "many", "NaN", "Infinity", "1e400", "1.5", "-1", ""])
async def test_a_limit_that_makes_no_sense_is_named_with_its_value(alice: httpx.AsyncClient, limit: str) -> None:
    answer = await alice.get(SLO, params={"limit": limit})
    assert answer.status_code == 422
    (wrong,) = problem(answer)["errors"]
    assert wrong["field"] == "query.limit"
    assert wrong["value"] == repr(limit)
    assert "query.limit" in answer.json()["detail"]


@pytest.mark.parametrize("namespace", ["", "Shop", "a/b", "x" * 64, "shop\n", "%00"])
async def test_a_namespace_that_can_not_exist_is_refused(alice: httpx.AsyncClient, namespace: str) -> None:
    answer = await alice.get(SLO, params={"namespace": namespace})
    assert answer.status_code == 422
    assert problem(answer)["errors"][0]["field"] == "query.namespace"


async def test_a_path_that_does_not_exist_is_a_problem_too(http: httpx.AsyncClient) -> None:
    answer = await http.get("/autonomic/nothing")
    assert answer.status_code == 404
    assert problem(answer)["title"] == "Not Found"


async def test_a_method_that_is_not_offered_is_refused_with_those_that_are(http: httpx.AsyncClient) -> None:
    answer = await http.post(SLO)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"
    problem(answer)


@pytest.mark.parametrize(
    ("path", "sent", "way_out"),
    [
        (SLO, "namespacee=shop", "did you mean namespace?"),
        (f"{SLO}/shop/triage", "limit=1", "no parameter is"),
        ("/autonomic/plans", "limit=1&limit=2", "send it once"),
        ("/autonomic/cost", "watch=true", "nothing is known by that name"),
    ],
)
async def test_a_parameter_that_nothing_reads_is_refused_with_the_way_out(
    alice: httpx.AsyncClient, path: str, sent: str, way_out: str
) -> None:
    answer = await alice.get(f"{path}?{sent}")
    assert answer.status_code == 422
    assert way_out in problem(answer)["detail"]


async def test_a_fault_of_the_operator_is_a_problem_without_its_details(world: World, alice: httpx.AsyncClient) -> None:
    world.looked_at = None  # type: ignore[assignment]  # what looks there breaks
    world.know(contract("shop"))
    answer = await alice.get(SLO)
    assert answer.status_code == 500
    assert "NoneType" not in problem(answer)["detail"]
