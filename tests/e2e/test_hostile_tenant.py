"""A tenant who wants to see, to slow and to act on another one, through every door of an operator that runs.

Mallory's service account may do everything that a namespace's owner can be given in `evil`, its own namespace, and nothing in
`shop`. Where other files show that a door is shut, docs/tenancy.md names them.
"""

import asyncio
import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from testbed.api import ApiError
from testbed.cluster import local_cluster
from testbed.installation import Installation, install
from testbed.opa import Opa
from testbed.operator_process import OperatorProcess, start_operator
from testbed.people import ALICE, ROOT
from testbed.prometheus import Prometheus
from testbed.run import Run
from testbed.waiting import until
from tests.e2e.admission.proposals import propose
from tests.e2e.tenants import Stage, contract, contracts, fill, own_everything

SECONDS = 120.0
ENVIRONMENT = {
    "AUTONOMIC_INGESTION_DELAY": "1s",
    "AUTONOMIC_LEASE_SECONDS": "5",
    "AUTONOMIC_TENANT_LABEL": "namespace",
    "AUTONOMIC_OBJECTS_PER_NAMESPACE": "140",
}
MANY = 150
"""More than are judged."""


@pytest.fixture(scope="module")
def installed(own_run: Run) -> Installation:
    """A cluster in which no other operator leads."""
    return install(local_cluster(own_run))


@pytest.fixture(scope="module")
def operator(own_run: Run, installed: Installation, prometheus: Prometheus, opa: Opa) -> Iterator[OperatorProcess]:
    """The operator, for tenants who share a Prometheus."""
    process = start_operator(own_run, installed.cluster, prometheus.url, opa.url, extra_env=ENVIRONMENT)
    yield process
    process.stop()


@pytest.fixture(scope="module")
def stage(installed: Installation, operator: OperatorProcess, prometheus: Prometheus) -> Stage:
    """Both tenants, once the operator knows how the shop's contract is."""
    cluster = installed.cluster
    shop, evil = (f"{name}-{secrets.token_hex(4)}" for name in ("shop", "evil"))
    for namespace in (shop, evil):
        cluster.create_namespace(namespace)
    fill(prometheus, shop)
    # What an administrator may have granted: whole queries, which can cost what they like.
    cluster.kubectl("label", "namespace", evil, "autonomic.maestro.dev/free-queries=true", as_=ROOT)
    token = own_everything(cluster, evil)
    root = cluster.api(ROOT)
    until(lambda: root.post(contracts(shop), contract("agent")), SECONDS, "the kind to be served", ignoring=(ApiError,))
    plan = propose(installed, shop).name
    made = Stage(cluster, operator, shop, evil, plan, token)
    until(lambda: made.alert(shop, "agent") == "Exhausted", SECONDS, f"the shop to be judged; log: {operator.log}")
    return made


REVIEW = {"decision": "Denied", "digest": "sha256:" + "a" * 64, "message": "mine"}
DOORS = [
    ("GET", "/autonomic/plans?namespace={namespace}", None),
    ("GET", "/autonomic/plans/{namespace}/{plan}", None),
    ("POST", "/autonomic/plans/{namespace}/{plan}/reviews", REVIEW),
    ("GET", "/autonomic/slo?namespace={namespace}", None),
    ("GET", "/autonomic/slo/{namespace}/{contract}", None),
    ("GET", "/autonomic/health?namespace={namespace}", None),
    ("GET", "/autonomic/cost?namespace={namespace}", None),
    ("GET", "/autonomic/routes?namespace={namespace}", None),
    ("POST", "/autonomic/routes/{namespace}/{contract}:decide", {"taskType": "triage"}),
    ("POST", "/autonomic/routes/{namespace}/{contract}:outcome", {"decisionId": "a-1", "success": True}),
    ("POST", "/autonomic/simulate?namespace={namespace}", {}),
    ("GET", "/autonomic/events?namespace={namespace}", None),
]


@pytest.mark.parametrize(("method", "path", "body"), DOORS)
def test_what_is_another_s_is_refused_in_the_same_words_as_what_is_not_there(
    stage: Stage, method: str, path: str, body: dict[str, Any] | None
) -> None:
    def answer(**names: str) -> tuple[int, str]:
        told = stage.asked(method, path.format(**names), json=body)
        text = told.text
        for name in names.values():
            text = text.replace(name, "NAME")
        return told.status_code, text

    there = answer(namespace=stage.shop, plan=stage.plan, contract="agent")
    invented = answer(namespace=stage.shop, plan="plan-none", contract="none")
    nowhere = answer(namespace="shop-none", plan="plan-none", contract="none")
    assert there[0] == 403
    assert there == invented == nowhere


@pytest.mark.parametrize("path", ["plans", "slo", "health", "cost", "routes", "events"])
def test_a_listing_of_every_namespace_is_for_who_may_see_every_namespace(stage: Stage, path: str) -> None:
    refused = stage.asked("GET", f"/autonomic/{path}")
    assert (refused.status_code, stage.shop in refused.text) == (403, False)


def test_a_simulation_shows_and_supposes_nothing_of_another(stage: Stage) -> None:
    def simulated(body: dict[str, Any]) -> httpx.Response:
        return stage.asked("POST", f"/autonomic/simulate?namespace={stage.evil}", json=body)

    planted = contract("agent") | {"metadata": {"name": "agent", "namespace": stage.shop}}
    assert simulated({"objects": [planted]}).status_code == 422
    assert simulated({"figures": [{"contract": f"{stage.shop}/agent", "errorRatio": "50%"}]}).status_code == 422
    mine = contract("mine") | {"metadata": {"name": "mine", "namespace": stage.evil}}
    everywhere = simulated({"objects": [mine], "figures": [{"contract": "*", "errorRatio": "50%"}]})
    assert everywhere.status_code == 200, everywhere.text
    assert stage.shop not in everywhere.text


def test_signals_of_another_are_refused_whether_or_not_there_is_such_a_namespace(stage: Stage) -> None:
    def refusals(namespace: str) -> list[str]:
        event = {"specversion": "1.0", "type": "QueueDepth", "source": "/evil", "namespace": namespace}
        body = [
            event | {"id": secrets.token_hex(4), "data": {"value": 1}},
            event | {"id": "2", "namespace": stage.evil},
        ]
        kind = {"Content-Type": "application/cloudevents-batch+json", "Authorization": f"Bearer {stage.mallorys}"}
        answer = httpx.post(f"{stage.operator.http_url}/autonomic/signals", json=body, headers=kind, timeout=60)
        assert answer.status_code == 202, answer.text
        return [str(each["reason"]) for each in answer.json()["refused"]]

    assert refusals(stage.shop) == refusals("shop-none") == ["NotAllowed"]


def test_a_contract_sees_the_series_of_its_own_namespace_alone_whatever_it_asks_for(stage: Stage) -> None:
    named = f'{{namespace="{stage.shop}"}}'
    asked: dict[str, dict[str, Any]] = {
        "plain": {"ratio": {"bad": "hostile_failed_total", "total": "hostile_tasks_total"}},
        "named": {"ratio": {"bad": f"hostile_failed_total{named}", "total": f"hostile_tasks_total{named}"}},
        "whole": whole(f"sum(increase(hostile_failed_total{named}[$window]))"),
        "free": whole("sum(increase(hostile_failed_total[$window]))"),
    }
    for name, source in asked.items():
        stage.mallory.post(contracts(stage.evil), contract(name, source))

    def told() -> dict[str, str] | None:
        statuses = {name: stage.promised(stage.evil, name) for name in asked}
        words = {name: ready(each) for name, each in statuses.items()}
        return words if all(words.values()) else None

    words = until(told, SECONDS, f"each contract to be told how it is; log: {stage.operator.log}")
    assert {name: "InvalidIndicator" in word for name, word in words.items()} == {
        "plain": False, "named": True, "whole": True, "free": True,
    }  # fmt: skip
    assert {stage.alert(stage.evil, name) for name in asked} <= {None, "Unknown"}


def whole(query: str) -> dict[str, Any]:
    """An indicator that is a whole query."""
    return {"ratioQuery": {"bad": query, "total": query}}


def ready(status: dict[str, Any]) -> str:
    """Reason and words of the condition Ready; empty while there is none."""
    found = [each for each in status.get("conditions", []) if each["type"] == "Ready"]
    return f"{found[0]['reason']}: {found[0]['message']}" if found else ""


def test_no_object_of_a_tenant_names_a_namespace_to_act_on(stage: Stage) -> None:
    """Admission takes a field that the schema does not have, and drops it: what is meant is always the own namespace."""
    made = contract("reaching", dependsOn=[{"name": "agent", "namespace": stage.shop}])
    made["spec"]["targetRef"]["namespace"] = stage.shop
    kept = stage.mallory.post(contracts(stage.evil), made)
    assert stage.shop not in str(kept["spec"])

    def lost() -> bool:
        found = stage.promised(stage.evil, "reaching").get("conditions", [])
        return any(each["type"] == "DependenciesResolved" and each["status"] == "False" for each in found)

    until(lost, SECONDS, f"the dependency to be missed in its own namespace; log: {stage.operator.log}")


def test_an_object_that_is_too_large_or_has_too_many_parts_is_refused_before_the_operator_sees_it(stage: Stage) -> None:
    huge = contract("huge") | {"metadata": {"name": "huge", "annotations": {"a": "x" * 300_000}}}
    many = contract("many")
    many["spec"]["objectives"] = [many["spec"]["objectives"][0] | {"name": f"o{each}"} for each in range(17)]
    long = contract("long", {"ratio": {"bad": "a" * 100_000, "total": "b"}})
    for document in (huge, many, long):
        with pytest.raises(ApiError) as refused:
            stage.mallory.post(contracts(stage.evil), document)
        assert refused.value.status in (413, 422)


async def _flood(stage: Stage, tokens: list[str], path: str) -> list[int]:
    """The statuses of as many requests as there are tokens, sixteen at a time."""
    gate = asyncio.Semaphore(16)
    async with httpx.AsyncClient(base_url=stage.operator.http_url, timeout=60) as client:

        async def one(token: str) -> int:
            async with gate:
                return (await client.get(path, headers={"Authorization": f"Bearer {token}"})).status_code

        return await asyncio.gather(*(one(each) for each in tokens))


def test_a_flood_finds_its_own_bounds_and_another_caller_is_answered_beside_it(stage: Stage) -> None:
    alices, path = stage.cluster.tokens[ALICE], f"/autonomic/slo/{stage.shop}/agent"
    assert stage.asked("GET", path, alices).status_code == 200
    mine = f"/autonomic/plans?namespace={stage.evil}"
    statuses = asyncio.run(_flood(stage, [stage.mallorys] * 600, mine))
    assert set(statuses) == {200, 429}
    invented = asyncio.run(_flood(stage, [secrets.token_hex(16) for _ in range(300)], mine))
    assert set(invented) == {401, 429}
    assert stage.asked("GET", path, alices).status_code == 200


def test_many_broken_contracts_and_costly_queries_of_one_do_not_keep_another_from_being_judged(stage: Stage) -> None:
    costly = f'sum(count_over_time({{namespace="{stage.evil}",__name__=~".+"}}[$window:1s]))'
    for number in range(MANY):
        broken = {"ratio": {"bad": f"sum({number}", "total": "b"}}
        source = whole(f"{costly} / {number + 1}") if number % 3 == 0 else broken
        stage.mallory.post(contracts(stage.evil), contract(f"flood-{number}", source))
    stage.cluster.api(ROOT).post(contracts(stage.shop), contract("late"))
    until(
        lambda: stage.alert(stage.shop, "late") == "Exhausted",
        SECONDS,
        f"a contract that came after the flood to be judged; log: {stage.operator.log}",
    )
    until(
        lambda: ready(stage.promised(stage.evil, f"flood-{MANY - 1}")).startswith("TooMany"),
        SECONDS,
        f"the last of the flood to be left out; log: {stage.operator.log}",
    )
    assert stage.alert(stage.shop, "agent") == "Exhausted"
