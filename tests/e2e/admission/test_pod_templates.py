"""Pod templates: the restart mark, a quarantine's label, resources, listed variables; a rollback gains no right."""

from collections.abc import Iterator
from typing import Any

import pytest

from testbed.installation import Installation
from tests.e2e.admission.conftest import known_namespace
from tests.e2e.admission.proposals import GROUP
from tests.e2e.admission.refusals import refused
from tests.e2e.admission.specimens import DEPLOYMENT, POD, STATEFUL_SET, TEMPLATE, WORKLOAD, Specimen
from tests.e2e.admission.writes import edit, own, write

POLICY = "autonomic-allow-list"
workloads = pytest.mark.parametrize("specimen", [DEPLOYMENT, STATEFUL_SET], ids=lambda each: each.kind)
ENV = "/spec/template/spec/containers/0/env"


@pytest.fixture(scope="module")
def namespace(installed: Installation) -> Iterator[str]:
    """One for all of these tests, since each makes an object of its own."""
    with known_namespace(installed) as name:
        yield name


def template(**fields: Any) -> dict[str, Any]:
    """A patch of the pod template."""
    return {"spec": {"template": fields}}


@workloads
def test_the_operator_sets_the_restart_mark_and_no_other(
    installed: Installation, namespace: str, specimen: Specimen
) -> None:
    path = specimen.make(installed, namespace)
    write(installed, path, template(metadata={"annotations": {f"{GROUP}/restartedAt": "2026-01-01T00:00:00Z"}}))
    for meta in ({"annotations": {"other": "mark"}}, {"labels": {"extra": "label"}}):
        with refused(POLICY, "may not change the pod template"):
            write(installed, path, template(metadata=meta))


@workloads
def test_pods_are_quarantined_only_where_the_owner_lets_them(
    installed: Installation, namespace: str, specimen: Specimen
) -> None:
    label = template(metadata={"labels": {f"{GROUP}/quarantined": "true"}})
    with refused(POLICY, "allow-quarantine"):
        write(installed, specimen.make(installed, namespace), label)
    path = specimen.make(installed, namespace, allow_quarantine="true")
    write(installed, path, label, dry=False)
    with refused(POLICY, "allow-quarantine"):
        write(installed, path, template(metadata={"labels": {f"{GROUP}/quarantined": "maybe"}}))
    write(installed, path, template(metadata={"labels": {f"{GROUP}/quarantined": None}}), dry=False)


@pytest.fixture(scope="module", params=[DEPLOYMENT, STATEFUL_SET], ids=lambda each: each.kind)
def tunable(installed: Installation, namespace: str, request: pytest.FixtureRequest) -> str:
    """A workload whose owner lets MODE and LIMIT be set, and thinks that LD_PRELOAD and TOKEN may be, too."""
    path: str = request.param.make(installed, namespace, writable_env="MODE, LIMIT,LD_PRELOAD,NODE_OPTIONS,TOKEN")
    secret = {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k", "optional": True}}}
    variables = [{"name": "MODE", "value": "fast"}, {"name": "FIXED", "value": "1"}, secret]
    own(installed, path, [{"op": "add", "path": ENV, "value": variables}], "json-patch")
    return path


def variable(name: str, **content: Any) -> list[dict[str, Any]]:
    """A JSON Patch that adds a variable at the end."""
    return [{"op": "add", "path": f"{ENV}/-", "value": {"name": name, **content}}]


def test_a_listed_variable_is_set_added_and_taken_away(installed: Installation, tunable: str) -> None:
    edit(installed, tunable, [{"op": "replace", "path": f"{ENV}/0/value", "value": "safe"}])
    edit(installed, tunable, variable("LIMIT", value="4"))
    edit(installed, tunable, [{"op": "remove", "path": f"{ENV}/0"}])


@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "replace", "path": f"{ENV}/1/value", "value": "2"}],
        [{"op": "remove", "path": f"{ENV}/1"}],
        variable("OTHER", value="1"),
        variable("LD_PRELOAD", value="/evil.so"),
        variable("NODE_OPTIONS", value="--require=/evil.js"),
        [{"op": "replace", "path": ENV, "value": []}],
    ],
    ids=["unlisted", "removed", "unlisted and new", "of the loader", "of an interpreter", "all gone"],
)
def test_no_other_variable_is_set_whatever_is_listed(
    installed: Installation, tunable: str, operations: list[dict[str, Any]]
) -> None:
    with refused(POLICY, "changes only variables that"):
        edit(installed, tunable, operations)


@pytest.mark.parametrize(
    "operations",
    [
        variable("LIMIT", valueFrom={"secretKeyRef": {"name": "s", "key": "k"}}),
        variable("LIMIT", valueFrom={"fieldRef": {"fieldPath": "metadata.name"}}),
        variable("LIMIT", value="$(TOKEN)"),
        [{"op": "replace", "path": f"{ENV}/2", "value": {"name": "TOKEN", "value": "plain"}}],
        [{"op": "remove", "path": f"{ENV}/2"}],
    ],
    ids=["a secret", "a field", "a reference", "over a secret", "a secret removed"],
)
def test_only_plain_values_are_written_and_only_over_plain_values(
    installed: Installation, tunable: str, operations: list[dict[str, Any]]
) -> None:
    with refused(POLICY, "no valueFrom, no $(REFERENCE)"):
        edit(installed, tunable, operations)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("image", "example.com/evil:1"),
        ("command", ["sh"]),
        ("securityContext", {"privileged": True}),
        ("envFrom", [{"secretRef": {"name": "s"}}]),
    ],
)
def test_nothing_else_of_a_container_is_written(
    installed: Installation, tunable: str, path: str, value: object
) -> None:
    with refused(POLICY, "of its containers it changes only variables"):
        edit(installed, tunable, [{"op": "add", "path": f"/spec/template/spec/containers/0/{path}", "value": value}])


def test_no_container_is_added(installed: Installation, tunable: str) -> None:
    another = {"name": "other", "image": "example.com/evil:1"}
    for place in ("containers", "initContainers"):
        value: object = [*POD["containers"], another] if place == "containers" else [another]
        with refused(POLICY, "may not change the pod template"):
            edit(installed, tunable, [{"op": "add", "path": f"/spec/template/spec/{place}", "value": value}])


@pytest.fixture(scope="module")
def released(installed: Installation, namespace: str) -> str:
    """A Deployment that its owner lets be rolled back."""
    return DEPLOYMENT.make(installed, namespace, allow_rollback="true")


def pod(**fields: Any) -> list[dict[str, Any]]:
    """A JSON Patch that puts another pod template in place; `fields` replace those of the pod."""
    older = {**POD, "containers": [{"name": "main", "image": "example.com/none:0", "args": ["old"]}]}
    value = {"metadata": {"labels": {"app": "web", "release": "0"}}, "spec": {**older, **fields}}
    return [{"op": "replace", "path": "/spec/template", "value": value}]


def test_a_template_is_replaced_only_where_the_owner_lets_it_be(
    installed: Installation, namespace: str, released: str
) -> None:
    edit(installed, released, pod())
    with refused(POLICY, "may not change the pod template"):
        edit(installed, DEPLOYMENT.make(installed, namespace), pod())
    with refused(POLICY, "may not change the pod template"):
        edit(installed, STATEFUL_SET.make(installed, namespace, allow_rollback="true"), pod())


def container(**fields: Any) -> dict[str, Any]:
    """Fields of a pod with one container that has these."""
    return {"containers": [{"name": "main", "image": "example.com/none:0", **fields}]}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"serviceAccountName": "admin"}, "another ServiceAccount: it has default, the template admin"),
        ({"hostPID": True}, "hostPID"),
        ({"hostNetwork": True}, "hostNetwork"),
        ({"hostIPC": True}, "hostIPC"),
        (container(securityContext={"privileged": True}), "a privileged container"),
        (container(securityContext={"capabilities": {"add": ["SYS_ADMIN"]}}), "added capabilities"),
        (
            {"initContainers": [{"name": "i", "image": "i", "securityContext": {"privileged": True}}]},
            "a privileged container",
        ),
        ({"volumes": [{"name": "host", "hostPath": {"path": "/"}}]}, "a hostPath that it has not now"),
    ],
    ids=str,
)
def test_a_rollback_gains_no_right_that_the_present_release_has_not(
    installed: Installation, released: str, fields: dict[str, Any], named: str
) -> None:
    with refused(POLICY, named):
        edit(installed, released, pod(**fields))


def test_a_rollback_to_no_token_is_allowed_and_back_to_one_is_not(installed: Installation, released: str) -> None:
    edit(installed, released, pod(automountServiceAccountToken=False), dry=False)
    with refused(POLICY, "another ServiceAccount"):
        edit(installed, released, pod())


def test_a_release_keeps_the_rights_that_it_has(installed: Installation, namespace: str) -> None:
    path = DEPLOYMENT.make(installed, namespace, allow_rollback="true")
    volumes = [{"name": "host", "hostPath": {"path": "/var/log"}}]
    mighty = {**container(securityContext={"privileged": True}), "hostNetwork": True, "volumes": volumes}
    own(installed, path, pod(**mighty), "json-patch")
    edit(installed, path, pod(**mighty, terminationGracePeriodSeconds=5))
    with refused(POLICY, "a hostPath that it has not now"):
        edit(installed, path, pod(**{**mighty, "volumes": [{"name": "host", "hostPath": {"path": "/etc"}}]}))


def test_a_template_of_forty_containers_is_compared_within_the_servers_budget(
    installed: Installation, namespace: str
) -> None:
    variables = [{"name": f"V{number}", "value": "x" * 200} for number in range(100)]
    containers = [{"name": f"c{number}", "image": "example.com/none:1", "env": variables} for number in range(40)]
    large = Specimen(
        "Deployment",
        DEPLOYMENT.prefix,
        DEPLOYMENT.plural,
        {"spec": {**WORKLOAD, "replicas": 1, "template": {**TEMPLATE, "spec": {"containers": containers}}}},
        {},
        {},
    )
    path = large.make(installed, namespace, writable_env="V0,V99")
    edit(installed, path, [{"op": "replace", "path": "/spec/template/spec/containers/39/env/99/value", "value": "y"}])
    with refused(POLICY, "changes only variables that"):
        edit(
            installed, path, [{"op": "replace", "path": "/spec/template/spec/containers/39/env/98/value", "value": "y"}]
        )


RESOURCES = "/spec/template/spec/containers/0/resources"


@pytest.fixture(scope="module", params=[DEPLOYMENT, STATEFUL_SET], ids=lambda each: each.kind)
def sized(installed: Installation, namespace: str, request: pytest.FixtureRequest) -> str:
    """A workload with 512Mi and one core, whose owner lets it have up to 1Gi, and says nothing of CPU."""
    path: str = request.param.make(installed, namespace, max_memory="1Gi")
    resources = {"limits": {"memory": "512Mi", "cpu": "1"}, "requests": {"memory": "128Mi"}}
    claims = [{"name": "gpu", "resourceClaimName": "gpu"}]
    pods = {"op": "add", "path": "/spec/template/spec/resourceClaims", "value": claims}
    own(installed, path, [{"op": "add", "path": RESOURCES, "value": resources}, pods], "json-patch")
    return path


def resource(where: str, value: str) -> list[dict[str, Any]]:
    """A JSON Patch that sets a quantity."""
    return [{"op": "add", "path": f"{RESOURCES}/{where}", "value": value}]


@pytest.mark.parametrize("quantity", ["1Gi", "256Mi", "768Mi"])
def test_memory_is_resized_up_to_what_the_owner_wrote(installed: Installation, sized: str, quantity: str) -> None:
    edit(installed, sized, resource("limits/memory", quantity))


@pytest.mark.parametrize(
    "operations",
    [
        resource("limits/memory", "1025Mi"),
        resource("limits/memory", "255Mi"),
        resource("limits/cpu", "2"),
        resource("requests/cpu", "1"),
        resource("limits/nvidia.com~1gpu", "1"),
        [{"op": "remove", "path": f"{RESOURCES}/limits/memory"}],
        [{"op": "remove", "path": f"{RESOURCES}/limits"}],
        [{"op": "add", "path": f"{RESOURCES}/claims", "value": [{"name": "gpu"}]}],
    ],
    ids=["too much", "less than half", "no consent", "not set", "a device", "removed", "all removed", "claims"],
)
def test_nothing_else_of_resources_is_changed(
    installed: Installation, sized: str, operations: list[dict[str, Any]]
) -> None:
    with refused(POLICY, "of resources it changes only cpu and memory that are set"):
        edit(installed, sized, operations)


def test_the_operator_gives_itself_no_consent(installed: Installation, namespace: str) -> None:
    path = DEPLOYMENT.make(installed, namespace)
    with refused(POLICY, "annotation"):
        write(installed, path, {"metadata": {"annotations": {f"{GROUP}/max-memory": "64Gi"}}})
