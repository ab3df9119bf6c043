"""What holds for every kind that actions write to: which fields, which metadata, where, as whom."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from testbed.installation import NAMESPACE, Installation
from testbed.people import ROOT
from tests.e2e.admission.conftest import known_namespace
from tests.e2e.admission.proposals import GROUP
from tests.e2e.admission.refusals import refused
from tests.e2e.admission.specimens import CLUSTER_QUEUE, CONFIG_MAP, DEPLOYMENT, EVERY, SCALED_OBJECT, Specimen
from tests.e2e.admission.writes import stamped, write

POLICY = "autonomic-allow-list"
every_kind = pytest.mark.parametrize("specimen", EVERY, ids=lambda each: each.kind)
pytestmark = pytest.mark.usefixtures("kinds_of_others")


@pytest.fixture(scope="module")
def namespace(installed: Installation) -> Iterator[str]:
    """One for all of these tests, since each makes an object of its own."""
    with known_namespace(installed) as name:
        yield name


@every_kind
def test_the_operator_changes_what_an_action_changes(
    installed: Installation, namespace: str, specimen: Specimen
) -> None:
    path = specimen.make(installed, namespace)
    changed = write(installed, path, specimen.good, dry=False, op_id="a/0", plan_seq="1")
    assert changed["metadata"]["annotations"][f"{GROUP}/op-id"] == "a/0"


@every_kind
def test_the_operator_changes_no_other_field(installed: Installation, namespace: str, specimen: Specimen) -> None:
    path = specimen.make(installed, namespace)
    with refused(POLICY, "the operator may not change"):
        write(installed, path, specimen.bad)


@every_kind
@pytest.mark.parametrize(
    "meta",
    [
        {"labels": {"app": "other"}},
        {"finalizers": ["example.com/held"]},
        {"ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "y"}]},
        {"annotations": {"owner": "me"}},
        {"annotations": {f"{GROUP}/writable-env": "LD_PRELOAD", f"{GROUP}/writable-keys": "secretive"}},
        {"annotations": {f"{GROUP}/allow-rollback": "true"}},
    ],
    ids=["labels", "finalizers", "owners", "annotations", "what may be written", "a rollback"],
)
def test_the_operator_changes_no_other_metadata_and_opts_nothing_in(
    installed: Installation, namespace: str, specimen: Specimen, meta: dict[str, Any]
) -> None:
    path = specimen.make(installed, namespace)
    with refused(POLICY, "may not change the metadata"):
        write(installed, path, {"metadata": meta})


@every_kind
def test_the_operator_writes_under_its_own_name(installed: Installation, namespace: str, specimen: Specimen) -> None:
    path = specimen.make(installed, namespace)
    with refused(POLICY, "as field manager me: it writes as autonomic"):
        write(installed, path, specimen.good, params={"fieldManager": "me"})


@every_kind
@pytest.mark.parametrize("epoch", ["-1", None], ids=["another", "none"])
def test_a_write_from_another_epoch_is_refused(
    installed: Installation, namespace: str, specimen: Specimen, epoch: str | None
) -> None:
    path = specimen.make(installed, namespace)
    with refused("autonomic-fence", "a leader that was replaced"):
        write(installed, path, {**specimen.good, "metadata": {"annotations": {f"{GROUP}/epoch": epoch}}})


@pytest.mark.parametrize("specimen", [each for each in EVERY if each.namespaced], ids=lambda each: each.kind)
def test_nothing_is_changed_where_nobody_opted_in(installed: Installation, specimen: Specimen) -> None:
    path = specimen.make(installed, "default")
    try:
        with refused(POLICY, f"the namespace is not labelled {GROUP}/enabled=true"):
            write(installed, path, specimen.good)
    finally:
        installed.cluster.api(ROOT).delete(path)


def test_no_key_is_set_in_the_operators_own_namespace_whatever_is_listed(installed: Installation) -> None:
    path = CONFIG_MAP.make(installed, NAMESPACE)
    try:
        with refused(POLICY, "of its own namespace"):
            write(installed, path, CONFIG_MAP.good)
    finally:
        installed.cluster.api(ROOT).delete(path)


def test_a_cluster_queue_without_a_tenant_is_nobodys_to_change(installed: Installation, namespace: str) -> None:
    path = CLUSTER_QUEUE.make(installed, namespace)
    installed.cluster.api(ROOT).patch(path, {"metadata": {"annotations": {f"{GROUP}/tenant": None}}})
    with refused(POLICY, f"not annotated {GROUP}/tenant=NAMESPACE"):
        write(installed, path, CLUSTER_QUEUE.good)


def without_a_field(managed: list[Any]) -> list[Any]:
    """The times set back; with the times alone changed, the server would drop the change as none."""
    return [{**entry, "time": "2001-01-01T00:00:00Z", "fieldsV1": {"f:metadata": {}}} for entry in managed]


@pytest.mark.parametrize("forge", [lambda _: [], lambda _: [{}], without_a_field], ids=["none", "empty", "set back"])
def test_the_times_of_our_writes_are_neither_stripped_nor_set_back(
    installed: Installation, namespace: str, forge: Callable[[list[Any]], list[Any]]
) -> None:
    path = DEPLOYMENT.make(installed, namespace)
    managed = write(installed, path, DEPLOYMENT.good, dry=False)["metadata"]["managedFields"]
    with refused(POLICY, "strip or set back the times"):
        installed.operator.patch(path, {"metadata": {"managedFields": forge(managed)}})


def test_a_put_and_an_apply_are_held_like_a_patch(installed: Installation, namespace: str) -> None:
    path = DEPLOYMENT.make(installed, namespace)
    live = installed.operator.get(path)
    live["spec"]["paused"] = True
    with pytest.raises(Exception, match="cannot update resource"):
        installed.operator.put(path, stamped(installed, live))
    applied = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {}, "spec": {"paused": True}}
    with refused(POLICY, "spec.paused"):
        kind = "application/apply-patch+yaml"
        installed.operator.request("PATCH", path, stamped(installed, applied), kind, {"force": "true"})


def test_scaling_out_is_paused_on_a_scaled_object_and_nothing_else_of_keda(
    installed: Installation, namespace: str
) -> None:
    path = SCALED_OBJECT.make(installed, namespace)

    def annotate(name: str, value: str | None) -> None:
        write(installed, path, {"metadata": {"annotations": {f"autoscaling.keda.sh/{name}": value}}}, dry=False)

    for value in ("true", "false", None):
        annotate("paused-scale-out", value)
    with refused(POLICY, "to true or false alone"):
        annotate("paused-scale-out", "yes")
    for name in ("paused", "paused-replicas"):
        with refused(POLICY, "may not change the metadata"):
            annotate(name, "0")
