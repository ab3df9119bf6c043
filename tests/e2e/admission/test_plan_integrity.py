"""Plans are the operator's: nobody else makes them, forges them, hides them or takes them away."""

import json

import pytest

from testbed.api import ApiError
from testbed.installation import Installation
from testbed.people import ADMIN, ALICE, ROOT, Person
from testbed.waiting import until
from tests.e2e.admission.proposals import Proposal, plan_document, plans_path, propose
from tests.e2e.admission.refusals import refused

POLICY = "autonomic-plans"
END_SECONDS = 60.0


def test_an_editor_may_not_create_a_plan(installed: Installation, namespace: str, editor: Person) -> None:
    with refused(POLICY, "only the operator creates plans"):
        installed.cluster.api(editor).post(plans_path(namespace), plan_document())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("justification", "better"),
        ("requiresPerson", False),
        ("expiresAt", "2100-01-01T00:00:00Z"),
        ("nonce", "0" * 32),
    ],
)
def test_the_spec_is_fixed_when_the_plan_is_made(proposal: Proposal, editor: Person, field: str, value: object) -> None:
    with pytest.raises(ApiError, match="is fixed when"):
        proposal.patch(editor, {"spec": {field: value}})


def test_the_actions_are_fixed_when_the_plan_is_made(proposal: Proposal) -> None:
    with pytest.raises(ApiError, match="fixed when"):
        proposal.patch(ALICE, [{"op": "replace", "path": "/spec/actions/0/scale/replicas", "value": 40}], "json-patch")


def test_an_optional_field_of_the_spec_is_fixed_too(proposal: Proposal, editor: Person) -> None:
    with pytest.raises(ApiError, match="fixed when"):
        proposal.patch(editor, {"spec": {"evidence": {"budgetRemaining": "90"}}})


def test_an_editor_may_not_forge_the_status(proposal: Proposal, editor: Person) -> None:
    with refused(POLICY, "only the operator writes the status"):
        proposal.cluster.api(editor).patch(f"{proposal.path}/status", {"status": {"phase": "Approved"}})


def test_an_approver_may_not_forge_the_status_beside_a_review(proposal: Proposal) -> None:
    proposal.patch(ALICE, {"spec": {"reviews": [proposal.review()]}, "status": {"phase": "Succeeded"}})
    assert proposal.read().get("status", {}).get("phase", "Proposed") == "Proposed"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("labels", {"a": "b"}),
        ("annotations", {"a": "b"}),
        ("ownerReferences", [{"apiVersion": "v1", "kind": "ConfigMap", "name": "gone", "uid": "no-such-uid"}]),
    ],
)
def test_only_the_operator_writes_the_metadata(proposal: Proposal, editor: Person, field: str, value: object) -> None:
    for person in (editor, ALICE, ADMIN):
        with refused(POLICY, "only the operator writes labels, annotations and ownerReferences"):
            proposal.patch(person, {"metadata": {field: value}})


def test_only_the_operator_writes_finalizers(proposal: Proposal, editor: Person) -> None:
    for person in (editor, ALICE, ADMIN):
        with refused(POLICY, "only the operator writes finalizers"):
            proposal.patch(person, {"metadata": {"finalizers": ["example.com/held"]}})


def test_a_write_that_changes_nothing_is_allowed(proposal: Proposal, editor: Person) -> None:
    plan = proposal.read()
    proposal.cluster.api(editor).put(proposal.path, plan)


def test_an_editor_may_not_delete_an_unfinished_plan(proposal: Proposal, editor: Person) -> None:
    with refused(POLICY, "the plan is not finished"):
        proposal.cluster.api(editor).delete(proposal.path)


def test_an_editor_may_not_delete_unfinished_plans_by_the_collection(
    proposal: Proposal, installed: Installation, namespace: str
) -> None:
    installed.cluster.kubectl(
        "create", "rolebinding", "all", "--clusterrole=cluster-admin", f"--user={ALICE.name}", "-n", namespace, as_=ROOT
    )
    until(lambda: _may_delete_all(installed, namespace), 60, "RBAC to allow it")
    with refused(POLICY, "the plan is not finished"):
        installed.cluster.api(ALICE).delete(plans_path(namespace))
    assert proposal.read()


def _may_delete_all(installed: Installation, namespace: str) -> bool:
    wanted = {"verb": "deletecollection", "group": "autonomic.maestro.dev", "resource": "adaptationplans"}
    spec = {"resourceAttributes": {**wanted, "namespace": namespace}}
    answer = installed.cluster.api(ALICE).post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {"spec": spec})
    return bool(answer["status"]["allowed"])


def test_an_editor_may_delete_a_finished_plan(proposal: Proposal, editor: Person) -> None:
    proposal.becomes("Succeeded", finished=True)
    proposal.cluster.api(editor).delete(proposal.path)


def test_a_governor_and_the_operator_may_delete_any_plan(installed: Installation, namespace: str) -> None:
    installed.cluster.api(ADMIN).delete(propose(installed, namespace).path)
    installed.operator.delete(propose(installed, namespace).path)


def test_a_namespace_with_unfinished_plans_ends_when_it_is_deleted(installed: Installation, namespace: str) -> None:
    for _ in range(3):
        propose(installed, namespace)
    reviewed = propose(installed, namespace)
    reviewed.add(ALICE)
    installed.cluster.delete_namespace(namespace)
    until(lambda: _is_gone(installed, f"/api/v1/namespaces/{namespace}"), END_SECONDS, "the namespace to end")


def test_a_plan_is_collected_with_what_owns_it(installed: Installation, namespace: str) -> None:
    kubectl = installed.cluster.kubectl
    kubectl("create", "configmap", "owner", "-n", namespace, as_=ROOT)
    uid = json.loads(kubectl("get", "configmap", "owner", "-n", namespace, "-o", "json", as_=ROOT))["metadata"]["uid"]
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": uid}
    owned = propose(installed, namespace, ownerReferences=[owner])
    kubectl("delete", "configmap", "owner", "-n", namespace, as_=ROOT)
    until(lambda: _is_gone(installed, owned.path), END_SECONDS, "the plan to be collected")


def test_a_plan_is_orphaned_when_its_owner_is_deleted_that_way(installed: Installation, namespace: str) -> None:
    kubectl = installed.cluster.kubectl
    kubectl("create", "configmap", "owner", "-n", namespace, as_=ROOT)
    uid = json.loads(kubectl("get", "configmap", "owner", "-n", namespace, "-o", "json", as_=ROOT))["metadata"]["uid"]
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": uid}
    owned = propose(installed, namespace, ownerReferences=[owner])
    kubectl("delete", "configmap", "owner", "-n", namespace, "--cascade=orphan", "--wait=false", as_=ROOT)
    until(lambda: "ownerReferences" not in owned.read()["metadata"], END_SECONDS, "the plan to lose its owner")


def _is_gone(installed: Installation, path: str) -> bool:
    try:
        installed.cluster.api(ROOT).get(path)
    except ApiError as problem:
        return problem.status == 404
    return False
