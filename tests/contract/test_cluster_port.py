"""The contract of the cluster port, kept by the memory and by the API server alike."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from autonomic.adapters.kubernetes.client import KubernetesCluster
from autonomic.adapters.kubernetes.connection import Connection
from autonomic.domain.errors import AlreadyExists, Conflict, Invalid, LeadershipLost, NotFound
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import API_VERSION
from autonomic.ports.cluster import Cluster, Manifest
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.cluster import MemoryCluster
from testbed.cluster import Cluster as RealCluster
from testbed.people import ADMIN

ABSENT = ("kueue.x-k8s.io/v1beta1", "LocalQueue")
ANOTHER_UID = "00000000-0000-0000-0000-000000000000"


@dataclass
class Leadership:
    """What the port asks before each write."""

    lost: bool = False

    def may_write(self) -> None:
        """Raises LeadershipLost when it is lost."""
        if self.lost:
            raise LeadershipLost("another replica leads")


@dataclass
class World:
    """A cluster behind its port, a namespace of the test's own, and the names that it may use."""

    port: Cluster
    namespace: str
    leadership: Leadership = field(default_factory=Leadership)

    def settings(self, name: str = "settings") -> ObjectRef:
        """An object in the namespace, without spec and status."""
        return ObjectRef(api_version="v1", kind="ConfigMap", name=name, namespace=self.namespace)

    def loop(self) -> ObjectRef:
        """A cluster-scoped object, with spec and status."""
        return ObjectRef(api_version=API_VERSION, kind="ControlLoop", name=f"loop-{self.namespace}")

    async def create(self, ref: ObjectRef, **content: Any) -> Manifest:
        """Create it with that content."""
        meta = {"name": ref.name} | ({"namespace": ref.namespace} if ref.namespace else {})
        return await self.port.create({"apiVersion": ref.api_version, "kind": ref.kind, "metadata": meta, **content})

    async def create_loop(self, **content: Any) -> Manifest:
        """Create the loop with a valid spec."""
        return await self.create(self.loop(), spec={"type": "Reliability", "interval": "1m"}, **content)


@pytest.fixture(params=["memory", "kubernetes"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    leadership = Leadership()
    if request.param == "memory":
        clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
        yield World(MemoryCluster(clock, leadership.may_write, [ABSENT]), "here", leadership)
        return
    real: RealCluster = request.getfixturevalue("cluster_with_crds")
    namespace: str = request.getfixturevalue("namespace")
    connection = await Connection.open(real.kubeconfigs[ADMIN])
    world = World(KubernetesCluster(connection, leadership.may_write), namespace, leadership)
    yield world
    await connection.aclose()
    real.kubectl("delete", "controlloop", world.loop().name, "--ignore-not-found")


async def test_what_was_created_can_be_read(world: World) -> None:
    created = await world.create(world.settings(), data={"a": "1"})
    assert await world.port.get(world.settings()) == created
    assert created["data"] == {"a": "1"}
    assert created["metadata"]["uid"]
    assert created["metadata"]["resourceVersion"]
    assert created["metadata"]["creationTimestamp"]


async def test_a_name_is_created_once(world: World) -> None:
    await world.create(world.settings())
    with pytest.raises(AlreadyExists, match="settings"):
        await world.create(world.settings())


async def test_what_is_not_there_cannot_be_read_patched_or_deleted(world: World) -> None:
    nothing = world.settings("nothing")
    for call in (world.port.get(nothing), world.port.patch(nothing, {}), world.port.delete(nothing, ANOTHER_UID)):
        with pytest.raises(NotFound, match="nothing"):
            await call


async def test_a_list_has_the_objects_of_its_namespace_with_kind_and_version(world: World) -> None:
    for name in ("b", "a"):
        await world.create(world.settings(name), data={"of": "ours"})
    found = await world.port.list("v1", "ConfigMap", world.namespace)
    ours = [each for each in found if each.get("data") == {"of": "ours"}]
    assert [each["metadata"]["name"] for each in ours] == ["a", "b"]
    assert {(each["apiVersion"], each["kind"]) for each in ours} == {("v1", "ConfigMap")}
    everywhere = await world.port.list("v1", "ConfigMap")
    assert all(each in everywhere for each in ours)
    assert await world.port.list("v1", "ConfigMap", "elsewhere") == []


async def test_a_kind_that_the_cluster_lacks_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        await world.port.list(*ABSENT)


async def test_a_patch_merges_and_null_removes(world: World) -> None:
    await world.create(world.settings(), data={"kept": "1", "changed": "1", "removed": "1"})
    patched = await world.port.patch(world.settings(), {"data": {"changed": "2", "removed": None, "added": "3"}})
    assert patched["data"] == {"kept": "1", "changed": "2", "added": "3"}
    assert (await world.port.get(world.settings()))["data"] == patched["data"]


async def test_a_patch_that_changes_nothing_makes_no_new_version(world: World) -> None:
    created = await world.create(world.settings(), data={"a": "1"})
    patched = await world.port.patch(world.settings(), {"data": {"a": "1"}})
    assert patched["metadata"]["resourceVersion"] == created["metadata"]["resourceVersion"]


async def test_the_generation_moves_with_the_spec_alone(world: World) -> None:
    created = await world.create_loop()
    noted = await world.port.patch(world.loop(), {"metadata": {"annotations": {"a": "b"}}})
    changed = await world.port.patch(world.loop(), {"spec": {"interval": "2m"}})
    reported = await world.port.patch_status(world.loop(), {"status": {"observedGeneration": 2}})
    generations = [each["metadata"]["generation"] for each in (created, noted, changed, reported)]
    assert generations == [1, 1, 2, 2]


@pytest.mark.parametrize("precondition", [{"resourceVersion": "1"}, {"uid": ANOTHER_UID}], ids=["version", "uid"])
async def test_a_patch_with_a_failed_precondition_is_a_conflict_and_changes_nothing(
    world: World, precondition: dict[str, str]
) -> None:
    await world.create_loop()
    before = await world.port.patch(world.loop(), {"metadata": {"annotations": {"a": "b"}}})
    with pytest.raises(Conflict, match=world.loop().name):
        await world.port.patch(world.loop(), {"metadata": precondition, "spec": {"suspend": True}})
    assert await world.port.get(world.loop()) == before


async def test_a_status_of_a_version_that_passed_is_a_conflict_and_changes_nothing(world: World) -> None:
    old = (await world.create_loop())["metadata"]
    before = await world.port.patch(world.loop(), {"metadata": {"annotations": {"a": "b"}}})
    meta = {"uid": old["uid"], "resourceVersion": old["resourceVersion"]}
    with pytest.raises(Conflict, match=world.loop().name):
        await world.port.patch_status(world.loop(), {"metadata": meta, "status": {"observedGeneration": 7}})
    assert await world.port.get(world.loop()) == before


async def test_a_status_with_a_uid_alone_is_refused_because_the_server_would_not_check_it(world: World) -> None:
    before = await world.create_loop()
    body = {"metadata": {"uid": before["metadata"]["uid"]}, "status": {"observedGeneration": 7}}
    with pytest.raises(Invalid, match="resourceVersion"):
        await world.port.patch_status(world.loop(), body)
    assert await world.port.get(world.loop()) == before


async def test_a_write_with_true_preconditions_is_done(world: World) -> None:
    meta = (await world.create_loop())["metadata"]
    expected = {"uid": meta["uid"], "resourceVersion": meta["resourceVersion"]}
    patched = await world.port.patch(world.loop(), {"metadata": expected, "spec": {"suspend": True}})
    assert patched["spec"]["suspend"] is True
    assert patched["metadata"]["resourceVersion"] != meta["resourceVersion"]


async def test_spec_and_status_are_written_apart(world: World) -> None:
    created = await world.create_loop(status={"observedGeneration": 9})
    assert "status" not in created
    body = {"spec": {"suspend": True}, "metadata": {"annotations": {"a": "b"}}, "status": {"observedGeneration": 1}}
    reported = await world.port.patch_status(world.loop(), body)
    assert reported["status"]["observedGeneration"] == 1
    assert "annotations" not in reported["metadata"]
    assert reported["spec"] == created["spec"]
    patched = await world.port.patch(world.loop(), {"spec": {"suspend": True}, "status": {"observedGeneration": 8}})
    assert patched["status"]["observedGeneration"] == 1
    assert patched["spec"]["suspend"] is True


def version(meta: Manifest) -> dict[str, Any]:
    """What makes a JSON Patch one of that version."""
    return {"op": "replace", "path": "/metadata/resourceVersion", "value": meta["resourceVersion"]}


async def test_a_json_patch_tests_adds_replaces_and_removes(world: World) -> None:
    created = await world.create(world.settings(), data={"kept": "1", "changed": "1", "removed": "1"})
    operations = [
        {"op": "test", "path": "/metadata/uid", "value": created["metadata"]["uid"]},
        version(created["metadata"]),
        {"op": "test", "path": "/data/changed", "value": "1"},
        {"op": "replace", "path": "/data/changed", "value": "2"},
        {"op": "remove", "path": "/data/removed"},
        {"op": "add", "path": "/metadata/annotations", "value": {}},
        {"op": "add", "path": "/metadata/annotations/example.com~1a", "value": "b"},
    ]
    patched = await world.port.patch_json(world.settings(), operations)
    assert patched["data"] == {"kept": "1", "changed": "2"}
    assert patched["metadata"]["annotations"] == {"example.com/a": "b"}
    assert await world.port.get(world.settings()) == patched
    assert patched["metadata"]["resourceVersion"] != created["metadata"]["resourceVersion"]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/data/a", "value": "2"},
        {"op": "test", "path": "/data/b", "value": "1"},
        {"op": "test", "path": "/metadata/uid", "value": ANOTHER_UID},
        {"op": "remove", "path": "/data/b"},
        {"op": "add", "path": "/metadata/annotations/a", "value": "b"},
        {"op": "test", "path": "/metadata/finalizers/1", "value": "example.com/held"},
        {"op": "add", "path": "/metadata/finalizers/7", "value": "example.com/late"},
        {"op": "replace", "path": "/metadata/finalizers/-", "value": "example.com/last"},
    ],
    ids=lambda operation: f"{operation['op']} {operation['path']}",
)
async def test_a_json_patch_that_does_not_fit_is_invalid_and_changes_nothing(
    world: World, operation: dict[str, str]
) -> None:
    await world.create(world.settings(), data={"a": "1"})
    held = {"metadata": {"finalizers": ["example.com/held"]}}
    before = await world.port.patch(world.settings(), held)
    change = {"op": "replace", "path": "/data/a", "value": "3"}
    with pytest.raises(Invalid, match="patch"):
        await world.port.patch_json(world.settings(), [version(before["metadata"]), change, operation])
    assert await world.port.get(world.settings()) == before
    await world.port.patch(world.settings(), {"metadata": {"finalizers": None}})


async def test_a_json_patch_replaces_what_was_not_there_so_that_only_a_test_tells(world: World) -> None:
    await world.create(world.settings(), data={"a": "1"})
    patched = await world.port.patch_json(world.settings(), [{"op": "replace", "path": "/data/b", "value": "1"}])
    assert patched["data"] == {"a": "1", "b": "1"}


async def test_a_json_patch_of_another_version_is_a_conflict_and_changes_nothing(world: World) -> None:
    created = await world.create(world.settings(), data={"a": "1"})
    before = await world.port.patch(world.settings(), {"data": {"b": "1"}})
    change = {"op": "replace", "path": "/data/a", "value": "2"}
    with pytest.raises(Conflict, match="settings"):
        await world.port.patch_json(world.settings(), [version(created["metadata"]), change])
    assert await world.port.get(world.settings()) == before


async def test_a_json_patch_of_what_is_not_there_is_not_found(world: World) -> None:
    with pytest.raises(NotFound, match="nothing"):
        await world.port.patch_json(world.settings("nothing"), [])


async def test_a_delete_is_of_one_life_of_an_object(world: World) -> None:
    uid = (await world.create(world.settings()))["metadata"]["uid"]
    with pytest.raises(Conflict, match="settings"):
        await world.port.delete(world.settings(), ANOTHER_UID)
    await world.port.get(world.settings())
    await world.port.delete(world.settings(), uid)
    with pytest.raises(NotFound):
        await world.port.get(world.settings())
    assert (await world.create(world.settings()))["metadata"]["uid"] != uid


async def test_we_own_the_fields_that_we_changed(world: World) -> None:
    await world.create_loop()
    patched = await world.port.patch(world.loop(), {"spec": {"suspend": True}})
    ours = [each["fieldsV1"] for each in patched["metadata"]["managedFields"] if each["manager"] == "autonomic"]
    assert ours
    assert all(each["f:spec"]["f:suspend"] == {} for each in ours)


async def test_without_leadership_nothing_is_written(world: World) -> None:
    before = await world.create_loop()
    world.leadership.lost = True
    writes: list[Callable[[], Awaitable[object]]] = [
        lambda: world.create(world.settings()),
        lambda: world.port.patch(world.loop(), {"spec": {"suspend": True}}),
        lambda: world.port.patch_json(world.loop(), [{"op": "add", "path": "/spec/suspend", "value": True}]),
        lambda: world.port.patch_status(world.loop(), {"status": {"observedGeneration": 1}}),
        lambda: world.port.delete(world.loop(), before["metadata"]["uid"]),
    ]
    for write in writes:
        with pytest.raises(LeadershipLost):
            await write()
    assert await world.port.get(world.loop()) == before
    with pytest.raises(NotFound):
        await world.port.get(world.settings())
