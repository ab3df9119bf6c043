"""AdaptiveRoutes: what the schema refuses, who approves bounds, and what the operator may write of one."""

from collections.abc import Iterator
from typing import Any

import pytest

from testbed.api import Api, ApiError
from testbed.installation import NAMESPACE, Installation
from testbed.people import ALICE, BOB, DAVE, ROOT
from testbed.waiting import until
from tests.e2e.admission.proposals import GROUP
from tests.e2e.admission.refusals import refused
from tests.e2e.admission.rights import every_right, may
from tests.unit.cycle.routing.scene import route_spec

POLICY = "autonomic-routes"
BOUNDS, BY = f"{GROUP}/approved-bounds", f"{GROUP}/approved-by"
FINALIZER = f"{GROUP}/restore-baseline"
DIGEST = "sha256:" + "0" * 64


def path(namespace: str, name: str = "") -> str:
    return f"/apis/{GROUP}/v1alpha1/namespaces/{namespace}/adaptiveroutes{name and f'/{name}'}"


def document(**spec: Any) -> dict[str, Any]:
    meta = {"name": "triage"}
    return {"apiVersion": f"{GROUP}/v1alpha1", "kind": "AdaptiveRoute", "metadata": meta, "spec": route_spec(**spec)}


def annotated(**annotations: str | None) -> dict[str, Any]:
    return {"metadata": {"annotations": annotations}}


@pytest.fixture
def route(installed: Installation, namespace: str) -> str:
    """Where a route is."""
    installed.cluster.api(ROOT).post(path(namespace), document())
    return path(namespace, "triage")


@pytest.fixture
def dave(installed: Installation, namespace: str) -> Api:
    """Dave, who may do everything with routes in the namespace, and reviews nothing in the cluster."""
    for args in (
        ("role", "owner", "--verb=*", f"--resource=adaptiveroutes.{GROUP}"),
        ("rolebinding", "owner", "--role=owner", f"--user={DAVE.name}"),
    ):
        installed.cluster.kubectl("create", *args, "-n", namespace, as_=ROOT)
    where = {"group": GROUP, "namespace": namespace}
    until(lambda: may(installed.cluster, DAVE.name, "approve", "adaptiveroutes", **where), 10.0, "Dave to own routes")
    return installed.cluster.api(DAVE)


@pytest.fixture
def unbound(installed: Installation) -> Iterator[Api]:
    """The operator with every right that RBAC has."""
    with every_right(installed.cluster, f"system:serviceaccount:{NAMESPACE}:autonomic"):
        yield installed.operator


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"baseline": "opus"}, "baseline is not one of the candidates"),
        (
            {"candidates": [{"name": "sonnet", "minWeight": 600}, {"name": "haiku", "minWeight": 600}]},
            "sum to more than",
        ),
        ({"candidates": [{"name": "sonnet", "maxWeight": 1}, {"name": "haiku", "maxWeight": 2}]}, "sum to less than"),
        ({"candidates": [{"name": "sonnet"}] * 2}, "Duplicate value"),
        ({"taskTypes": ["triage", "code"]}, "say taskType for each route"),
        ({"publish": [{"kind": "HTTPRoute", "name": "llm", "taskType": "code"}]}, "not among taskTypes"),
        ({"publish": [{"kind": "ConfigMap", "name": "llm"}]}, "set key exactly when"),
        ({"mode": "Auto"}, "Unsupported value"),
    ],
)
def test_the_server_refuses_what_can_not_be(
    installed: Installation, namespace: str, spec: dict[str, Any], said: str
) -> None:
    with pytest.raises(ApiError, match=said) as problem:
        installed.cluster.api(ROOT).post(path(namespace), document(**spec), dryRun="All")
    assert problem.value.status == 422


def test_a_reviewer_approves_bounds_in_their_own_name_alone(installed: Installation, route: str) -> None:
    alice = installed.cluster.api(ALICE)
    with refused(POLICY, f"set the annotation {BY} to {ALICE.name}"):
        alice.patch(route, annotated(**{BOUNDS: DIGEST, BY: BOB.name}))
    with refused(POLICY, f"set the annotation {BY} to {ALICE.name}"):
        alice.patch(route, annotated(**{BOUNDS: DIGEST}))
    alice.patch(route, annotated(**{BOUNDS: DIGEST, BY: ALICE.name}))


def test_who_owns_a_route_does_not_approve_its_bounds_but_may_take_the_approval_back(
    installed: Installation, route: str, dave: Api
) -> None:
    with refused(POLICY, f"{DAVE.name} may not approve the bounds"):
        dave.patch(route, annotated(**{BOUNDS: DIGEST, BY: DAVE.name}))
    installed.cluster.api(ALICE).patch(route, annotated(**{BOUNDS: DIGEST, BY: ALICE.name}))
    dave.patch(route, {"spec": {"mode": "Propose"}})
    with refused(POLICY, f"{DAVE.name} may not approve the bounds"):
        dave.patch(route, annotated(**{BOUNDS: "sha256:" + "1" * 64}))
    dave.patch(route, annotated(**{BOUNDS: None, BY: None}))


def test_a_route_is_not_created_with_an_approval_by_who_may_not(namespace: str, dave: Api) -> None:
    made = document()
    made["metadata"]["annotations"] = {BOUNDS: DIGEST, BY: DAVE.name}
    with refused(POLICY, "may not approve the bounds"):
        dave.post(path(namespace), made)


def test_only_the_operator_says_how_a_route_stands(installed: Installation, route: str) -> None:
    with refused(POLICY, "only the operator writes the status of a route"):
        installed.cluster.api(ROOT).patch(f"{route}/status", {"status": {"summary": "all is well"}})
    assert installed.operator.patch(f"{route}/status", {"status": {"summary": "x"}})["status"]["summary"] == "x"


def test_the_operator_puts_its_finalizer_on_a_route_and_changes_nothing_else(unbound: Api, route: str) -> None:
    for body in (
        {"spec": {"mode": "Observe"}},
        {"metadata": {"finalizers": ["example.com/other"]}},
        {"metadata": {"labels": {"a": "b"}}},
        annotated(**{"example.com/other": "1"}),
    ):
        with refused("autonomic-allow-list", "but for the finalizer"):
            unbound.patch(route, body)
    unbound.patch(route, {"metadata": {"finalizers": [FINALIZER]}})
    assert "finalizers" not in unbound.patch(route, {"metadata": {"finalizers": None}})["metadata"]
    with refused("autonomic-allow-list", "the operator may not DELETE"):
        unbound.delete(route)
