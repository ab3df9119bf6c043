"""Weights on the real control plane, as the operator writes them under the chart's policies: routes and ConfigMaps."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from autonomic.adapters.kubernetes.client import KubernetesCluster
from autonomic.adapters.kubernetes.connection import Connection
from autonomic.cycle.ports import Ports
from autonomic.cycle.routing.publishing import Published, WeightPublisher
from autonomic.domain.routes import AdaptiveRoute, AdaptiveRouteStatus
from autonomic.domain.view import NamespaceView, View
from autonomic.domain.words import ENABLED_LABEL, OPERATION_ANNOTATION
from autonomic.ports.memory.clock import ManualClock, MemoryEntropy
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.ports.memory.policy import MemoryPolicyEngine
from testbed.installation import Installation
from testbed.people import ADMIN
from tests.e2e.admission.conftest import known_namespace
from tests.e2e.admission.specimens import AI_GATEWAY_ROUTE, CONFIG_MAP, GRPC_ROUTE, HTTP_ROUTE, Specimen
from tests.unit.cycle.routing.scene import route_raw
from tests.unit.cycle.world import Admission

CANDIDATES = [{"name": "sonnet", "backend": "large"}, {"name": "haiku", "backend": "small"}]
MOSTLY_LARGE, MOSTLY_SMALL = ({"triage": {"sonnet": large, "haiku": 1000 - large}} for large in (700, 250))
BASELINE = {"triage": {"sonnet": 1000, "haiku": 0}}
pytestmark = pytest.mark.usefixtures("kinds_of_others")


@pytest.fixture(scope="module")
def namespace(installed: Installation) -> Iterator[str]:
    """One for all of these tests, since each makes an object of its own."""
    with known_namespace(installed) as name:
        yield name


@dataclass
class Place:
    """One object that weights are published to, and what was published."""

    installed: Installation
    publisher: WeightPublisher
    path: str
    route: AdaptiveRoute
    view: View

    async def publish(self, wanted: Mapping[str, Mapping[str, int]]) -> Published:
        """Publishes, and remembers it as the route's status does."""
        found = await self.publisher.publish(self.route, wanted, self.view)
        status = AdaptiveRouteStatus(targets=found.records)
        self.route = self.route.model_copy(update={"status": status})
        return found

    def live(self) -> dict[str, Any]:
        """The object."""
        return self.installed.operator.get(self.path)

    def weights(self, rule: int = 0) -> dict[str, int]:
        """Of that rule."""
        return {each["name"]: each["weight"] for each in self.live()["spec"]["rules"][rule]["backendRefs"]}

    def edit(self, body: Any, kind: str = "merge-patch") -> None:
        """What somebody else changes."""
        self.installed.cluster.api(ADMIN).patch(self.path, body, kind, fieldManager="team-a")


@pytest.fixture
async def publisher(installed: Installation) -> AsyncIterator[WeightPublisher]:
    """With the operator's own token, over the real API server."""
    connection = await Connection.open(installed.cluster.kubeconfig_for(installed.operator.token))
    clock = ManualClock(datetime.now(UTC))
    cluster = KubernetesCluster(connection, lambda: None)
    ports = Ports(cluster, Admission(), MemoryMetrics({}), MemoryPolicyEngine(), clock, MemoryEntropy(1))
    yield WeightPublisher(ports, installed.lead, lambda: None)
    await connection.aclose()


def place(
    installed: Installation, publisher: WeightPublisher, namespace: str, specimen: Specimen, **publication: Any
) -> Place:
    """A new object of the specimen, and a route that publishes there."""
    path = specimen.make(installed, namespace)
    kind = specimen.kind
    name = publication.pop("name", path.rpartition("/")[2])
    raw = route_raw(candidates=CANDIDATES, publish=[{"kind": kind, "name": name, **publication}])
    raw["metadata"] |= {"namespace": namespace, "uid": "uid-triage", "generation": 1}
    spaces = {namespace: NamespaceView(namespace, {ENABLED_LABEL: "true"}, {})}
    return Place(installed, publisher, path, AdaptiveRoute.read(raw), View(datetime.now(UTC), namespaces=spaces))


@pytest.fixture(params=[HTTP_ROUTE, GRPC_ROUTE, AI_GATEWAY_ROUTE], ids=lambda each: each.kind)
def there(installed: Installation, publisher: WeightPublisher, namespace: str, request: pytest.FixtureRequest) -> Place:
    """A route object of each kind, of two rules."""
    return place(installed, publisher, namespace, request.param)


@pytest.fixture(params=["Weights", "LiteLLM"])
def config(
    installed: Installation, publisher: WeightPublisher, namespace: str, request: pytest.FixtureRequest
) -> Place:
    """A ConfigMap, whose key `mode` its owner lets be written."""
    return place(installed, publisher, namespace, CONFIG_MAP, key="mode", format=request.param)


def unweighted(raw: dict[str, Any]) -> Any:
    """All of a route's spec but the weights of its first rule."""
    spec = json.loads(json.dumps(raw["spec"]))
    for each in spec["rules"][0]["backendRefs"]:
        del each["weight"]
    return spec


async def test_weights_that_sum_to_1000_take_the_place_of_any_and_nothing_else_changes(there: Place) -> None:
    before = there.live()
    assert sum(there.weights().values()) != 1000
    found = await there.publish(MOSTLY_LARGE)
    assert (found.stopped, found.conflict, found.wrote) == (None, None, 1)
    assert there.weights() == {"large": 700, "small": 300}
    assert unweighted(there.live()) == unweighted(before)
    assert there.live()["metadata"]["annotations"][OPERATION_ANNOTATION] == "route/uid-triage"
    assert (await there.publish(MOSTLY_LARGE)).wrote == 0
    assert (await there.publish(MOSTLY_SMALL)).wrote == 1
    assert there.weights() == {"large": 250, "small": 750}


async def test_a_weight_that_another_changed_stops_us_and_they_are_named(there: Place) -> None:
    await there.publish(MOSTLY_LARGE)
    there.edit([{"op": "replace", "path": "/spec/rules/0/backendRefs/0/weight", "value": 5}], "json-patch")
    theirs = there.live()
    found = await there.publish(MOSTLY_SMALL)
    assert found.stopped is not None
    assert (found.stopped.reason, found.wrote) == ("Conflict", 0)
    assert "team-a changed" in (found.conflict or "")
    assert there.live() == theirs
    there.edit([{"op": "replace", "path": "/spec/rules/0/backendRefs/0/weight", "value": 700}], "json-patch")
    assert (await there.publish(MOSTLY_SMALL)).wrote == 1


async def test_a_rule_that_moved_is_not_written_nor_the_one_in_its_place(there: Place) -> None:
    await there.publish(MOSTLY_LARGE)
    first = there.live()["spec"]["rules"][0]
    new = {**first, "backendRefs": [{**each, "weight": 7} for each in reversed(first["backendRefs"])]}
    match = {"matches": [{"headers": [{"name": "x-new", "value": "1"}]}]}
    there.edit([{"op": "add", "path": "/spec/rules/0", "value": {**new, **match}}], "json-patch")
    moved = there.live()
    found = await there.publish(MOSTLY_SMALL)
    assert found.stopped is not None
    assert found.stopped.reason == "Conflict"
    assert "is another rule than was published to" in found.stopped.message
    assert there.live() == moved


async def test_the_baseline_is_put_back_where_our_weights_stand(there: Place) -> None:
    await there.publish(MOSTLY_SMALL)
    assert await there.publisher.restore(there.route, BASELINE, there.view) == []
    assert there.weights() == {"large": 1000, "small": 0}


async def test_a_rule_that_is_not_there_is_named(
    installed: Installation, publisher: WeightPublisher, namespace: str
) -> None:
    for specimen in (HTTP_ROUTE, GRPC_ROUTE, AI_GATEWAY_ROUTE):
        found = await place(installed, publisher, namespace, specimen, rule=9).publish(MOSTLY_LARGE)
        assert found.stopped is not None
        assert (found.stopped.reason, found.wrote) == ("TargetUnfit", 0)
        assert "has no rule 9" in found.stopped.message


async def test_an_object_that_does_not_exist_is_named(
    installed: Installation, publisher: WeightPublisher, namespace: str
) -> None:
    for specimen, more in ((HTTP_ROUTE, {}), (GRPC_ROUTE, {}), (AI_GATEWAY_ROUTE, {}), (CONFIG_MAP, {"key": "mode"})):
        found = await place(installed, publisher, namespace, specimen, name="nowhere", **more).publish(MOSTLY_LARGE)
        assert found.stopped is not None
        assert found.stopped.reason == "TargetMissing"
        assert f"{specimen.kind} {namespace}/nowhere does not exist" in found.stopped.message


async def test_a_kind_that_the_server_does_not_have_is_missing_too(
    installed: Installation, publisher: WeightPublisher, namespace: str
) -> None:
    odd = place(installed, publisher, namespace, HTTP_ROUTE, apiVersion="gateway.networking.k8s.io/v9")
    found = await odd.publish(MOSTLY_LARGE)
    assert found.stopped is not None
    assert found.stopped.reason in ("TargetMissing", "Unavailable")


async def test_a_configuration_is_written_into_its_key_alone(config: Place) -> None:
    before = config.live()
    assert (await config.publish(MOSTLY_LARGE)).wrote == 1
    after = config.live()
    assert {**after["data"], "mode": ""} == {**before["data"], "mode": ""}
    told = json.loads(after["data"]["mode"])
    if config.route.spec.publish[0].format == "LiteLLM":
        assert [(each["model_name"], each["litellm_params"]["weight"]) for each in told["model_list"]] == [
            ("triage", 700),
            ("triage", 300),
        ]
    else:
        assert told == {"weights": {"triage": {"haiku": 300, "sonnet": 700}}}
    assert (await config.publish(MOSTLY_LARGE)).wrote == 0
    assert (await config.publish(MOSTLY_SMALL)).wrote == 1
    assert await config.publisher.restore(config.route, BASELINE, config.view) == []


async def test_a_key_that_another_changed_or_that_nobody_listed_is_left_alone(
    installed: Installation, publisher: WeightPublisher, namespace: str, config: Place
) -> None:
    await config.publish(MOSTLY_LARGE)
    config.edit({"data": {"mode": "theirs"}})
    found = await config.publish(MOSTLY_SMALL)
    assert found.stopped is not None
    assert found.stopped.reason == "Conflict"
    assert "team-a changed" in found.stopped.message
    assert config.live()["data"]["mode"] == "theirs"
    unlisted = await place(installed, publisher, namespace, CONFIG_MAP, key="secretive").publish(MOSTLY_LARGE)
    assert unlisted.stopped is not None
    assert unlisted.stopped.reason == "TargetUnfit"
