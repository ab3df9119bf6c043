"""Autoscalers: RedLines bound their bounds, and what they set is theirs."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from testbed.cluster import Cluster
from testbed.installation import CHART, NAMESPACE, Installation
from testbed.people import ADMIN, ROOT
from tests.e2e.admission.refusals import await_refusal, refused
from tests.e2e.admission.specimens import DEPLOYMENT, HPA, SCALED_OBJECT, STATEFUL_SET, Specimen
from tests.e2e.admission.writes import REDLINES, write

POLICY = "autonomic-redlines"
Draw = Callable[..., str]
pytestmark = pytest.mark.usefixtures("kinds_of_others")
SCALERS = [(HPA, "minReplicas", "maxReplicas"), (SCALED_OBJECT, "minReplicaCount", "maxReplicaCount")]
scalers = pytest.mark.parametrize(("specimen", "least", "most"), SCALERS, ids=["HPA", "ScaledObject"])


@scalers
def test_the_bounds_of_an_autoscaler_are_bounded(
    installed: Installation, namespace: str, draw: Draw, specimen: Specimen, least: str, most: str
) -> None:
    path = specimen.make(installed, namespace)
    write(installed, path, {"spec": {least: 2}}, dry=False)
    name = draw(limits={"minReplicas": 2, "maxReplicas": 6})
    await_refusal(lambda: write(installed, path, {"spec": {most: 7}}), POLICY, f"RedLine {name}:")
    write(installed, path, {"spec": {most: 6}})
    with refused(POLICY, f"would have {most} 7, more than maxReplicas 6"):
        write(installed, path, {"spec": {most: 7}})
    with refused(POLICY, f"would have {least} 1, fewer than minReplicas 2"):
        write(installed, path, {"spec": {least: 1}})


@scalers
def test_the_step_of_an_autoscalers_bound_is_bounded_by_the_larger_of_both(
    installed: Installation, namespace: str, draw: Draw, specimen: Specimen, least: str, most: str
) -> None:
    path = specimen.make(installed, namespace)
    name = draw(limits={"maxStep": "0.5"})
    await_refusal(lambda: write(installed, path, {"spec": {most: 9}}), POLICY, f"RedLine {name}:")
    with refused(POLICY, f"{most} from 4 to 9 is a larger step than maxStep 0.5"):
        write(installed, path, {"spec": {most: 9}})
    for value in (8, 4, 2):
        write(installed, path, {"spec": {most: value, least: 2}}, dry=False)


def test_a_scaled_object_without_bounds_has_0_and_100(installed: Installation, namespace: str, draw: Draw) -> None:
    path = SCALED_OBJECT.make(installed, namespace)
    bare = {"spec": {"minReplicaCount": None, "maxReplicaCount": None}}
    installed.cluster.api(ADMIN).patch(path, bare)
    name = draw(limits={"maxStep": "0.5", "maxReplicas": 60})
    await_refusal(lambda: write(installed, path, {"spec": {"maxReplicaCount": 49}}), POLICY, f"RedLine {name}:")
    with refused(POLICY, "maxReplicaCount from 100 to 49"):
        write(installed, path, {"spec": {"maxReplicaCount": 49}})
    write(installed, path, {"spec": {"maxReplicaCount": 50}})
    # What is out of bounds by default may still be stamped.
    write(installed, path, {}, op_id="a/0")


def test_a_scale_that_leaves_replicas_out_means_none(installed: Installation, namespace: str) -> None:
    """The allow-list refuses the subresource anyway; the line holds for itself."""
    path = DEPLOYMENT.make(installed, namespace)
    with pytest.raises(Exception, match="cannot patch resource"):
        installed.operator.patch(f"{path}/scale", {"spec": {"replicas": 0}})


@pytest.mark.parametrize("specimen", [DEPLOYMENT, STATEFUL_SET], ids=lambda each: each.kind)
def test_replicas_that_an_hpa_sets_are_the_hpas(installed: Installation, namespace: str, specimen: Specimen) -> None:
    path, other = specimen.make(installed, namespace), specimen.make(installed, namespace)
    _scaler(installed, HPA, namespace, path, specimen)
    await_refusal(
        lambda: write(installed, path, {"spec": {"replicas": 5}}),
        "autonomic-autoscaled-hpa",
        "change its bounds instead",
    )
    write(installed, other, {"spec": {"replicas": 5}})
    # Everything else of it may be changed.
    mark = {"metadata": {"annotations": {"autonomic.maestro.dev/restartedAt": "2026-01-01T00:00:00Z"}}}
    write(installed, path, {"spec": {"template": mark}})


def _scaler(installed: Installation, scaler: Specimen, namespace: str, path: str, specimen: Specimen) -> None:
    made = scaler.make(installed, namespace)
    ref = {"apiVersion": "apps/v1", "kind": specimen.kind, "name": path.rpartition("/")[2]}
    installed.cluster.api(ROOT).patch(made, {"spec": {"scaleTargetRef": ref}})


@pytest.fixture
def with_keda(installed: Installation) -> Iterator[list[dict[str, Any]]]:
    """What the chart adds where KEDA is installed before it."""
    page = installed.cluster.helm(
        "template", "autonomic", CHART, "--namespace", NAMESPACE, "--show-only", "templates/admission/autoscaled.yaml",
        "--api-versions", "keda.sh/v1alpha1/ScaledObject",
    )  # fmt: skip
    added = [each for each in yaml.safe_load_all(page) if each and each["metadata"]["name"].endswith("-scaledobject")]
    _kubectl(installed.cluster, "apply", added)
    yield added
    _kubectl(installed.cluster, "delete", added)


def _kubectl(cluster: Cluster, verb: str, documents: list[dict[str, Any]]) -> None:
    cluster.kubectl(
        verb, "-f", "-", as_=ROOT, input=json.dumps({"apiVersion": "v1", "kind": "List", "items": documents})
    )


@pytest.mark.usefixtures("with_keda")
def test_replicas_that_a_scaled_object_sets_are_its_own(installed: Installation, namespace: str) -> None:
    path, other = DEPLOYMENT.make(installed, namespace), DEPLOYMENT.make(installed, namespace)
    made = SCALED_OBJECT.make(installed, namespace)
    # Neither kind nor apiVersion: a Deployment is meant.
    installed.cluster.api(ROOT).patch(made, {"spec": {"scaleTargetRef": {"name": path.rpartition("/")[2]}}})
    policy = "autonomic-autoscaled-scaledobject"
    await_refusal(lambda: write(installed, path, {"spec": {"replicas": 5}}), policy, "change its bounds instead")
    write(installed, other, {"spec": {"replicas": 5}})


def test_a_policy_over_a_kind_that_is_gone_hinders_nobody(installed: Installation, namespace: str) -> None:
    page = installed.cluster.helm(
        "template", "autonomic", CHART, "--namespace", NAMESPACE, "--show-only", "templates/admission/autoscaled.yaml",
        "--api-versions", "keda.sh/v1alpha1/ScaledObject",
    )  # fmt: skip
    added = [each for each in yaml.safe_load_all(page) if each and each["metadata"]["name"].endswith("-scaledobject")]
    for each in added:
        each["metadata"]["name"] = "test-of-a-gone-kind"
        each["spec"] |= {"policyName": "test-of-a-gone-kind"} if "policyName" in each["spec"] else {}
        if "paramKind" in each["spec"]:
            each["spec"]["paramKind"] = {"apiVersion": "gone.example.com/v1", "kind": "Gone"}
    path = DEPLOYMENT.make(installed, namespace)
    _kubectl(installed.cluster, "apply", added)
    try:
        # Whoever writes: the automation, and the people of a namespace that opted in.
        for _ in range(5):
            write(installed, path, {"spec": {"replicas": 5}})
            installed.cluster.api(ROOT).patch(path, {"spec": {"replicas": 4}})
    finally:
        _kubectl(installed.cluster, "delete", added)


def test_a_maximum_of_nothing_is_no_bound(installed: Installation, namespace: str) -> None:
    path = SCALED_OBJECT.make(installed, namespace)
    none = {"spec": {"minReplicaCount": 0, "maxReplicaCount": 0}}
    api, default = installed.cluster.api(ADMIN), f"{REDLINES}/default"
    limits = api.get(default)["spec"]["limits"]
    api.patch(default, {"spec": {"limits": dict.fromkeys(limits)}})
    try:
        await_refusal(lambda: write(installed, path, none), "autonomic-allow-list", "the least is 1")
    finally:
        api.patch(default, {"spec": {"limits": limits}})
