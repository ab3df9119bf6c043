"""Routes: weights alone. Queues: slowed down, never emptied. ConfigMaps: listed keys alone."""

from collections.abc import Iterator
from typing import Any

import pytest

from testbed.installation import Installation
from tests.e2e.admission.conftest import known_namespace
from tests.e2e.admission.refusals import refused
from tests.e2e.admission.specimens import (
    AI_GATEWAY_ROUTE,
    BACKENDS,
    CLUSTER_QUEUE,
    CONFIG_MAP,
    CONSUMER,
    CRON_JOB,
    GRPC_ROUTE,
    HPA,
    HTTP_ROUTE,
    JOB,
    KAFKA_USER,
    LOCAL_QUEUE,
    RABBIT_POLICY,
    RUNNER_SET,
    SCALED_OBJECT,
    Specimen,
)
from tests.e2e.admission.writes import edit, own, write

POLICY = "autonomic-allow-list"
RULE = "/spec/rules/0"
QUOTA = "/spec/resourceGroups/0/flavors/0/resources/0"
pytestmark = pytest.mark.usefixtures("kinds_of_others")


@pytest.fixture(scope="module")
def namespace(installed: Installation) -> Iterator[str]:
    """One for all of these tests, since each makes an object of its own."""
    with known_namespace(installed) as name:
        yield name


@pytest.fixture(scope="module", params=[HTTP_ROUTE, GRPC_ROUTE], ids=lambda each: each.kind)
def route(installed: Installation, namespace: str, request: pytest.FixtureRequest) -> str:
    """The path of a route with two rules, of which the first has two backends."""
    made: str = request.param.make(installed, namespace)
    return made


def put(path: str, value: object, op: str = "add") -> list[dict[str, Any]]:
    """A JSON Patch of one operation."""
    return [{"op": op, "path": path, "value": value}]


def test_weights_of_backends_are_set(installed: Installation, route: str) -> None:
    edit(installed, route, put(f"{RULE}/backendRefs/0/weight", 0))
    edit(installed, route, put("/spec/rules/1/backendRefs/0/weight", 7))


@pytest.mark.parametrize(
    ("operations", "named"),
    [
        (put(f"{RULE}/backendRefs/0/name", "evil"), "may not change the backends"),
        (put(f"{RULE}/backendRefs/0/port", 81), "may not change the backends"),
        (put(f"{RULE}/backendRefs/0/namespace", "kube-system"), "may not change the backends"),
        (put(f"{RULE}/backendRefs", list(reversed(BACKENDS))), "may not change the backends"),
        (put(f"{RULE}/backendRefs/-", {"name": "evil", "port": 80}), "may not change the rules"),
        ([{"op": "remove", "path": f"{RULE}/backendRefs/1"}], "may not change the rules"),
        (put(f"{RULE}/matches", []), "may not change the rules"),
        ([{"op": "remove", "path": "/spec/rules/1"}], "may not change the rules"),
        (put("/spec/rules/-", {"backendRefs": BACKENDS}), "may not change the rules"),
        (put("/spec/parentRefs", [{"name": "evil"}]), "spec.parentRefs"),
        (put("/spec/rules/1/backendRefs/0/weight", 0), "set every weight of a rule"),
    ],
    ids=str,
)
def test_nothing_else_of_a_route_is_written(
    installed: Installation, route: str, operations: list[dict[str, Any]], named: str
) -> None:
    with refused(POLICY, named):
        edit(installed, route, operations)


@pytest.mark.parametrize(
    ("operations", "named"),
    [
        (put(f"{RULE}/backendRefs/0/priority", 1), "may not change the backends"),
        (put(f"{RULE}/backendRefs/0/modelNameOverride", "evil"), "may not change the backends"),
        (put(f"{RULE}/backendRefs/-", {"name": "evil"}), "may not change the rules"),
        (
            put(f"{RULE}/matches", [{"headers": [{"name": "x-ai-eg-model", "value": "all"}]}]),
            "may not change the rules",
        ),
        (put(f"{RULE}/backendRefs/0/weight", 0) + put(f"{RULE}/backendRefs/1/weight", 0), "set every weight of a rule"),
    ],
    ids=str,
)
def test_nothing_but_weights_of_a_route_to_models_is_written(
    installed: Installation, namespace: str, operations: list[dict[str, Any]], named: str
) -> None:
    path = AI_GATEWAY_ROUTE.make(installed, namespace)
    edit(installed, path, put(f"{RULE}/backendRefs/0/weight", 0))
    with refused(POLICY, named):
        edit(installed, path, operations)


def test_a_route_that_an_ai_gateway_makes_is_not_written(installed: Installation, namespace: str) -> None:
    path = HTTP_ROUTE.make(installed, namespace)
    maker = installed.operator.get(AI_GATEWAY_ROUTE.make(installed, namespace))
    ref = {key: maker["metadata"][key] for key in ("name", "uid")} | {"apiVersion": AI_GATEWAY_ROUTE.version}
    owner = {**ref, "kind": AI_GATEWAY_ROUTE.kind}
    own(installed, path, {"metadata": {"ownerReferences": [owner]}})
    write(installed, path, HTTP_ROUTE.good)
    own(installed, path, {"metadata": {"ownerReferences": [{**owner, "controller": True}]}})
    with refused(POLICY, f"which AIGatewayRoute {ref['name']} makes: its weights are those of the AIGatewayRoute"):
        write(installed, path, HTTP_ROUTE.good)


@pytest.mark.parametrize(
    ("specimen", "patch", "named"),
    [
        (LOCAL_QUEUE, {"spec": {"stopPolicy": "HoldAndDrain"}}, "evicts nothing"),
        (RABBIT_POLICY, {"spec": {"definition": {"overflow": "drop-head"}}}, "but for max-length"),
        (RABBIT_POLICY, {"spec": {"definition": {"expires": 1}}}, "but for max-length"),
        (RABBIT_POLICY, {"spec": {"definition": {"max-length": 0}}}, "to at least 1"),
        (CONSUMER, {"spec": {"maxAckPending": 0}}, "no limit but the default"),
        (CONSUMER, {"spec": {"streamName": "other"}}, "spec.streamName"),
        (KAFKA_USER, {"spec": {"quotas": {"producerByteRate": 0}}}, "to at least 1"),
        (RUNNER_SET, {"spec": {"maxRunners": 1}}, "no fewer than its minRunners 2"),
        (RUNNER_SET, {"spec": {"maxRunners": 0}}, "the least is 1"),
        (RUNNER_SET, {"spec": {"githubConfigUrl": "https://evil.example.com"}}, "spec.githubConfigUrl"),
        (JOB, {"spec": {"parallelism": 0}}, "the least is 1"),
        (JOB, {"spec": {"suspend": True, "parallelism": 1, "backoffLimit": 0}}, "spec.backoffLimit"),
        (CRON_JOB, {"spec": {"suspend": True, "successfulJobsHistoryLimit": 0}}, "successfulJobsHistoryLimit"),
        (SCALED_OBJECT, {"spec": {"idleReplicaCount": 0}}, "spec.idleReplicaCount"),
        (HPA, {"spec": {"behavior": {"scaleDown": {"selectPolicy": "Disabled"}}}}, "spec.behavior"),
    ],
    ids=lambda each: each.kind if isinstance(each, Specimen) else None,
)
def test_a_queue_is_slowed_down_and_never_emptied(
    installed: Installation, namespace: str, specimen: Specimen, patch: dict[str, Any], named: str
) -> None:
    path = specimen.make(installed, namespace)
    with refused(POLICY, named):
        write(installed, path, patch)


def test_a_queue_that_drops_messages_is_not_limited_further(installed: Installation, namespace: str) -> None:
    path = RABBIT_POLICY.make(installed, namespace)
    own(installed, path, {"spec": {"definition": {"overflow": "drop-head"}}})
    with refused(POLICY, "with overflow drop-head"):
        write(installed, path, RABBIT_POLICY.good)


def test_a_limit_that_was_not_there_is_taken_away_again(installed: Installation, namespace: str) -> None:
    for specimen, there, gone in (
        (RABBIT_POLICY, {"definition": {"max-length": 5}}, {"definition": {"max-length": None}}),
        (CONSUMER, {"maxAckPending": 5}, {"maxAckPending": None}),
        (KAFKA_USER, {"quotas": {"consumerByteRate": 5}}, {"quotas": {"consumerByteRate": None}}),
        (LOCAL_QUEUE, {"stopPolicy": "Hold"}, {"stopPolicy": None}),
        (RUNNER_SET, {"maxRunners": 5}, {"maxRunners": None}),
    ):
        path = specimen.make(installed, namespace)
        write(installed, path, {"spec": there}, dry=False)
        write(installed, path, {"spec": gone}, dry=False)


@pytest.mark.parametrize(
    "operations",
    [
        put(f"{QUOTA}/name", "memory"),
        put("/spec/resourceGroups/0/flavors/0/name", "spot"),
        put("/spec/resourceGroups/0/flavors/0/resources/-", {"name": "memory", "nominalQuota": 1}),
        put("/spec/resourceGroups/0/flavors/-", {"name": "spot", "resources": []}),
        put("/spec/resourceGroups/-", {"coveredResources": ["memory"], "flavors": []}),
        [{"op": "remove", "path": "/spec/resourceGroups/0"}],
    ],
    ids=str,
)
def test_nothing_but_a_quota_of_a_cluster_queue_is_written(
    installed: Installation, namespace: str, operations: list[dict[str, Any]]
) -> None:
    path = CLUSTER_QUEUE.make(installed, namespace)
    edit(installed, path, put(f"{QUOTA}/nominalQuota", 5))
    with refused(POLICY, "but for nominalQuota"):
        edit(installed, path, operations)


@pytest.mark.parametrize(
    ("patch", "named"),
    [
        ({"data": {"secretive": "2"}}, "data.secretive"),
        ({"data": {"other": "1"}}, "data.other"),
        ({"data": {"secretive": None}}, "data.secretive"),
        ({"data": None}, "data.secretive"),
        ({"binaryData": {"mode.bin": "AA=="}}, "may not change binaryData"),
        ({"immutable": True}, "may not change immutable"),
    ],
)
def test_only_listed_keys_of_a_config_map_are_written(
    installed: Installation, namespace: str, patch: dict[str, Any], named: str
) -> None:
    path = CONFIG_MAP.make(installed, namespace)
    write(installed, path, {"data": {"mode": "safe", "limit": None}})
    with refused(POLICY, named):
        write(installed, path, patch)


def test_a_config_map_that_lists_nothing_is_not_written(installed: Installation, namespace: str) -> None:
    path = CONFIG_MAP.make(installed, namespace, writable_keys="")
    with refused(POLICY, "data.mode"):
        write(installed, path, CONFIG_MAP.good)


def test_a_config_map_of_600_kib_is_compared_within_the_servers_budget(installed: Installation, namespace: str) -> None:
    path = CONFIG_MAP.make(installed, namespace)
    own(installed, path, {"data": {f"k{number}": "x" * 1024 for number in range(600)}})
    write(installed, path, CONFIG_MAP.good)
    with refused(POLICY, "data.k599"):
        write(installed, path, {"data": {"k599": "y"}})
