"""AdaptiveRoutes: what the schema refuses, who says what one adopted, and what the operator may write of it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from testbed.api import Api, ApiError
from testbed.installation import NAMESPACE, Installation
from testbed.people import ADMIN, ALICE, DAVE, ROOT, Person
from testbed.waiting import until
from tests.e2e.admission.proposals import GROUP
from tests.e2e.admission.refusals import await_refusal, refused
from tests.e2e.admission.rights import every_right, may
from tests.unit.cycle.routing.scene import route_spec

POLICY = "autonomic-routes"
ADOPTED, EPOCH = f"{GROUP}/adopted-policy", f"{GROUP}/epoch"
FINALIZER = f"{GROUP}/restore-baseline"
POLICY_TEXT = '{"baseline":"sonnet"}'


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
        ({"policy": {"algorithm": "Thompson", "epsilon": "0.2"}}, "of EpsilonGreedy alone"),
        ({"policy": {"algorithm": "EpsilonGreedy", "leastEpsilon": "0.05"}}, "does not fall without epsilonHalfLife"),
        (
            {"policy": {"algorithm": "EpsilonGreedy", "epsilonHalfLife": 10, "leastEpsilon": "0.2"}},
            "leastEpsilon is above epsilon",
        ),
        (
            {
                "policy": {"explorationFloor": 5},
                "candidates": [{"name": "sonnet", "minWeight": 996}, {"name": "haiku"}],
            },
            "with explorationFloor under them",
        ),
        ({"mode": "Auto"}, "Unsupported value"),
    ],
)
def test_the_server_refuses_what_can_not_be(
    installed: Installation, namespace: str, spec: dict[str, Any], said: str
) -> None:
    with pytest.raises(ApiError, match=said) as problem:
        installed.cluster.api(ROOT).post(path(namespace), document(**spec), dryRun="All")
    assert problem.value.status == 422


def adoption(installed: Installation, text: str | None = POLICY_TEXT, **annotations: str | None) -> dict[str, Any]:
    """What the operator writes, in its epoch."""
    return annotated(**{ADOPTED: text, EPOCH: str(installed.lead()), **annotations})


def adopted(raw: dict[str, Any]) -> str | None:
    found: str | None = raw["metadata"].get("annotations", {}).get(ADOPTED)
    return found


@pytest.mark.parametrize("person", [ADMIN, ROOT], ids=lambda each: each.name)
def test_nobody_but_the_operator_says_what_a_route_adopted(installed: Installation, route: str, person: Person) -> None:
    with refused(POLICY, f"{person.name} may not say what AdaptiveRoute"):
        installed.cluster.api(person).patch(route, annotated(**{ADOPTED: POLICY_TEXT}))


def test_who_reviews_plans_has_no_right_to_write_routes(installed: Installation, route: str) -> None:
    with pytest.raises(ApiError, match="cannot patch resource"):
        installed.cluster.api(ALICE).patch(route, annotated(**{ADOPTED: POLICY_TEXT}))


def test_who_owns_a_route_may_take_what_it_adopted_away_and_nothing_else(
    installed: Installation, route: str, dave: Api
) -> None:
    with refused(POLICY, f"{DAVE.name} may not say what AdaptiveRoute"):
        dave.patch(route, annotated(**{ADOPTED: POLICY_TEXT}))
    assert adopted(installed.operator.patch(route, adoption(installed))) == POLICY_TEXT
    dave.patch(route, {"spec": {"mode": "Propose"}})
    with refused(POLICY, f"{DAVE.name} may not say what AdaptiveRoute"):
        dave.patch(route, annotated(**{ADOPTED: POLICY_TEXT.replace("sonnet", "haiku")}))
    assert adopted(dave.patch(route, annotated(**{ADOPTED: None}))) is None


def test_a_route_is_not_created_with_a_policy_that_was_adopted(
    installed: Installation, namespace: str, unbound: Api
) -> None:
    made = document()
    made["metadata"]["annotations"] = {ADOPTED: POLICY_TEXT}
    with refused(POLICY, "may not say what AdaptiveRoute"):
        installed.cluster.api(ROOT).post(path(namespace), made)
    with pytest.raises(ApiError, match=r"the operator may not CREATE|may not say what AdaptiveRoute"):
        unbound.post(path(namespace), made)  # two policies refuse: either may be named


def test_a_kill_switch_holds_what_a_route_adopts_and_not_its_finalizer(
    installed: Installation, route: str, unbound: Api, draw: Callable[..., str]
) -> None:
    draw({"kinds": ["AdaptiveRoute"]}, killSwitch=True)
    await_refusal(
        lambda: unbound.patch(route, adoption(installed), dryRun="All"), "autonomic-redlines", "the kill switch is on"
    )
    unbound.patch(route, {"metadata": {"finalizers": [FINALIZER]}})
    unbound.patch(route, {"metadata": {"finalizers": None}})


def test_what_a_route_adopts_has_its_cool_down_which_its_status_does_not_begin(
    installed: Installation, route: str, namespace: str, draw: Callable[..., str]
) -> None:
    draw({"kinds": ["AdaptiveRoute"]}, limits={"cooldown": "1h"})
    installed.operator.patch(route, adoption(installed))
    await_refusal(
        lambda: installed.operator.patch(route, adoption(installed, "{}"), dryRun="All"),
        "autonomic-redlines",
        "within the cooldown",
    )
    installed.cluster.api(ROOT).post(path(namespace), {**document(), "metadata": {"name": "other"}})
    other = path(namespace, "other")
    installed.operator.patch(f"{other}/status", {"status": {"summary": "x"}})
    assert adopted(installed.operator.patch(other, adoption(installed))) == POLICY_TEXT


def test_what_a_route_adopts_is_fenced_and_bears_the_operators_name(installed: Installation, route: str) -> None:
    with refused("autonomic-fence", "it comes from a leader that was replaced"):
        installed.operator.patch(route, adoption(installed, **{EPOCH: "999999"}))
    with refused("autonomic-allow-list", "it writes as autonomic"):
        installed.operator.request(
            "PATCH", route, adoption(installed), "application/merge-patch+json", {"fieldManager": "kubectl"}
        )


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
