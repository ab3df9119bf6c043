"""Fixtures of the admission tests: a plan, people with more rights than they should have, a workload."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from testbed.api import ApiError
from testbed.installation import Installation
from testbed.people import DAVE, ROOT, Person
from testbed.waiting import until
from tests.e2e.admission.proposals import GROUP, Proposal, plan_document, plans_path, propose
from tests.e2e.admission.refusals import KNOWN_SECONDS

ROLES_SECONDS = 10.0


@pytest.fixture
def namespace(installed: Installation, namespace: str) -> str:
    """A namespace of the test's own, of which admission knows that it opted in."""

    def plans_are_accepted() -> dict[str, Any]:
        return installed.operator.post(plans_path(namespace), plan_document(), dryRun="All")

    until(plans_are_accepted, KNOWN_SECONDS, f"{namespace} to be known as opted in", ignoring=(ApiError,))
    return namespace


@pytest.fixture
def proposal(installed: Installation, namespace: str) -> Proposal:
    """A plan that waits for a person, in a namespace of its own."""
    return propose(installed, namespace)


@pytest.fixture
def grant(installed: Installation, namespace: str) -> Callable[[Person, list[str]], None]:
    """Gives a person verbs on plans and their status in the test's namespace, and waits until RBAC knows."""

    def give(person: Person, verbs: list[str]) -> None:
        rules = [{"apiGroups": [GROUP], "resources": ["adaptationplans", "adaptationplans/status"], "verbs": verbs}]
        role = {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "Role",
            "metadata": {"name": "plans"},
            "rules": rules,
        }
        kubectl = installed.cluster.kubectl
        kubectl("apply", "-n", namespace, "-f", "-", input=json.dumps(role), as_=ROOT)
        kubectl("create", "rolebinding", "plans", "--role=plans", f"--user={person.name}", "-n", namespace, as_=ROOT)
        until(lambda: _may_list(installed, person, namespace), ROLES_SECONDS, f"{person.name} to have the role")

    return give


def _may_list(installed: Installation, person: Person, namespace: str) -> bool:
    try:
        installed.cluster.api(person).get(plans_path(namespace))
    except ApiError:
        return False
    return True


@pytest.fixture
def editor(grant: Callable[[Person, list[str]], None]) -> Person:
    """Somebody with Kubernetes' own role `edit` and every ordinary verb on plans and their status."""
    grant(DAVE, ["get", "list", "create", "update", "patch", "delete"])
    return DAVE


@pytest.fixture
def workload(installed: Installation, namespace: str) -> str:
    """The path of a Deployment `web` with 4 replicas, in a namespace that opted in."""
    return make_workload(installed, namespace)


def make_workload(installed: Installation, namespace: str, name: str = "web", replicas: int = 4) -> str:
    """Makes a Deployment; its path."""
    container = {"name": "main", "image": "example.com/none:1"}
    document: dict[str, Any] = {
        "metadata": {"name": name, "labels": {"app": name}, "annotations": {"owner": "shop"}},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}},
        },
    }
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    installed.cluster.api(ROOT).post(path, document)
    return f"{path}/{name}"
