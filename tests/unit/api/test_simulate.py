"""`POST /autonomic/simulate`: who may, what comes back, how what can't be tried is refused; and nothing is written."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from autonomic.adapters.opa import Means, OpaTrial
from autonomic.api import Health, LayerView, Simulating, build
from autonomic.api.simulate import LIMITS
from autonomic.layer import AutonomicLayer
from autonomic.ports.access import Caller
from autonomic.ports.memory.access import MemoryAccess
from autonomic.ports.policy import PolicySet
from autonomic.simulate import Simulator, scenario
from tests.unit.api.conftest import page
from tests.unit.api.test_refusals import problem
from tests.unit.domain.specimens import redline_raw
from tests.unit.simulate.scenes import CONTRACT, FAILING, OBJECTS, two_tenants

ADDRESS = "/autonomic/simulate"
ANN, BOB, EVE, FAY, GUS = (Caller(name, name, ()) for name in ("ann", "bob", "eve", "fay", "gus"))
LIVE = (("create", "simulations"), ("list", "slacontracts"), ("list", "adaptationplans"))
GRANTS = [
    *(("ann", verb, resource, None) for verb, resource in (*LIVE, ("create", "slacontracts"))),
    *(("bob", verb, resource, "shop") for verb, resource in (*LIVE, ("create", "policies"))),
    ("eve", "create", "simulations", "shop"),
    *(("fay", verb, resource, "shop") for verb, resource in LIVE[:2]),
    *(("gus", verb, resource, "shop") for verb, resource in LIVE[1:]),
]
FIGURES = {"figures": [FAILING]}
CALM = {"name": "calm.rego", "rego": 'package autonomic.owners.calm\n\ndenials contains "never" if input.steps\n'}
POLICIES = {**FIGURES, "policies": {"files": [CALM]}}


@pytest.fixture
async def layer() -> AutonomicLayer:
    """A layer that knows an agent of `shop`, and one of `bank`."""
    return await two_tenants()


@pytest.fixture
def standby() -> dict[str, str]:
    """`why` is why nothing live is tried here."""
    return {}


@pytest.fixture
async def http(layer: AutonomicLayer, standby: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """A client that sends Ann's token; the others' are `bobs`, `eves`, `fays` and `guss`."""
    access = MemoryAccess({"anns": ANN, "bobs": BOB, "eves": EVE, "fays": FAY, "guss": GUS}, GRANTS)
    view = LayerView(
        lambda: layer.store.view(layer.ports.clock.now()), layer.slo.status, lambda: None, _no_account, _pause
    )
    means = Means("/nowhere/opa", Path(__file__), 1.0, dict)
    simulator = Simulator(layer, seconds=30.0, trial=OpaTrial(means, _nothing))
    simulating = Simulating(simulator.simulate, lambda: standby.get("why"))
    app = build(view, access, Health(lambda: None, page), simulating=simulating)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": "Bearer anns"}
    async with httpx.AsyncClient(transport=transport, base_url="http://operator", headers=headers) as client:
        yield client


async def _no_account(_: Any) -> Any:
    raise AssertionError("nobody asks for it here")


async def _nothing() -> PolicySet:
    return PolicySet({}, {})


async def _pause() -> None:
    await asyncio.sleep(0)


def _as(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}"}


async def test_an_override_of_the_live_state_gives_plans_with_their_verdicts(
    http: httpx.AsyncClient, layer: AutonomicLayer
) -> None:
    answer = await http.post(ADDRESS, json=FIGURES)
    assert answer.status_code == 200
    (plan,) = answer.json()["plans"]
    assert (plan["verdict"], plan["action"], plan["namespace"]) == ("Approve", "scale from 2 to 4 replicas", "shop")
    assert answer.json()["live"] is True
    assert layer.ports.cluster.writes == []  # type: ignore[attr-defined]


async def test_a_snapshot_is_tried_without_the_live_state(http: httpx.AsyncClient) -> None:
    answer = await http.post(ADDRESS, params={"live": "false"}, json={"objects": OBJECTS, **FIGURES})
    assert (answer.json()["live"], len(answer.json()["plans"])) == (False, 1)
    empty = await http.post(ADDRESS, params={"live": "false"}, json=FIGURES)
    assert "there is none: add it" in problem(empty)["detail"]


async def test_another_redline_refuses_what_the_live_one_allows(http: httpx.AsyncClient) -> None:
    strict = redline_raw("strict", limits={"maxReplicas": 3})
    answer = await http.post(ADDRESS, json={**FIGURES, "objects": [strict]})
    assert [each["verdict"] for each in answer.json()["plans"]] == ["Deny"]
    assert "maxReplicas is 3" in answer.json()["plans"][0]["reasons"][0]


async def test_a_replica_that_stands_by_tries_snapshots_alone(http: httpx.AsyncClient, standby: dict[str, str]) -> None:
    standby["why"] = "this replica stands by"
    live = await http.post(ADDRESS, json=FIGURES)
    assert (live.status_code, problem(live)["detail"]) == (503, "this replica stands by")
    snapshot = await http.post(ADDRESS, params={"live": "false"}, json={"objects": OBJECTS, **FIGURES})
    assert snapshot.status_code == 200


async def test_without_a_token_nothing_is_tried(http: httpx.AsyncClient) -> None:
    assert (await http.post(ADDRESS, json=FIGURES, headers={"Authorization": ""})).status_code == 401


@pytest.mark.parametrize(
    ("name", "where"),
    [("bobs", None), ("bobs", "bank"), ("eves", None), ("eves", "shop"), ("fays", "shop"), ("guss", "shop")],
)
async def test_who_may_not_see_is_told_nothing(http: httpx.AsyncClient, name: str, where: str | None) -> None:
    answer = await http.post(ADDRESS, params={"namespace": where} if where else {}, json=FIGURES, headers=_as(name))
    assert answer.status_code == 403
    assert "may not" in problem(answer)["detail"]


async def test_who_sees_one_namespace_gets_that_one_alone(http: httpx.AsyncClient) -> None:
    wish = {"figures": [{"contract": "*", "errorRatio": "10%"}]}
    everything = (await http.post(ADDRESS, json=wish)).json()
    assert {each["namespace"] for each in everything["plans"]} == {"shop", "bank"}
    answer = await http.post(ADDRESS, params={"namespace": "shop"}, json=wish, headers=_as("bobs"))
    assert {each["namespace"] for each in answer.json()["plans"]} == {"shop"}
    assert "bank" not in answer.text


async def test_the_rights_to_a_snapshot_are_no_rights_to_the_live_state(http: httpx.AsyncClient) -> None:
    body = {"objects": OBJECTS, **FIGURES}
    snapshot = {"namespace": "shop", "live": "false"}
    answer = await http.post(ADDRESS, params=snapshot, json=body, headers=_as("eves"))
    assert [each["verdict"] for each in answer.json()["plans"]] == ["Approve"]
    assert (
        await http.post(ADDRESS, params={"namespace": "shop"}, json=FIGURES, headers=_as("eves"))
    ).status_code == 403


async def test_who_may_not_make_a_contract_may_not_suppose_one_on_the_live_state(http: httpx.AsyncClient) -> None:
    body = {"objects": [CONTRACT], **FIGURES}
    assert (await http.post(ADDRESS, json=body)).status_code == 200
    refused = await http.post(ADDRESS, params={"namespace": "shop"}, json=body, headers=_as("bobs"))
    assert "bob may not create slacontracts in namespace shop" in problem(refused)["detail"]


@pytest.mark.parametrize("live", ["true", "false"])
async def test_policies_are_supposed_by_who_may_make_some_there_and_by_nobody_else(
    http: httpx.AsyncClient, live: str
) -> None:
    where = {"namespace": "shop", "live": live}
    refused = await http.post(ADDRESS, params={"live": live}, json=POLICIES)
    assert "ann may not create policies in every namespace" in problem(refused)["detail"]
    refused = await http.post(ADDRESS, params={**where, "live": "false"}, json=POLICIES, headers=_as("eves"))
    assert "eve may not create policies in namespace shop" in problem(refused)["detail"]
    assert (await http.post(ADDRESS, params=where, json=POLICIES, headers=_as("bobs"))).status_code == 503


async def test_without_opas_program_policies_are_answered_with_what_is_to_be_set(http: httpx.AsyncClient) -> None:
    answer = await http.post(ADDRESS, params={"namespace": "shop"}, json=POLICIES, headers=_as("bobs"))
    assert answer.status_code == 503
    assert "/nowhere/opa, which AUTONOMIC_OPA_PROGRAM names, does not run" in problem(answer)["detail"]


async def test_who_sees_one_namespace_supposes_no_pack(http: httpx.AsyncClient) -> None:
    pack = {"name": "tiers.rego", "rego": "package autonomic\n"}
    body = {"policies": {"files": [CALM, pack], "insteadOf": "All"}}
    answer = await http.post(ADDRESS, params={"namespace": "shop"}, json=body, headers=_as("bobs"))
    assert answer.status_code == 422
    assert [each["field"] for each in problem(answer)["errors"]] == ["policies.insteadOf", "policies.files.1.rego"]


async def test_a_policy_of_four_megabytes_is_refused_before_anything_reads_it(http: httpx.AsyncClient) -> None:
    files = [{"name": "big.rego", "rego": "#" * ((4 << 20) - 1000)}]
    answer = await http.post(
        ADDRESS, params={"namespace": "shop"}, json={"policies": {"files": files}}, headers=_as("bobs")
    )
    assert (answer.status_code, problem(answer)["errors"][0]["field"]) == (422, "policies.files.0.rego")
    assert len(answer.content) < 2000


async def test_a_field_that_is_wrong_is_named_with_its_value_and_the_way_out(http: httpx.AsyncClient) -> None:
    answer = await http.post(ADDRESS, json={"figures": [{**FAILING, "errorRatio": "300%"}]})
    assert answer.status_code == 422
    (error,) = problem(answer)["errors"]
    assert (error["field"], error["value"]) == ("figures.0.errorRatio", "'300%'")
    assert "write a share of all events, such as 3%" in error["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff", 400),
        (b"[]", 422),
        (b'"x"', 422),
        (b"[" * 2000 + b"]" * 2000, 400),
        (json.dumps({"objects": [{"a": "x" * LIMITS.body_bytes}]}).encode(), 413),
    ],
)
async def test_a_body_that_is_none_is_refused(http: httpx.AsyncClient, body: bytes, status: int) -> None:
    answer = await http.post(ADDRESS, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert problem(answer)["detail"]


async def test_another_content_type_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.post(ADDRESS, content=b"figures: []", headers={"Content-Type": "application/yaml"})
    assert answer.status_code == 415


async def test_a_second_simulation_of_one_caller_waits_for_the_first(http: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(http.post(ADDRESS, json=FIGURES) for _ in range(3)))
    codes = sorted(each.status_code for each in answers)
    assert codes[0] == 200
    assert set(codes) <= {200, 429}
    late = [each for each in answers if each.status_code == 429]
    assert all(each.headers["Retry-After"] == "1" for each in late)


async def test_the_documentation_has_the_fields_of_a_scenario(http: httpx.AsyncClient) -> None:
    schema = (await http.get("/openapi.json")).json()["paths"][ADDRESS]["post"]
    (content,) = schema["requestBody"]["content"].values()
    assert {"figures", "signals", "objects", "down", "policies"} <= set(content["schema"]["properties"])
    for example in content["examples"].values():
        scenario(example["value"])
    assert "$ref" not in json.dumps(content)
