"""Fixtures of the admission tests: a plan, people with more rights than they should have, a workload."""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from testbed.api import ApiError
from testbed.installation import Installation
from testbed.people import ADMIN, DAVE, ROOT, Person
from testbed.waiting import until
from tests.contract.actions import kinds
from tests.e2e.admission.proposals import GROUP, Proposal, plan_document, plans_path, propose
from tests.e2e.admission.refusals import KNOWN_SECONDS
from tests.e2e.admission.writes import REDLINES

ROLES_SECONDS = 60.0


@pytest.fixture
def namespace(installed: Installation, namespace: str) -> str:
    """A namespace of the test's own, of which admission knows that it opted in."""
    await_known(installed, namespace)
    return namespace


@contextmanager
def known_namespace(installed: Installation) -> Iterator[str]:
    """A namespace for several tests, of which admission knows that it opted in."""
    name = f"test-{secrets.token_hex(4)}"
    installed.cluster.create_namespace(name)
    try:
        await_known(installed, name)
        yield name
    finally:
        installed.cluster.delete_namespace(name)


def await_known(installed: Installation, namespace: str) -> None:
    """Wait until admission knows that the namespace opted in."""

    def plans_are_accepted() -> dict[str, Any]:
        return installed.operator.post(plans_path(namespace), plan_document(), dryRun="All")

    until(plans_are_accepted, KNOWN_SECONDS, f"{namespace} to be known as opted in", ignoring=(ApiError,))


@pytest.fixture(scope="package")
def kinds_of_others(installed: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The kinds of others that actions write to, for as long as these tests run."""
    files = kinds.install(installed.cluster, tmp_path_factory.mktemp("kinds"))
    yield
    kinds.uninstall(installed.cluster, files)


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


@pytest.fixture
def draw(installed: Installation, namespace: str) -> Iterator[Callable[..., str]]:
    """Draws a RedLine over the test's namespace (`applies_to` narrows it further); its name."""
    api, drawn = installed.cluster.api(ADMIN), []

    def make(applies_to: dict[str, Any] | None = None, **spec: Any) -> str:
        name = f"test-{secrets.token_hex(4)}"
        scope = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}, **(applies_to or {})}
        api.post(
            REDLINES,
            {
                "apiVersion": f"{GROUP}/v1alpha1",
                "kind": "RedLine",
                "metadata": {"name": name},
                "spec": {"appliesTo": scope, **spec},
            },
        )
        drawn.append(name)
        return name

    yield make
    for name in drawn:
        api.delete(f"{REDLINES}/{name}")
