"""The HTTP API with the cluster's own answers: real tokens, TokenReview, SubjectAccessReview."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial

import httpx
import pytest

from autonomic.adapters.clock import SystemClock
from autonomic.adapters.kubernetes.access import KubernetesAccess
from autonomic.adapters.kubernetes.connection import Connection
from autonomic.api import Health, LayerView, build
from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import Unavailable
from autonomic.domain.view import View
from autonomic.slo.account import ContractAccount
from testbed.cluster import Cluster
from testbed.installation import Installation
from testbed.opa import Opa
from testbed.operator_process import start_operator
from testbed.people import ALICE, DAVE, ROOT
from testbed.prometheus import Prometheus
from testbed.run import Run
from testbed.waiting import until
from tests.unit.api.contracts import NOON, contract, judged

SLO = "/autonomic/slo"
SECONDS = 30.0


@pytest.fixture
async def http(installed: Installation, namespace: str) -> AsyncIterator[httpx.AsyncClient]:
    """The app as the operator's ServiceAccount would serve it, with one contract in the test's namespace."""
    known = contract(namespace, status=judged())
    layer = LayerView(
        view=lambda: View(now=NOON, contracts={known.key: known}),
        judged=lambda _: None,
        judged_at=lambda: None,
        account=no_account,
        pause=lambda: asyncio.sleep(0),
    )
    health = Health(unready=lambda: None, metrics=no_metrics)
    token = installed.cluster.service_account_token(installed.namespace, "autonomic")
    async with aclosing(await Connection.open(installed.cluster.kubeconfig_for(token))) as connection:
        app = build(layer, KubernetesAccess(connection, SystemClock()), health)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://operator") as client:
            yield client


async def no_account(contract: SLAContract) -> ContractAccount:
    """As of an operator whose Prometheus is silent."""
    raise Unavailable(f"nothing was counted for {contract.key}")


async def no_metrics(_: str) -> tuple[bytes, str]:
    """An empty page."""
    return b"", "text/plain"


def succeeds(url: str) -> bool:
    return httpx.get(url).is_success


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_person_who_may_list_contracts_sees_their_objectives(
    http: httpx.AsyncClient, cluster: Cluster, namespace: str
) -> None:
    answer = await http.get(SLO, headers=bearer(cluster.tokens[ALICE]))
    assert answer.status_code == 200
    (item,) = answer.json()["items"]
    assert (item["namespace"], item["contract"], item["alert"]) == (namespace, "triage", "Breach")


async def test_a_person_who_may_not_is_refused_by_name(
    http: httpx.AsyncClient, cluster: Cluster, namespace: str
) -> None:
    answer = await http.get(SLO, headers=bearer(cluster.tokens[DAVE]), params={"namespace": namespace})
    assert answer.status_code == 403
    assert answer.json()["detail"] == f"{DAVE.name} may not list slacontracts in namespace {namespace}"


async def test_a_role_in_one_namespace_opens_that_namespace_alone(
    http: httpx.AsyncClient, cluster: Cluster, namespace: str
) -> None:
    role = ("--clusterrole=autonomic-viewer", f"--user={DAVE.name}", "--namespace", namespace)
    cluster.kubectl("create", "rolebinding", "dave-views", *role, as_=ROOT)
    headers = bearer(cluster.tokens[DAVE])
    assert (await http.get(SLO, headers=headers, params={"namespace": namespace})).status_code == 200
    assert (await http.get(SLO, headers=headers)).status_code == 403


async def test_one_contract_is_shown_to_who_may_get_it_there(
    http: httpx.AsyncClient, cluster: Cluster, namespace: str
) -> None:
    one = f"{SLO}/{namespace}/triage"
    assert (await http.get(one, headers=bearer(cluster.tokens[DAVE]))).status_code == 403
    assert (await http.get(one, headers=bearer(cluster.tokens[ALICE]))).status_code == 503
    assert (await http.get(f"{one}-2", headers=bearer(cluster.tokens[ALICE]))).status_code == 404


async def test_a_service_account_is_a_caller_too(http: httpx.AsyncClient, cluster: Cluster, namespace: str) -> None:
    cluster.kubectl("create", "serviceaccount", "dashboard", "--namespace", namespace, as_=ROOT)
    headers = bearer(cluster.service_account_token(namespace, "dashboard"))
    answer = await http.get(SLO, headers=headers)
    assert answer.status_code == 403
    assert f"system:serviceaccount:{namespace}:dashboard may not" in answer.json()["detail"]


@pytest.mark.parametrize("token", ["invented", "a.b.c"])
async def test_a_token_that_the_cluster_did_not_give_is_not_accepted(http: httpx.AsyncClient, token: str) -> None:
    answer = await http.get(SLO, headers=bearer(token))
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_running_operator_serves_probes_to_everybody_and_objectives_to_who_may_see_them(
    testbed_run: Run, installed: Installation, prometheus: Prometheus, opa: Opa
) -> None:
    operator = start_operator(testbed_run, installed.cluster, prometheus.url, opa.url)
    try:
        for probe in ("/livez", "/readyz", "/metrics"):
            until(partial(succeeds, operator.http_url + probe), SECONDS, f"{probe} to succeed")
        assert httpx.get(operator.http_url + SLO).status_code == 401
        for person, status in ((ALICE, 200), (DAVE, 403)):
            answer = httpx.get(operator.http_url + SLO, headers=bearer(installed.cluster.tokens[person]))
            assert answer.status_code == status
    finally:
        code = operator.stop()
    assert code == 0
    assert "Traceback" not in operator.logs
