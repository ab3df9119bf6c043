"""Publishing on a real control plane with the Prometheus Operator's own kind, by the operator's own account."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from autonomic.adapters.kubernetes.client import KubernetesCluster
from autonomic.adapters.kubernetes.connection import Connection
from autonomic.cycle.publishing import Publisher
from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import NotFound
from autonomic.domain.meta import ObjectRef
from autonomic.domain.view import NamespaceView, View
from autonomic.domain.words import ENABLED_LABEL, Truth
from autonomic.ports.memory.clock import ManualClock
from autonomic.slo.indicators import Options
from testbed.api import Api, ApiError
from testbed.definitions import define
from testbed.installation import NAMESPACE, Installation
from testbed.people import ADMIN, ROOT
from testbed.programs.catalogue import PROMETHEUS_RULES_CRD
from testbed.waiting import until
from tests.e2e.admission.refusals import refused

NOW = datetime(2026, 1, 1, tzinfo=UTC)
COLLECTED_SECONDS = 120.0
"""The garbage collector learns of a new kind when it next asks which there are."""
SERVED_SECONDS = 60.0
PUBLISHED = (Truth.TRUE, "Published")
API_VERSION = "autonomic.maestro.dev/v1alpha1"
POLICY = "autonomic-allow-list"
RULE = {"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule"}
PLAIN = {**RULE, "metadata": {"name": "slo-agent"}, "spec": {"groups": []}}


@pytest.fixture(scope="module")
def published_kinds(installed: Installation) -> Iterator[Installation]:
    """The installation, on a cluster that knows PrometheusRules."""
    definition = define(installed.cluster, PROMETHEUS_RULES_CRD)
    until(lambda: installed.operator.get(rules_path(NAMESPACE)), SERVED_SECONDS, "the kind", ignoring=(ApiError,))
    yield installed
    installed.cluster.kubectl("delete", "--ignore-not-found", "-f", definition, as_=ROOT)


def rules_path(namespace: str, name: str = "") -> str:
    path = f"/apis/monitoring.coreos.com/v1/namespaces/{namespace}/prometheusrules"
    return f"{path}/{name}" if name else path


@dataclass
class Desk:
    """A namespace with a contract, and the operator's publisher."""

    root: Api
    cluster: KubernetesCluster
    namespace: str

    @property
    def contract_path(self) -> str:
        """Where the contract is."""
        return f"/apis/{API_VERSION}/namespaces/{self.namespace}/slacontracts/agent"

    @property
    def rule(self) -> ObjectRef:
        """What it is published as."""
        return ObjectRef(
            api_version="monitoring.coreos.com/v1", kind="PrometheusRule", name="slo-agent", namespace=self.namespace
        )

    def promise(self) -> None:
        """Makes the contract."""
        source = {"ratio": {"bad": 'tasks_total{status="failed"}', "total": "tasks_total"}}
        objective = {"name": "success", "target": "99.5", "window": {"rolling": "28d"}, "indicator": source}
        about = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent"}
        spec = {"targetRef": about, "objectives": [objective], "publish": {"labels": {"release": "prometheus"}}}
        document = {"apiVersion": API_VERSION, "kind": "SLAContract", "metadata": {"name": "agent"}, "spec": spec}
        self.root.post(self.contract_path.removesuffix("/agent"), document)

    def change(self, **spec: Any) -> None:
        """Changes the contract."""
        self.root.patch(self.contract_path, {"spec": spec})

    async def publish(self) -> tuple[Truth, str] | None:
        """What a publisher that has just begun says of the contract, as it is now."""
        contract = SLAContract.read(self.root.get(self.contract_path))
        namespaces = {self.namespace: NamespaceView(self.namespace, {ENABLED_LABEL: "true"}, {})}
        view = View(NOW, contracts={contract.key: contract}, namespaces=namespaces)
        options = Options(self.namespace, None, False, "agent")
        said = await Publisher(self.cluster, ManualClock(NOW)).publish(view, lambda _: options)
        return said[contract.key][1:3] if contract.key in said else None

    async def live(self) -> dict[str, Any]:
        """What is published."""
        return await self.cluster.get(self.rule)

    def owned(self, uid: str, **meta: Any) -> dict[str, Any]:
        """A PrometheusRule that says it is the contract's."""
        owner = {"apiVersion": API_VERSION, "kind": "SLAContract", "name": "agent", "uid": uid, "controller": True}
        return {**PLAIN, "metadata": {"name": "slo-agent", "ownerReferences": [owner], **meta}}


@pytest.fixture
async def desk(published_kinds: Installation, namespace: str) -> AsyncIterator[Desk]:
    cluster = published_kinds.cluster
    token = cluster.service_account_token(NAMESPACE, "autonomic")
    connection = await Connection.open(cluster.kubeconfig_for(token))
    desk = Desk(cluster.api(ROOT), KubernetesCluster(connection, lambda: None), namespace)
    trial = desk.owned("none")

    def opted_in_is_known() -> object:
        return published_kinds.operator.post(rules_path(namespace), trial, dryRun="All")

    until(opted_in_is_known, SERVED_SECONDS, f"{namespace} to be known as opted in", ignoring=(ApiError,))
    desk.promise()
    yield desk
    await connection.aclose()


async def test_a_contract_is_published_and_the_server_keeps_every_word(desk: Desk) -> None:
    assert await desk.publish() == PUBLISHED
    first = await desk.live()
    assert first["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "autonomic", "release": "prometheus"}
    (owner,) = first["metadata"]["ownerReferences"]
    assert owner["uid"] == desk.root.get(desk.contract_path)["metadata"]["uid"]
    # Had the server dropped or added a field, the second would write.
    assert await desk.publish() == PUBLISHED
    assert (await desk.live())["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


async def test_a_changed_contract_changes_what_is_published(desk: Desk) -> None:
    await desk.publish()
    desk.change(publish={"alerts": False, "labels": {"release": None, "prometheus": "k8s"}})
    assert await desk.publish() == PUBLISHED
    live = await desk.live()
    assert live["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "autonomic", "prometheus": "k8s"}
    assert not [rule for rule in live["spec"]["groups"][0]["rules"] if "alert" in rule]


@pytest.mark.parametrize("way", ["patch", "apply"])
async def test_what_a_person_changed_is_not_fought_over(desk: Desk, published_kinds: Installation, way: str) -> None:
    await desk.publish()
    kubectl, where = published_kinds.cluster.kubectl, ("-n", desk.namespace)
    groups = {"groups": [{"name": "mine", "rules": [{"record": "mine:one", "expr": "vector(1)"}]}]}
    if way == "patch":
        body = json.dumps({"spec": groups})
        kubectl("patch", "prometheusrule", "slo-agent", *where, "--type=merge", "-p", body, as_=ADMIN)
    else:
        document = json.dumps({**PLAIN, "spec": groups})
        kubectl("apply", "--server-side", "--force-conflicts", *where, "-f", "-", input=document, as_=ADMIN)
    before = await desk.live()
    desk.change(publish={"alerts": False})
    assert await desk.publish() == (Truth.FALSE, "ChangedByOther")
    desk.change(publish=None)
    assert await desk.publish() == (Truth.FALSE, "ChangedByOther")
    assert await desk.live() == before


async def test_what_a_person_made_under_that_name_is_left_alone(desk: Desk) -> None:
    desk.root.post(rules_path(desk.namespace), PLAIN)
    assert await desk.publish() == (Truth.FALSE, "NotOurs")
    assert (await desk.live())["spec"] == {"groups": []}


async def test_what_is_no_longer_asked_for_is_withdrawn(desk: Desk) -> None:
    await desk.publish()
    desk.change(publish=None)
    assert await desk.publish() is None
    with pytest.raises(NotFound):
        await desk.live()


async def test_what_is_published_goes_with_its_contract(desk: Desk, published_kinds: Installation) -> None:
    await desk.publish()
    desk.root.delete(desk.contract_path)

    def is_gone() -> bool:
        try:
            desk.root.get(rules_path(desk.namespace, "slo-agent"))
        except ApiError as problem:
            return problem.status == 404
        return False

    until(is_gone, COLLECTED_SECONDS, "the rules to be collected with their contract")


async def test_the_operator_makes_no_rules_that_are_nobodys(desk: Desk, published_kinds: Installation) -> None:
    path, operator = rules_path(desk.namespace), published_kinds.operator
    ours = desk.owned(desk.root.get(desk.contract_path)["metadata"]["uid"])
    for wrong in (
        {"ownerReferences": None},
        {"name": "other"},
        {"ownerReferences": [{**ours["metadata"]["ownerReferences"][0], "controller": False}]},
        {"ownerReferences": [{**ours["metadata"]["ownerReferences"][0], "kind": "ControlLoop"}]},
    ):
        with refused(POLICY, "it writes only slo-NAME, controlled by the SLAContract NAME"):
            operator.post(path, {**ours, "metadata": {**ours["metadata"], **wrong}})
    with refused(POLICY, "the finalizers or the owner"):
        operator.post(path, {**ours, "metadata": {**ours["metadata"], "finalizers": ["example.com/held"]}})
    operator.post(path, ours)


async def test_the_operator_takes_nothing_over_and_lets_nothing_go(desk: Desk, published_kinds: Installation) -> None:
    path, operator = rules_path(desk.namespace, "slo-agent"), published_kinds.operator
    ours = desk.owned(desk.root.get(desk.contract_path)["metadata"]["uid"])
    desk.root.post(rules_path(desk.namespace), PLAIN)
    taken = {"metadata": {"ownerReferences": ours["metadata"]["ownerReferences"]}}
    for body in (taken, {"spec": {"groups": [{"name": "a", "rules": []}]}}):
        with refused(POLICY, "it writes only slo-NAME, controlled by the SLAContract NAME"):
            operator.patch(path, body)
    with refused(POLICY, "it writes only slo-NAME, controlled by the SLAContract NAME"):
        operator.delete(path)
    desk.root.delete(path)
    operator.post(rules_path(desk.namespace), ours)
    with refused(POLICY, "it writes only slo-NAME"):
        operator.patch(path, {"metadata": {"ownerReferences": []}})
    another = [{**ours["metadata"]["ownerReferences"][0], "uid": "another"}]
    with refused(POLICY, "the finalizers or the owner"):
        operator.patch(path, {"metadata": {"ownerReferences": another}})


def test_no_rules_are_made_in_a_namespace_that_did_not_opt_in(published_kinds: Installation) -> None:
    desk = Desk(published_kinds.cluster.api(ROOT), None, "default")  # type: ignore[arg-type]  # it writes nothing
    with refused(POLICY, "the namespace is not labelled autonomic.maestro.dev/enabled=true"):
        published_kinds.operator.post(rules_path("default"), desk.owned("none"))
