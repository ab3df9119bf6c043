"""The operator's proof, with its own rights, that the chart's admission policies are in force."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import yaml

from autonomic.adapters.kubernetes.admission import AdmissionProof, Probe
from autonomic.adapters.kubernetes.client import KubernetesCluster
from autonomic.adapters.kubernetes.connection import Connection
from autonomic.adapters.kubernetes.probes import KEDA, chart_probes
from autonomic.domain.errors import Unavailable
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import EPOCH_ANNOTATION
from autonomic.ports.cluster import Proof
from testbed.definitions import define
from testbed.installation import CHART, Installation
from testbed.people import ROOT
from testbed.programs.catalogue import SCALED_OBJECTS_CRD
from testbed.waiting import until

PATIENCE = 30.0
Manifest = dict[str, Any]


@pytest.fixture
async def connection(installed: Installation) -> AsyncIterator[Connection]:
    """The operator's own, while there is a Lease."""
    installed.lead()
    token = installed.cluster.service_account_token(installed.namespace, "autonomic")
    opened = await Connection.open(installed.cluster.kubeconfig_for(token))
    yield opened
    await opened.aclose()


@pytest.fixture
def proof(installed: Installation, connection: Connection) -> AdmissionProof:
    return AdmissionProof(connection, chart_probes(installed.namespace))


@pytest.fixture
def dry_runs(installed: Installation, connection: Connection) -> AdmissionProof:
    """The proof without what is only read: that is known at once, a dry run's answer a moment later."""
    return AdmissionProof(connection, [each for each in chart_probes(installed.namespace) if isinstance(each, Probe)])


def _bind(installed: Installation, binding: str, action: str) -> None:
    patch = json.dumps({"spec": {"validationActions": [action]}})
    kind = "validatingadmissionpolicybinding"
    installed.cluster.kubectl("patch", kind, binding, "--type=merge", "-p", patch)


async def _proved(proof: AdmissionProof, in_force: bool) -> Proof:
    """The first proof that says so: the API server takes a moment to see that a binding changed."""
    loop = asyncio.get_running_loop()

    def seen() -> Proof | None:
        told = asyncio.run_coroutine_threadsafe(proof.prove(), loop).result(PATIENCE)
        return told if told.in_force is in_force else None

    return await asyncio.to_thread(until, seen, PATIENCE, f"a proof with in_force={in_force}")


async def test_the_installed_policies_refuse_what_they_must(proof: AdmissionProof) -> None:
    seen = await proof.prove()
    assert seen.in_force, seen.message


@pytest.mark.parametrize("policy", ["autonomic-allow-list", "autonomic-plans", "autonomic-redlines", "autonomic-fence"])
async def test_a_policy_that_only_audits_is_no_proof(
    installed: Installation, dry_runs: AdmissionProof, policy: str
) -> None:
    _bind(installed, policy, "Audit")
    try:
        seen = await _proved(dry_runs, in_force=False)
    finally:
        _bind(installed, policy, "Deny")
    assert "was accepted in a dry run" in seen.message
    assert await _proved(dry_runs, in_force=True)


@pytest.mark.parametrize("policy", ["autonomic-autoscaled-hpa", "autonomic-retries", "autonomic-routes"])
async def test_a_policy_that_no_dry_run_can_meet_is_read_and_must_deny(
    installed: Installation, proof: AdmissionProof, policy: str
) -> None:
    _bind(installed, policy, "Audit")
    try:
        seen = await _proved(proof, in_force=False)
    finally:
        _bind(installed, policy, "Deny")
    assert f"to rely on {policy} would be wrong" in seen.message
    assert await _proved(proof, in_force=True)


@pytest.fixture
def keda(installed: Installation) -> Iterator[list[Manifest]]:
    """A cluster that has KEDA's kind since the chart was installed; what the chart would have made for it."""
    page = installed.cluster.helm(
        "template", "autonomic", CHART, "--namespace", installed.namespace,
        "--show-only", "templates/admission/autoscaled.yaml", "--api-versions", "keda.sh/v1alpha1/ScaledObject",
    )  # fmt: skip
    crd = define(installed.cluster, SCALED_OBJECTS_CRD)
    yield [each for each in yaml.safe_load_all(page) if each and each["metadata"]["name"] == KEDA.binding]
    installed.cluster.kubectl("delete", "--wait=true", "--timeout=60s", "-f", crd, as_=ROOT)


async def test_where_keda_is_its_policy_is_read_too_and_must_deny(
    installed: Installation, proof: AdmissionProof, keda: list[Manifest]
) -> None:
    seen = await _proved(proof, in_force=False)
    assert f"to {KEDA.name} was not possible" in seen.message
    assert "run helm upgrade" in seen.message
    documents = json.dumps({"apiVersion": "v1", "kind": "List", "items": keda})
    installed.cluster.kubectl("apply", "-f", "-", input=documents, as_=ROOT)
    try:
        assert await _proved(proof, in_force=True)
        _bind(installed, KEDA.binding, "Audit")
        assert f"to {KEDA.name} would be wrong" in (await _proved(proof, in_force=False)).message
    finally:
        installed.cluster.kubectl("delete", "-f", "-", input=documents, as_=ROOT)


async def test_where_keda_is_not_its_policy_is_not_missed(proof: AdmissionProof) -> None:
    seen = await proof.prove()
    assert seen.in_force
    assert "rely on autonomic-autoscaled-scaledobject where ScaledObject is served" in seen.message


async def test_a_write_that_the_fence_refuses_may_be_tried_again(
    installed: Installation, connection: Connection, namespace: str
) -> None:
    """Admission sees a new leader's Lease a moment late: to give its plan up for that would be wrong."""
    installed.cluster.kubectl("create", "deployment", "fenced", "--image=none", "-n", namespace)
    ref = ObjectRef(api_version="apps/v1", kind="Deployment", name="fenced", namespace=namespace)
    stamped = {"metadata": {"annotations": {EPOCH_ANNOTATION: "-1"}}, "spec": {"replicas": 2}}
    with pytest.raises(Unavailable, match="autonomic-fence"):
        await KubernetesCluster(connection, lambda: None).patch(ref, stamped)
