"""What the API server answers, and what the adapter makes of it: refusals, silence, many objects, Events, proof."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autonomic.adapters.clock import SystemClock
from autonomic.adapters.kubernetes import client
from autonomic.adapters.kubernetes.admission import AdmissionProof, Probe
from autonomic.adapters.kubernetes.client import KubernetesCluster
from autonomic.adapters.kubernetes.connection import Connection
from autonomic.adapters.kubernetes.events import EventJournal
from autonomic.adapters.kubernetes.pod_label import LeaderLabel
from autonomic.adapters.kubernetes.refusals import refusal
from autonomic.domain.errors import Forbidden, Invalid, NotFound, NotPermitted, Unavailable
from autonomic.domain.findings import Fact
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import API_VERSION
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.cluster import MemoryCluster
from testbed import kubeconfig
from testbed.cluster import Cluster
from testbed.people import ADMIN, DAVE
from testbed.ports import with_free_ports
from testbed.waiting import until

TIMEOUT = 1.0


def _settings(namespace: str, name: str = "settings") -> ObjectRef:
    return ObjectRef(api_version="v1", kind="ConfigMap", name=name, namespace=namespace)


async def _create(port: KubernetesCluster, ref: ObjectRef, **content: object) -> str:
    meta = {"name": ref.name, "namespace": ref.namespace}
    created = await port.create({"apiVersion": ref.api_version, "kind": ref.kind, "metadata": meta, **content})
    return str(created["metadata"]["uid"])


@pytest.fixture
async def connection(cluster: Cluster) -> AsyncIterator[Connection]:
    opened = await Connection.open(cluster.kubeconfigs[ADMIN])
    yield opened
    await opened.aclose()


@pytest.fixture
def port(connection: Connection) -> KubernetesCluster:
    return KubernetesCluster(connection, lambda: None)


@pytest.fixture
def policy(cluster: Cluster, namespace: str) -> Iterator[str]:
    """A policy that refuses `data.forbidden` in the test's namespace, with 422: it gives no reason for its status."""
    name = f"autonomic-{namespace}"
    manifest = f"""
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {{name: {name}}}
spec:
  matchConstraints:
    namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: {namespace}}}}}
    resourceRules: [{{apiGroups: [""], apiVersions: [v1], resources: [configmaps], operations: [UPDATE]}}]
  validations: [{{expression: "!('forbidden' in object.?data.orValue({{}}))", message: the key is forbidden}}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {{name: {name}}}
spec: {{policyName: {name}, validationActions: [Deny]}}
"""
    cluster.kubectl("apply", "-f", "-", input=manifest)
    cluster.kubectl("create", "configmap", "canary", "--namespace", namespace)
    patch = ("patch", "configmap", "canary", "-n", namespace, "--type=merge", "--dry-run=server")
    until(lambda: not _succeeds(cluster, *patch, '-p={"data":{"forbidden":"1"}}'), 60, "the policy to be in force")
    yield name
    cluster.kubectl("delete", "-f", "-", input=manifest)


def _succeeds(cluster: Cluster, *arguments: str) -> bool:
    try:
        cluster.kubectl(*arguments)
    except RuntimeError:
        return False
    return True


async def test_a_denial_by_a_policy_is_forbidden_and_names_it(
    port: KubernetesCluster, namespace: str, policy: str
) -> None:
    await _create(port, _settings(namespace))
    with pytest.raises(
        Forbidden, match=f"could not patch ConfigMap {namespace}/settings.*{policy}.*the key is forb"
    ) as no:
        await port.patch(_settings(namespace), {"data": {"forbidden": "1"}})
    assert not isinstance(no.value, NotPermitted)


def test_an_admission_plugin_that_has_yet_to_list_its_policies_gives_no_answer() -> None:
    """As a server answers in its first moments; no test can hold one there."""
    body = b'{"reason": "Forbidden", "message": "pods \\"a\\" is forbidden: not yet ready to handle request"}'
    assert isinstance(refusal(403, body, "patch it"), Unavailable)


async def test_what_rbac_does_not_allow_is_not_permitted(cluster: Cluster) -> None:
    connection = await Connection.open(cluster.kubeconfigs[DAVE])
    with pytest.raises(NotPermitted, match=r"list CustomResourceDefinition.*dave@example\.com"):
        await KubernetesCluster(connection, lambda: None).list("apiextensions.k8s.io/v1", "CustomResourceDefinition")
    await connection.aclose()


async def test_credentials_that_the_cluster_does_not_know_are_not_permitted(cluster: Cluster) -> None:
    connection = await Connection.open(cluster.kubeconfig_for("unknown"))
    with pytest.raises(NotPermitted, match="Unauthorized"):
        await KubernetesCluster(connection, lambda: None).list("v1", "ConfigMap")
    await connection.aclose()


async def test_a_misspelt_field_is_invalid_and_named(port: KubernetesCluster, namespace: str) -> None:
    await _create(port, _settings(namespace))
    with pytest.raises(Invalid, match=r"unknown field.*dota"):
        await port.patch(_settings(namespace), {"dota": {"a": "1"}})


async def test_an_object_without_its_namespace_is_invalid(port: KubernetesCluster) -> None:
    orphan = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "orphan"}}
    with pytest.raises(Invalid, match=r"orphan has no metadata\.namespace"):
        await port.create(orphan)


async def test_a_kind_that_the_operator_does_not_know_is_not_found(port: KubernetesCluster) -> None:
    with pytest.raises(NotFound, match=r"Gadget of example\.com/v1"):
        await port.list("example.com/v1", "Gadget")


async def test_a_list_longer_than_a_chunk_is_whole(
    port: KubernetesCluster, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        await _create(port, _settings(namespace, f"settings-{number}"))
    monkeypatch.setattr(client, "CHUNK", 2)
    found = {each["metadata"]["name"] for each in await port.list("v1", "ConfigMap", namespace)}
    assert found >= {f"settings-{number}" for number in range(5)}


async def test_a_server_that_hangs_is_unavailable_in_time(cluster: Cluster, namespace: str) -> None:
    connection = await Connection.open(cluster.kubeconfigs[ADMIN], TIMEOUT)
    port = KubernetesCluster(connection, lambda: None)
    await port.list("v1", "ConfigMap", namespace)
    if cluster.control_plane is None:
        pytest.skip("only the API server of a local cluster can be paused")
    server = cluster.process("kube-apiserver")
    server.pause()
    clock = SystemClock()
    began = clock.monotonic()
    try:
        with pytest.raises(Unavailable, match="no answer within 1 s"):
            await port.list("v1", "ConfigMap", namespace)
        took = clock.monotonic() - began
    finally:
        server.resume()
        await connection.aclose()
    assert TIMEOUT <= took < TIMEOUT + 1


async def test_a_server_that_is_not_there_is_unavailable(cluster: Cluster, tmp_path: Path) -> None:
    url = with_free_ports(1, lambda ports: f"https://127.0.0.1:{ports[0]}")
    connection = await Connection.open(kubeconfig.with_token(tmp_path / "config", url, cluster.ca_file, "any"))
    with pytest.raises(Unavailable, match="could not list ConfigMap of v1"):
        await KubernetesCluster(connection, lambda: None).list("v1", "ConfigMap")
    await connection.aclose()


async def test_a_kubeconfig_that_is_not_there_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=f"{tmp_path}/nothing.*not a file.*set KUBECONFIG"):
        await Connection.open(tmp_path / "nothing")


async def test_no_cluster_at_all_is_an_error_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    with pytest.raises(Invalid, match="set KUBECONFIG, or run in a pod"):
        await Connection.open(None)


def _probe(namespace: str, policy: str, **data: str) -> Probe:
    return Probe("set a key", _settings(namespace, "canary"), {"data": data}, policy)


async def test_the_proof_holds_when_the_policy_refuses(connection: Connection, namespace: str, policy: str) -> None:
    proof = await AdmissionProof(connection, [_probe(namespace, policy, forbidden="1")]).prove()
    assert proof.in_force, proof.message


async def test_there_is_no_proof_when_anything_else_happens(
    connection: Connection, port: KubernetesCluster, cluster: Cluster, namespace: str, policy: str
) -> None:
    powerless = await Connection.open(cluster.kubeconfig_for("unknown"))
    missing = Probe("write nothing", _settings(namespace, "nothing"), {"data": {"forbidden": "1"}}, policy)
    seen = [
        (await AdmissionProof(through, probes).prove())
        for through, probes in [
            (connection, [_probe(namespace, policy, forbidden="1"), _probe(namespace, policy, allowed="1")]),
            (connection, [_probe(namespace, "autonomic-another", forbidden="1")]),
            (connection, [missing]),
            (powerless, [_probe(namespace, policy, forbidden="1")]),
            (connection, []),
        ]
    ]
    await powerless.aclose()
    reasons = ["accepted in a dry run", f"by {policy}, not by", "not found", "not by a policy", "no probe"]
    assert [proof.in_force for proof in seen] == [False] * len(reasons)
    for proof, reason in zip(seen, reasons, strict=True):
        assert reason in proof.message
    assert "data" not in await port.get(_settings(namespace, "canary"))


async def test_kubectl_describe_shows_facts(port: KubernetesCluster, cluster: Cluster, namespace: str) -> None:
    uid = await _create(port, _settings(namespace))
    journal = EventJournal(port, SystemClock(), "test", lambda ref: uid if ref.name == "settings" else "")
    journal.start()
    await journal.record(Fact("PlanProposed", _settings(namespace), "from 2 to 4 replicas " + "é" * 1024, warning=True))
    await journal.aclose()
    assert journal.dropped == 0
    described = cluster.kubectl("describe", "configmap", "settings", "-n", namespace)
    assert "Warning  PlanProposed" in described
    assert "from 2 to 4 replicas" in described


async def test_a_fact_about_a_cluster_scoped_object_is_shown(
    port: KubernetesCluster, cluster_with_crds: Cluster, namespace: str
) -> None:
    ref = ObjectRef(api_version=API_VERSION, kind="ControlLoop", name=f"loop-{namespace}")
    spec = {"type": "Reliability"}
    made = await port.create(
        {"apiVersion": API_VERSION, "kind": ref.kind, "metadata": {"name": ref.name}, "spec": spec}
    )
    uid = made["metadata"]["uid"]
    journal = EventJournal(port, SystemClock(), "test", lambda _: uid)
    journal.start()
    await journal.record(Fact("Suspended", ref, "the loop is suspended"))
    await journal.aclose()
    described = cluster_with_crds.kubectl("describe", "controlloop", ref.name)
    await port.delete(ref, uid)
    assert "the loop is suspended" in described


async def test_a_repeated_fact_is_one_event_whose_count_is_written_once_a_minute(
    port: KubernetesCluster, namespace: str
) -> None:
    clock = ManualClock(datetime.now(UTC))
    journal = EventJournal(port, clock, "test", lambda _: "")
    journal.start()
    fact = Fact("Burning", _settings(namespace), "the budget burns")
    for _ in range(5):
        await journal.record(fact)
    await until_told(journal)
    (event,) = await port.list("events.k8s.io/v1", "Event", namespace)
    assert "series" not in event
    await clock.advance(61)
    await journal.record(fact)
    await journal.aclose()
    (event,) = await port.list("events.k8s.io/v1", "Event", namespace)
    assert event["series"]["count"] == 6
    assert journal.dropped == 0


async def until_told(journal: EventJournal) -> None:
    await journal.aclose()
    journal.start()


async def test_a_journal_that_cannot_tell_counts_and_never_fails() -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    memory = MemoryCluster(clock)
    memory.fail_next("create", Unavailable("reset"))
    journal = EventJournal(memory, clock, "test", lambda _: "")
    facts = [Fact("Burning", _settings("here"), f"the budget burns {number}") for number in range(1002)]
    for fact in facts:
        await journal.record(fact)
    assert journal.dropped == 2
    journal.start()
    await journal.aclose()
    assert journal.dropped == 3
    assert len(memory.writes) == 999


async def test_the_leader_label_is_put_on_and_taken_off(port: KubernetesCluster, namespace: str) -> None:
    pod = ObjectRef(api_version="v1", kind="Pod", name="replica", namespace=namespace)
    await _create(port, pod, spec={"containers": [{"name": "operator", "image": "none"}]})
    label = LeaderLabel(port, pod)
    assert await label.put()
    assert (await port.get(pod))["metadata"]["labels"] == {"autonomic.maestro.dev/leader": "true"}
    assert await label.remove()
    assert "labels" not in (await port.get(pod))["metadata"]
    gone = pod.model_copy(update={"name": "gone"})
    assert not await LeaderLabel(port, gone).put()
