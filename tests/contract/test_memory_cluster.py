"""What the memory cluster offers beyond its port: failures, listeners, other people's writes."""

from datetime import UTC, datetime

import pytest

from autonomic.domain.errors import Conflict, NotFound, Unavailable
from autonomic.domain.meta import ObjectRef
from autonomic.ports.cluster import Manifest
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.cluster import MemoryCluster

REF = ObjectRef(api_version="apps/v1", kind="Deployment", name="web", namespace="shop")
MANIFEST = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}}


@pytest.fixture
def cluster() -> MemoryCluster:
    return MemoryCluster(ManualClock(datetime(2026, 1, 1, tzinfo=UTC)))


async def test_a_failure_before_the_commit_changes_nothing_and_happens_once(cluster: MemoryCluster) -> None:
    cluster.fail_next("create", Unavailable("reset"))
    with pytest.raises(Unavailable):
        await cluster.create(MANIFEST)
    with pytest.raises(NotFound):
        await cluster.get(REF)
    await cluster.create(MANIFEST)


async def test_a_failure_after_the_commit_loses_the_answer_alone(cluster: MemoryCluster) -> None:
    await cluster.create({**MANIFEST, "spec": {"replicas": 1}})
    cluster.fail_next("patch", Unavailable("reset"), after_commit=True)
    with pytest.raises(Unavailable):
        await cluster.patch(REF, {"spec": {"replicas": 2}})
    assert (await cluster.get(REF))["spec"] == {"replicas": 2}
    assert [write.method for write in cluster.writes] == ["create", "patch"]


async def test_failures_happen_in_the_order_in_which_they_were_asked_for(cluster: MemoryCluster) -> None:
    cluster.fail_next("get", Unavailable("first"))
    cluster.fail_next("get", Conflict("second"))
    with pytest.raises(Unavailable, match="first"):
        await cluster.get(REF)
    with pytest.raises(Conflict, match="second"):
        await cluster.get(REF)


async def test_listeners_hear_of_each_change_and_of_no_other(cluster: MemoryCluster) -> None:
    heard: list[tuple[str, Manifest]] = []
    cluster.watch(lambda change, manifest: heard.append((change, manifest)))
    created = await cluster.create(MANIFEST)
    await cluster.patch(REF, {"metadata": {"name": "web"}})
    reported = await cluster.patch_status(REF, {"status": {"replicas": 1}})
    await cluster.delete(REF, created["metadata"]["uid"])
    assert heard == [("ADDED", created), ("MODIFIED", reported), ("DELETED", reported)]


async def test_who_changes_a_field_takes_it_from_its_owner(cluster: MemoryCluster) -> None:
    await cluster.create({**MANIFEST, "spec": {"replicas": 1, "paused": False}})
    await cluster.patch_as("hpa", REF, {"spec": {"replicas": 2}})
    owners = {each["manager"]: each["fieldsV1"] for each in (await cluster.get(REF))["metadata"]["managedFields"]}
    assert owners == {"autonomic": {"f:spec": {"f:paused": {}}}, "hpa": {"f:spec": {"f:replicas": {}}}}


async def test_an_object_that_was_read_is_the_readers_own(cluster: MemoryCluster) -> None:
    read = await cluster.create({**MANIFEST, "spec": {"replicas": 1}})
    read["spec"]["replicas"] = 99
    assert (await cluster.get(REF))["spec"] == {"replicas": 1}
