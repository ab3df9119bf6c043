"""Our kinds are not deleted by accident."""

from collections.abc import Iterator

import pytest

from testbed.definitions import OURS
from testbed.installation import Installation
from testbed.people import ADMIN, ROOT
from testbed.waiting import until
from tests.e2e.admission.refusals import refused

POLICY = "autonomic-crds"
GROUP = "autonomic.maestro.dev"


def path(kind: str) -> str:
    return f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{kind}.{GROUP}"


@pytest.mark.parametrize("kind", OURS)
def test_a_kind_of_ours_is_not_deleted_while_it_is_locked(installed: Installation, kind: str) -> None:
    for person in (ADMIN, ROOT):
        with refused(POLICY, f"kubectl annotate crd {kind}.{GROUP} {GROUP}/unlock=true"):
            installed.cluster.api(person).delete(path(kind), dryRun="All")


def test_our_kinds_are_not_deleted_as_a_collection(installed: Installation) -> None:
    everything = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    with refused(POLICY, "deletes every object of the kind"):
        installed.cluster.api(ROOT).delete(everything, dryRun="All")


def test_a_version_does_not_stop_being_served_while_its_kind_is_locked(installed: Installation) -> None:
    off = [{"op": "replace", "path": "/spec/versions/0/served", "value": False}]
    with refused(POLICY, "would no longer be served"):
        installed.cluster.api(ADMIN).patch(path("redlines"), off, "json-patch", dryRun="All")


def test_a_kind_may_be_annotated_and_upgraded(installed: Installation) -> None:
    documented = {"metadata": {"annotations": {"example.com/note": "x"}}}
    installed.cluster.api(ADMIN).patch(path("redlines"), documented, dryRun="All")


@pytest.fixture
def unlocked(installed: Installation) -> Iterator[str]:
    """A kind that somebody unlocked."""
    annotation = f"{GROUP}/unlock"
    api = installed.cluster.api(ADMIN)
    api.patch(path("slacontracts"), {"metadata": {"annotations": {annotation: "true"}}})
    yield "slacontracts"
    api.patch(path("slacontracts"), {"metadata": {"annotations": {annotation: None}}})


def test_an_unlocked_kind_may_be_deleted(installed: Installation, unlocked: str) -> None:
    installed.cluster.api(ADMIN).delete(path(unlocked), dryRun="All")


def test_the_kinds_of_others_are_not_guarded(installed: Installation) -> None:
    schema = {"openAPIV3Schema": {"type": "object"}}
    names = {"plural": "things", "singular": "thing", "kind": "Thing", "listKind": "ThingList"}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema}
    name = "things.example.com"
    spec = {"group": "example.com", "scope": "Cluster", "names": names, "versions": [version]}
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": name},
        "spec": spec,
    }
    api = installed.cluster.api(ADMIN)
    everything = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    api.post(everything, crd)
    api.delete(f"{everything}/{name}")
    kubectl = installed.cluster.kubectl
    until(lambda: name not in kubectl("get", "crd", "-o", "name", as_=ROOT), 60, "the kind to be gone")
