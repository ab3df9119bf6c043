"""The local cluster is a real one: admission, RBAC, people, scheduling, audit."""

import json
from datetime import UTC, datetime

import pytest

from testbed.api import ApiError
from testbed.audit import Write
from testbed.cluster import Cluster, CommandFailedError
from testbed.people import ADMIN, ALICE, BOB, DAVE, PEOPLE, ROOT, Person
from testbed.waiting import until

CONFIG_MAPS = "/api/v1/namespaces/{namespace}/configmaps"


def config_map(name: str, **data: str) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def writes_of(cluster: Cluster, person: Person, since: datetime, count: int) -> list[Write]:
    return until(
        lambda: [found for found in [cluster.writes(person.name, since)] if len(found) >= count],
        5,
        f"{count} writes of {person.name}",
    )[0]


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.short)
def test_a_person_is_who_the_server_sees_with_groups_of_their_own(cluster: Cluster, person: Person) -> None:
    seen = json.loads(cluster.kubectl("auth", "whoami", "--output=json", as_=person))["status"]["userInfo"]
    assert seen["username"] == person.name
    assert set(person.groups) <= set(seen["groups"])


def test_two_sres_are_two_people(cluster: Cluster) -> None:
    assert ALICE.groups == BOB.groups
    assert cluster.kubeconfigs[ALICE].read_text() != cluster.kubeconfigs[BOB].read_text()


@pytest.mark.parametrize(
    ("person", "may_see", "may_edit", "may_delete_nodes"),
    [(ADMIN, "yes", "yes", "yes"), (ALICE, "yes", "no", "no"), (DAVE, "yes", "yes", "no")],
    ids=["admin", "sre", "developer"],
)
def test_people_may_do_what_their_group_may(
    cluster: Cluster, namespace: str, person: Person, may_see: str, may_edit: str, may_delete_nodes: str
) -> None:
    def may(verb: str, resource: str) -> str:
        question = cluster.api(person).post(
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            {
                "apiVersion": "authorization.k8s.io/v1",
                "kind": "SelfSubjectAccessReview",
                "spec": {"resourceAttributes": {"verb": verb, "resource": resource, "namespace": namespace}},
            },
        )
        return "yes" if question["status"]["allowed"] else "no"

    asked = (may("get", "configmaps"), may("create", "configmaps"), may("delete", "nodes"))
    assert asked == (may_see, may_edit, may_delete_nodes)


def test_a_refused_command_raises_with_what_the_server_said(cluster: Cluster, namespace: str) -> None:
    with pytest.raises(CommandFailedError, match=r"`kubectl create configmap .*cannot create resource") as refusal:
        cluster.kubectl("create", "configmap", "x", "--namespace", namespace, as_=ALICE)
    assert refusal.value.code == 1


def test_a_service_account_acts_under_its_own_name_and_rights(cluster: Cluster, namespace: str) -> None:
    cluster.kubectl("create", "serviceaccount", "robot", "--namespace", namespace)
    config = cluster.kubeconfig_for(cluster.service_account_token(namespace, "robot"))
    seen = cluster.kubectl("--kubeconfig", config, "auth", "whoami")
    assert f"system:serviceaccount:{namespace}:robot" in seen
    with pytest.raises(CommandFailedError, match="forbidden"):
        cluster.kubectl("--kubeconfig", config, "get", "configmaps", "--namespace", namespace)


def test_a_deployment_becomes_ready_and_its_namespace_can_be_deleted(cluster: Cluster, namespace: str) -> None:
    inside = ("--namespace", namespace)
    cluster.kubectl("create", "deployment", "web", "--image=web", "--replicas=20", *inside, as_=DAVE)
    cluster.kubectl("rollout", "status", "deployment/web", "--timeout=60s", *inside)
    ready = cluster.kubectl("get", "deployment", "web", "--output=jsonpath={.status.readyReplicas}", *inside)
    assert ready == "20"
    cluster.kubectl("delete", "namespace", namespace, "--wait=false", as_=ADMIN)
    cluster.kubectl("wait", "--for=delete", f"namespace/{namespace}", "--timeout=60s", as_=ADMIN)


def test_a_namespace_for_a_test_is_labelled_for_the_operator(cluster: Cluster, namespace: str) -> None:
    labels = json.loads(cluster.kubectl("get", "namespace", namespace, "--output=json"))["metadata"]["labels"]
    assert labels["autonomic.maestro.dev/enabled"] == "true"


def test_a_namespace_can_be_made_in_which_the_operator_may_not_act(cluster: Cluster, namespace: str) -> None:
    other = f"{namespace}-out"
    cluster.create_namespace(other, enabled=False)
    labels = json.loads(cluster.kubectl("get", "namespace", other, "--output=json"))["metadata"]["labels"]
    cluster.delete_namespace(other)
    assert "autonomic.maestro.dev/enabled" not in labels


@pytest.mark.parametrize("kind", ["ValidatingAdmissionPolicy", "MutatingAdmissionPolicy"])
def test_admission_policies_are_served_in_their_stable_version(cluster: Cluster, kind: str) -> None:
    served = cluster.api().get("/apis/admissionregistration.k8s.io/v1")
    assert kind in {resource["kind"] for resource in served["resources"]}


def test_a_mutating_policy_changes_what_is_created(cluster: Cluster, namespace: str) -> None:
    policies = "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies"
    name = f"stamp-{namespace}"
    expression = "Object{data: {'stamped-by': request.userInfo.username}}"
    spec = {
        "matchConstraints": {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
            "resourceRules": [
                {"apiGroups": [""], "apiVersions": ["v1"], "resources": ["configmaps"], "operations": ["CREATE"]}
            ],
        },
        "reinvocationPolicy": "Never",
        "mutations": [{"patchType": "ApplyConfiguration", "applyConfiguration": {"expression": expression}}],
    }
    group = "admissionregistration.k8s.io/v1"
    root = cluster.api()
    root.post(
        policies, {"apiVersion": group, "kind": "MutatingAdmissionPolicy", "metadata": {"name": name}, "spec": spec}
    )
    root.post(
        "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings",
        {
            "apiVersion": group,
            "kind": "MutatingAdmissionPolicyBinding",
            "metadata": {"name": name},
            "spec": {"policyName": name},
        },
    )
    path = CONFIG_MAPS.format(namespace=namespace)

    def stamped() -> bool:
        made = cluster.api(DAVE).post(path, config_map("probe", a="b"), dryRun="All")
        return bool(made["data"].get("stamped-by") == DAVE.name)

    try:
        until(stamped, 30, "the policy to be in force")
    finally:
        root.delete(f"{policies}/{name}")


def test_every_write_is_recorded_with_its_author_and_its_outcome(cluster: Cluster, namespace: str) -> None:
    since = datetime.now(UTC)
    path = CONFIG_MAPS.format(namespace=namespace)
    dave = cluster.api(DAVE)
    dave.get(path)
    dave.post(path, config_map("one", a="1"))
    dave.post(path, config_map("two"), dryRun="All")
    dave.patch(f"{path}/one", {"data": {"a": "2"}})
    with pytest.raises(ApiError) as refusal:
        dave.delete(f"{path}/none")
    assert refusal.value.status == 404
    found = writes_of(cluster, DAVE, since, 4)
    assert [(write.verb, write.name, write.code, write.dry_run) for write in found] == [
        ("create", "one", 201, False),
        ("create", "two", 201, True),
        ("patch", "one", 200, False),
        ("delete", "none", 404, False),
    ]
    assert [write.succeeded for write in found] == [True, True, True, False]
    assert {(write.user, write.resource, write.namespace) for write in found} == {(DAVE.name, "configmaps", namespace)}


def test_writes_are_counted_from_the_moment_asked_for(cluster: Cluster, namespace: str) -> None:
    path = CONFIG_MAPS.format(namespace=namespace)
    cluster.api(DAVE).post(path, config_map("before"))
    since = datetime.now(UTC)
    assert cluster.writes(DAVE.name, since) == []
    cluster.api(DAVE).post(path, config_map("after"))
    assert [write.name for write in writes_of(cluster, DAVE, since, 1)] == ["after"]


def test_an_impersonated_write_counts_for_the_person_who_was_played(cluster: Cluster, namespace: str) -> None:
    since = datetime.now(UTC)
    in_bobs_name = ("--as", BOB.name, "--as-group", "developers")
    cluster.kubectl("create", "configmap", "x", "--namespace", namespace, *in_bobs_name, as_=ROOT)
    (found,) = writes_of(cluster, BOB, since, 1)
    assert (found.user, found.impersonator) == (BOB.name, ROOT.name)


def test_helm_talks_to_the_cluster_as_a_person(cluster: Cluster, namespace: str) -> None:
    assert json.loads(cluster.helm("list", "--namespace", namespace, "--output=json", as_=DAVE)) == []
    with pytest.raises(CommandFailedError, match="forbidden"):
        cluster.helm("list", "--namespace", namespace, as_=ALICE)
