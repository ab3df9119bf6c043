"""What the operator may write, whatever RBAC says."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from testbed.api import ApiError
from testbed.installation import NAMESPACE, OWN_DEPLOYMENT, OWN_LEASE, Installation
from testbed.people import ROOT
from tests.e2e.admission.conftest import make_workload
from tests.e2e.admission.proposals import plan_document, plans_path, propose
from tests.e2e.admission.refusals import await_refusal, refused
from tests.e2e.admission.rights import every_right
from tests.e2e.admission.writes import stamped

POLICY = "autonomic-allow-list"
PREFIX = "autonomic.maestro.dev"


@pytest.fixture(scope="module")
def unbound(installed: Installation) -> Iterator[Installation]:
    """The operator with every right that RBAC has: what is refused now, admission refuses."""
    with every_right(installed.cluster, f"system:serviceaccount:{NAMESPACE}:autonomic"):
        yield installed


def test_the_operator_scales_restarts_and_annotates_a_deployment(installed: Installation, workload: str) -> None:
    template = {"metadata": {"annotations": {f"{PREFIX}/restartedAt": "2026-01-01T00:00:00Z"}}}
    meta = {"annotations": {f"{PREFIX}/op-id": "a/0", f"{PREFIX}/plan-seq": "1"}}
    body = {"metadata": meta, "spec": {"replicas": 5, "template": template}}
    changed = installed.operator.patch(workload, stamped(installed, body))
    assert changed["spec"]["replicas"] == 5
    removed = {
        "metadata": {"annotations": {f"{PREFIX}/op-id": None}},
        "spec": {"template": {"metadata": {"annotations": None}}},
    }
    assert (
        f"{PREFIX}/op-id"
        not in installed.operator.patch(workload, stamped(installed, removed))["metadata"]["annotations"]
    )


@pytest.mark.parametrize(
    ("spec", "named"),
    [
        ({"paused": True}, "spec.paused"),
        ({"minReadySeconds": 5}, "spec.minReadySeconds"),
        ({"strategy": {"type": "Recreate", "rollingUpdate": None}}, "spec.strategy"),
        ({"revisionHistoryLimit": 0}, "spec.revisionHistoryLimit"),
        ({"template": {"spec": {"hostNetwork": True}}}, "the pod template"),
        ({"template": {"spec": {"containers": [{"name": "main", "image": "example.com/evil:1"}]}}}, "the pod template"),
        ({"template": {"metadata": {"labels": {"extra": "label"}}}}, "the pod template"),
        ({"template": {"metadata": {"annotations": {"other": "mark"}}}}, "the pod template"),
    ],
)
def test_no_other_field_of_a_deployment_is_written(
    installed: Installation, workload: str, spec: dict[str, Any], named: str
) -> None:
    with refused(POLICY, named):
        installed.operator.patch(workload, stamped(installed, {"spec": spec}))


@pytest.mark.parametrize(
    "meta",
    [
        {"labels": {"app": "other"}},
        {"labels": None},
        {"finalizers": ["example.com/held"]},
        {"ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "y"}]},
        {"annotations": {"owner": "me"}},
        {"annotations": {"owner": None}},
        {"annotations": {"other": "mark"}},
    ],
)
def test_no_other_metadata_of_a_deployment_is_written(
    installed: Installation, workload: str, meta: dict[str, Any]
) -> None:
    with refused(POLICY, "may not change the metadata"):
        installed.operator.patch(workload, stamped(installed, {"metadata": meta}))


def test_nothing_is_changed_in_a_namespace_that_opted_out(installed: Installation, namespace: str) -> None:
    workload = make_workload(installed, namespace)
    installed.cluster.kubectl("label", "namespace", namespace, f"{PREFIX}/enabled=false", "--overwrite", as_=ROOT)
    body = stamped(installed, {"spec": {"replicas": 5}})

    def change() -> object:
        return installed.operator.request("PATCH", workload, body, "application/merge-patch+json", {"dryRun": "All"})

    await_refusal(change, POLICY, f"the namespace is not labelled {PREFIX}/enabled=true")


def test_no_plan_is_made_in_a_namespace_that_did_not_opt_in(installed: Installation) -> None:
    with refused(POLICY, f"the namespace is not labelled {PREFIX}/enabled=true"):
        installed.operator.post(plans_path("default"), plan_document())


def test_nothing_is_changed_in_the_operators_own_namespace_even_if_it_opted_in(installed: Installation) -> None:
    label = ("label", "namespace", NAMESPACE)
    installed.cluster.kubectl(*label, f"{PREFIX}/enabled=true", as_=ROOT)
    try:
        with refused(POLICY, "it never changes workloads of its own namespace"):
            # A stamp alone, of which no RedLine has anything to say.
            installed.operator.patch(OWN_DEPLOYMENT, stamped(installed, {}))
    finally:
        installed.cluster.kubectl(*label, f"{PREFIX}/enabled-", as_=ROOT)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v1/namespaces/{ns}/configmaps", {"metadata": {"name": "x"}}),
        ("POST", "/api/v1/namespaces/{ns}/secrets", {"metadata": {"name": "x"}}),
        ("POST", "/api/v1/namespaces/{ns}/serviceaccounts", {"metadata": {"name": "x"}}),
        ("POST", "/api/v1/namespaces/{ns}/serviceaccounts/default/token", {"spec": {}}),
        ("POST", "/api/v1/namespaces", {"metadata": {"name": "test-made-by-operator"}}),
        ("PATCH", "/api/v1/namespaces/{ns}", {"metadata": {"labels": {"a": "b"}}}),
        ("DELETE", "/apis/apps/v1/namespaces/{ns}/deployments/web", None),
        ("DELETE", "/apis/apps/v1/namespaces/{ns}/deployments", None),
        ("PATCH", "/apis/apps/v1/namespaces/{ns}/deployments/web/scale", {"spec": {"replicas": 5}}),
        ("PATCH", "/apis/apps/v1/namespaces/{ns}/deployments/web/status", {"status": {"replicas": 5}}),
        (
            "POST",
            "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
            {
                "metadata": {"name": "test-made-by-operator"},
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
            },
        ),
        ("PATCH", f"/apis/{PREFIX}/v1alpha1/redlines/default", {"spec": {"limits": {"maxReplicas": 1000}}}),
        ("PATCH", f"/apis/{PREFIX}/v1alpha1/controlloops/reliability", {"spec": {"mode": "Enforce"}}),
        ("DELETE", f"/apis/{PREFIX}/v1alpha1/redlines/default", None),
        ("POST", "/apis/coordination.k8s.io/v1/namespaces/{ns}/leases", {"metadata": {"name": "x"}}),
    ],
)
def test_the_operator_writes_nothing_else_even_with_every_right(
    unbound: Installation, namespace: str, workload: str, method: str, path: str, body: dict[str, Any] | None
) -> None:
    kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
    # A controller makes it a moment after the namespace, and what is not there is not refused but not found.
    account = ("serviceaccount/default", "--namespace", namespace)
    unbound.cluster.kubectl("wait", "--for=create", *account, "--timeout=10s", as_=ROOT)
    if "configmaps" in path and body:
        body = stamped(unbound, body)
    # For RedLines two policies refuse, and for /scale, which drops the epoch, the fence too: either may be named.
    with pytest.raises(ApiError, match=r"ValidatingAdmissionPolicy 'autonomic-(allow-list|govern|fence)'") as caught:
        unbound.operator.request(method, path.format(ns=namespace), body, kind)
    assert caught.value.status == 403
    assert "autonomic-fence" not in str(caught.value) or path.endswith("/scale")
    assert re.search("the operator may not|verb govern|a leader that was replaced", str(caught.value))


def test_the_operator_writes_statuses_events_reviews_and_its_lease(installed: Installation, namespace: str) -> None:
    operator = installed.operator
    loop = f"/apis/{PREFIX}/v1alpha1/controlloops/reliability/status"
    operator.patch(loop, {"status": {"observedGeneration": 1}})
    about = {"kind": "Namespace", "name": namespace, "namespace": namespace}
    event = {"metadata": {"generateName": "test-"}, "involvedObject": about, "reason": "Tested", "type": "Normal"}
    operator.post(f"/api/v1/namespaces/{namespace}/events", event)
    operator.post("/apis/authentication.k8s.io/v1/tokenreviews", {"spec": {"token": "none"}})
    asked = {"user": "x", "resourceAttributes": {"verb": "get", "resource": "pods"}}
    operator.post("/apis/authorization.k8s.io/v1/subjectaccessreviews", {"spec": asked})
    installed.lead()
    operator.patch(f"{OWN_LEASE}/autonomic", {"spec": {"holderIdentity": "test"}})
    propose(installed, namespace).becomes("AwaitingApproval")


def test_the_epoch_of_the_lease_never_falls(installed: Installation) -> None:
    epoch = installed.lead()
    with refused(POLICY, "its leaseTransitions never fall"):
        installed.operator.patch(f"{OWN_LEASE}/autonomic", {"spec": {"leaseTransitions": epoch - 1}})


@pytest.fixture
def replica(installed: Installation) -> Iterator[str]:
    """The path of a pod that looks like a replica of the operator."""
    labels = {"app.kubernetes.io/name": "autonomic"}
    spec = {
        "containers": [{"name": "operator", "image": "example.com/none:1"}],
        "schedulingGates": [{"name": "example.com/held"}],
    }
    path = f"/api/v1/namespaces/{NAMESPACE}/pods"
    root = installed.cluster.api(ROOT)
    root.post(path, {"metadata": {"name": "replica", "labels": labels, "annotations": {"a": "b"}}, "spec": spec})
    yield f"{path}/replica"
    root.delete(f"{path}/replica", gracePeriodSeconds="0")


def test_the_leader_labels_its_pod_and_takes_the_label_off(installed: Installation, replica: str) -> None:
    label = f"{PREFIX}/leader"
    put = installed.operator.patch(replica, {"metadata": {"labels": {label: "true"}}})
    assert put["metadata"]["labels"][label] == "true"
    removed = installed.operator.patch(replica, {"metadata": {"labels": {label: None}}})
    assert label not in removed["metadata"]["labels"]


@pytest.mark.parametrize(
    "body",
    [
        {"metadata": {"labels": {"app.kubernetes.io/name": "other"}}},
        {"metadata": {"annotations": {"a": "c"}}},
        {"spec": {"containers": [{"name": "operator", "image": "example.com/evil:1"}]}},
    ],
)
def test_nothing_else_of_a_pod_is_written(installed: Installation, replica: str, body: dict[str, Any]) -> None:
    with refused(POLICY, "may not change pod"):
        installed.operator.request("PATCH", replica, body, "application/strategic-merge-patch+json")
