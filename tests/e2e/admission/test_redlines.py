"""RedLines, held by the API server: bounds on replicas and the kill switch, for the operator alone."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from testbed.api import ApiError
from testbed.installation import NAMESPACE, Installation
from testbed.people import ADMIN, ALICE, DAVE, ROOT
from testbed.waiting import until
from tests.e2e.admission.conftest import make_workload
from tests.e2e.admission.proposals import GROUP, plan_document, plans_path
from tests.e2e.admission.refusals import await_refusal, refused
from tests.e2e.admission.rights import every_right
from tests.e2e.admission.specimens import CLUSTER_QUEUE, EVERY, STATEFUL_SET, Specimen
from tests.e2e.admission.writes import REDLINES, write

POLICY = "autonomic-redlines"
OPERATOR = f"system:serviceaccount:{NAMESPACE}:autonomic"
Draw = Callable[..., str]


def scale(installed: Installation, workload: str, replicas: int, dry: bool = True) -> dict[str, Any]:
    """The operator asks for that many replicas."""
    meta = {"annotations": {f"{GROUP}/epoch": str(installed.lead())}}
    body = {"metadata": meta, "spec": {"replicas": replicas}}
    query = {"dryRun": "All"} if dry else {}
    return installed.operator.request("PATCH", workload, body, "application/merge-patch+json", query)


def await_bound(installed: Installation, workload: str, replicas: int, redline: str) -> None:
    """Wait until a RedLine that was just drawn refuses that many replicas."""
    await_refusal(lambda: scale(installed, workload, replicas), POLICY, f"RedLine {redline}:")


def test_fewer_than_min_replicas_are_refused(
    installed: Installation, namespace: str, workload: str, draw: Draw
) -> None:
    name = draw(limits={"minReplicas": 3})
    await_bound(installed, workload, 2, name)
    with refused(POLICY, f"RedLine {name}: Deployment {namespace}/web would have replicas 2, fewer than minReplicas 3"):
        scale(installed, workload, 2)
    scale(installed, workload, 3)


def test_more_than_max_replicas_are_refused(installed: Installation, namespace: str, workload: str, draw: Draw) -> None:
    name = draw(limits={"maxReplicas": 6})
    await_bound(installed, workload, 7, name)
    with refused(POLICY, f"RedLine {name}: Deployment {namespace}/web would have replicas 7, more than maxReplicas 6"):
        scale(installed, workload, 7)
    scale(installed, workload, 6)


def test_a_step_is_bounded_and_what_was_halved_may_be_doubled(
    installed: Installation, workload: str, draw: Draw
) -> None:
    name = draw(limits={"maxStep": "0.5"})
    await_bound(installed, workload, 1, name)
    with refused(POLICY, f"RedLine {name}: replicas from 4 to 1 is a larger step than maxStep 0.5 allows"):
        scale(installed, workload, 1)
    with refused(POLICY, f"RedLine {name}: replicas from 4 to 9"):
        scale(installed, workload, 9)
    scale(installed, workload, 8)
    scale(installed, workload, 2, dry=False)
    scale(installed, workload, 4, dry=False)


def test_a_step_exactly_at_the_bound_is_allowed_whatever_binary_fractions_say(
    installed: Installation, namespace: str, draw: Draw
) -> None:
    workload = make_workload(installed, namespace, "wide", 21)
    name = draw(limits={"maxStep": "0.58"})
    await_bound(installed, workload, 8, name)
    assert 0.58 * 50 < 50 - 21
    scale(installed, workload, 50)


def test_scaling_to_nothing_is_refused_by_the_default_redline(
    installed: Installation, namespace: str, workload: str
) -> None:
    with refused(POLICY, f"RedLine default: Deployment {namespace}/web would have replicas 0"):
        scale(installed, workload, 0)


def test_an_object_that_is_out_of_bounds_may_still_be_annotated(
    installed: Installation, workload: str, draw: Draw
) -> None:
    name = draw(limits={"maxReplicas": 2})
    await_bound(installed, workload, 3, name)
    meta = {"annotations": {f"{GROUP}/epoch": str(installed.lead()), f"{GROUP}/op-id": "x"}}
    installed.operator.patch(workload, {"metadata": meta})


def test_every_redline_is_asked_and_the_strictest_wins(installed: Installation, workload: str, draw: Draw) -> None:
    draw(limits={"maxReplicas": 40})
    strict = draw(limits={"maxReplicas": 5})
    await_bound(installed, workload, 6, strict)
    with refused(POLICY, f"RedLine {strict}"):
        scale(installed, workload, 6)


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"names": ["other"]},
        {"kinds": ["StatefulSet"]},
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "elsewhere"}}},
    ],
)
def test_a_redline_for_something_else_does_not_bind(
    installed: Installation, namespace: str, workload: str, draw: Draw, elsewhere: dict[str, Any]
) -> None:
    draw(elsewhere, limits={"maxReplicas": 4})
    here = draw({"names": ["web"], "kinds": ["Deployment"]}, limits={"maxReplicas": 6})
    await_bound(installed, workload, 7, here)
    scale(installed, workload, 6)
    with refused(POLICY, f"RedLine {here}"):
        scale(installed, workload, 7)


def test_bounds_of_a_redline_for_a_loop_are_the_gates_but_its_kill_switch_stops_the_workload(
    installed: Installation, workload: str, draw: Draw
) -> None:
    for_a_loop = {"controlLoops": ["healing"]}
    draw(for_a_loop, limits={"maxReplicas": 4})
    bound = draw(limits={"maxReplicas": 6})
    await_bound(installed, workload, 7, bound)
    scale(installed, workload, 6)
    switch = draw(for_a_loop, killSwitch=True)
    await_bound(installed, workload, 6, switch)
    with refused(POLICY, f"RedLine {switch}: the kill switch is on"):
        scale(installed, workload, 6)


def test_the_kill_switch_stops_every_write_and_every_plan(
    installed: Installation, namespace: str, workload: str, draw: Draw
) -> None:
    name = draw(killSwitch=True)
    await_bound(installed, workload, 5, name)
    epoch = {"annotations": {f"{GROUP}/epoch": str(installed.lead())}}
    with refused(POLICY, f"RedLine {name}: the kill switch is on, so Deployment {namespace}/web is not changed"):
        installed.operator.patch(workload, {"metadata": epoch})
    with refused(POLICY, f"RedLine {name}: the kill switch is on, so no plan is made in {namespace}"):
        installed.operator.post(plans_path(namespace), plan_document())


@pytest.mark.usefixtures("kinds_of_others")
@pytest.mark.parametrize("specimen", EVERY, ids=lambda each: each.kind)
def test_the_kill_switch_stops_writes_to_every_kind(
    installed: Installation, namespace: str, draw: Draw, specimen: Specimen
) -> None:
    path = specimen.make(installed, namespace, **({} if specimen.namespaced else {"tenant": namespace}))
    write(installed, path, specimen.good)
    name = draw(killSwitch=True)
    said = f"RedLine {name}: the kill switch is on, so {specimen.kind}"
    await_refusal(lambda: write(installed, path, specimen.good), POLICY, said)


@pytest.mark.usefixtures("kinds_of_others")
def test_the_kill_switch_of_another_namespace_leaves_a_tenants_cluster_queue_alone(
    installed: Installation, namespace: str, workload: str, draw: Draw
) -> None:
    theirs = CLUSTER_QUEUE.make(installed, namespace, tenant="elsewhere")
    name = draw(killSwitch=True)
    await_bound(installed, workload, 5, name)
    write(installed, theirs, CLUSTER_QUEUE.good)


@pytest.mark.usefixtures("kinds_of_others")
def test_of_a_selector_by_labels_a_cluster_queue_is_always_part(
    installed: Installation, namespace: str, draw: Draw
) -> None:
    path = CLUSTER_QUEUE.make(installed, namespace, tenant=namespace)
    name = draw({"namespaceSelector": {"matchLabels": {"env": "production"}}}, killSwitch=True)
    await_refusal(lambda: write(installed, path, CLUSTER_QUEUE.good), POLICY, f"RedLine {name}: the kill switch is on")


def test_a_redline_for_labels_binds_what_bears_them(
    installed: Installation, namespace: str, workload: str, draw: Draw
) -> None:
    other = make_workload(installed, namespace, "other")
    name = draw({"labels": {"app": "web"}}, limits={"maxReplicas": 6})
    await_bound(installed, workload, 7, name)
    scale(installed, other, 7)


def test_replicas_of_a_stateful_set_are_bounded(installed: Installation, namespace: str, draw: Draw) -> None:
    path = STATEFUL_SET.make(installed, namespace)
    name = draw(limits={"minReplicas": 3, "maxReplicas": 6, "maxStep": "0.4"})
    await_bound(installed, path, 7, name)
    for replicas, named in ((7, "more than maxReplicas 6"), (2, "fewer than minReplicas 3")):
        with refused(POLICY, named):
            scale(installed, path, replicas)
    scale(installed, path, 6)


def test_the_scale_of_a_workload_is_bounded_for_itself(
    installed: Installation, namespace: str, workload: str, draw: Draw
) -> None:
    """RBAC and the allow-list keep the operator off it; were it not for them, the line would."""
    name = draw(limits={"minReplicas": 3})
    await_bound(installed, workload, 2, name)
    with every_right(installed.cluster, OPERATOR), pytest.raises(ApiError) as caught:
        installed.operator.patch(f"{workload}/scale", {"spec": {"replicas": None}})
    assert caught.value.status == 403


def test_the_kill_switch_for_one_loop_lets_the_plans_of_others_pass(
    installed: Installation, namespace: str, workload: str, draw: Draw
) -> None:
    name = draw({"controlLoops": ["healing"]}, killSwitch=True)
    await_bound(installed, workload, 5, name)
    installed.operator.post(plans_path(namespace), plan_document())
    healing = plan_document()
    healing["spec"]["controlLoop"] = "healing"
    with refused(POLICY, "no plan is made"):
        installed.operator.post(plans_path(namespace), healing)


def test_the_kill_switch_set_with_kubectl_holds_within_a_second(
    installed: Installation, workload: str, draw: Draw
) -> None:
    name = draw(limits={"maxReplicas": 40})
    body = '{"spec":{"killSwitch":true}}'
    installed.cluster.kubectl("patch", "redline", name, "--type=merge", "-p", body, as_=ADMIN)
    await_refusal(lambda: scale(installed, workload, 5), POLICY, f"RedLine {name}: the kill switch is on", seconds=1.0)


def test_people_may_scale_by_hand_whatever_redlines_say(installed: Installation, workload: str, draw: Draw) -> None:
    name = draw(killSwitch=True, limits={"maxReplicas": 5})
    await_bound(installed, workload, 6, name)
    installed.cluster.api(DAVE).patch(workload, {"spec": {"replicas": 60}})


@pytest.mark.parametrize("person", [ALICE, DAVE])
def test_somebody_without_the_verb_govern_writes_no_redline(installed: Installation, person: Any) -> None:
    name, kubectl = f"test-{secrets.token_hex(4)}", installed.cluster.kubectl
    rule = f"--resource=redlines.{GROUP}"
    kubectl("create", "clusterrole", name, "--verb=get,create,patch,update,delete", rule, as_=ROOT)
    kubectl("create", "clusterrolebinding", name, f"--clusterrole={name}", f"--user={person.name}", as_=ROOT)
    api = installed.cluster.api(person)
    try:
        until(lambda: _reads_redlines(api), 60, "RBAC to allow it")
        document = {"apiVersion": f"{GROUP}/v1alpha1", "kind": "RedLine", "metadata": {"name": name}, "spec": {}}
        with refused("autonomic-govern", "it takes the verb govern"):
            api.post(REDLINES, document)
        with refused("autonomic-govern", "it takes the verb govern"):
            api.patch(f"{REDLINES}/default", {"spec": {"killSwitch": False, "limits": {"maxReplicas": 1000}}})
        with refused("autonomic-govern", "it takes the verb govern"):
            api.delete(f"{REDLINES}/default")
    finally:
        kubectl("delete", "clusterrolebinding,clusterrole", name, as_=ROOT)


def _reads_redlines(api: Any) -> bool:
    try:
        api.get(f"{REDLINES}/default")
    except ApiError:
        return False
    return True
