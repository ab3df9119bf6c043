"""Warnings of the cluster, in memory: told of the workload behind a pod, and only where a playbook listens."""

from typing import Any

from autonomic.domain.meta import ObjectRef
from tests.unit.cycle.world import World
from tests.unit.domain.specimens import playbook_raw

CRASHING = {"name": "crashing", "type": "KubernetesEvent", "kubernetesEvent": {"reasons": ["CrashLoopBackOff"]}}
STARVED = {"name": "starved", "type": "KubernetesEvent", "kubernetesEvent": {"reasons": ["OOMKilled"]}}


def owned(kind: str, name: str, by: tuple[str, str], version: str, **more: Any) -> dict[str, Any]:
    owner = {"apiVersion": "apps/v1", "kind": by[0], "name": by[1], "uid": "u", "controller": True}
    meta = {"name": name, "namespace": "shop", "uid": f"uid-{name}", "ownerReferences": [owner]}
    return {"apiVersion": version, "kind": kind, "metadata": meta, **more}


def back_off(pod: str = "agent-5d-x", count: int = 1, namespace: str = "shop") -> dict[str, Any]:
    about = {"apiVersion": "v1", "kind": "Pod", "name": pod, "namespace": namespace}
    return {
        "metadata": {"name": "e", "namespace": namespace, "uid": "e1"},
        "involvedObject": about,
        "reason": "BackOff",
        "message": "Back-off restarting failed container",
        "type": "Warning",
        "count": count,
    }


async def furnish(world: World, trigger: dict[str, Any], **status: Any) -> None:
    await world.cluster.create(owned("ReplicaSet", "agent-5d", ("Deployment", "agent"), "apps/v1"))
    await world.cluster.create(owned("Pod", "agent-5d-x", ("ReplicaSet", "agent-5d"), "v1"))
    pod = ObjectRef(api_version="v1", kind="Pod", name="agent-5d-x", namespace="shop")
    await world.cluster.patch_status(pod, {"status": status})
    wait = {"settle": "10s", "within": "2m"}
    await world.cluster.create(playbook_raw("events", triggers=[trigger], verification=wait))
    world.start()
    await world.passes(20)


async def test_an_event_of_a_pod_heals_the_deployment_that_is_behind_it() -> None:
    async with World() as world:
        await furnish(world, CRASHING)
        await world.layer.warned(back_off())
        await world.passes(1)
        assert world.moves == ["restart"]


async def test_the_same_event_told_twice_counts_once_and_repeated_twice() -> None:
    async with World() as world:
        await furnish(world, CRASHING | {"count": 2})
        await world.layer.warned(back_off())
        await world.layer.warned(back_off())
        await world.passes(1)
        assert world.moves == []
        await world.layer.warned(back_off(count=2))
        await world.passes(1)
        assert world.moves == ["restart"]


async def test_a_crash_whose_pod_ran_out_of_memory_is_one_of_memory() -> None:
    async with World() as world:
        ended = {"name": "w", "lastState": {"terminated": {"reason": "OOMKilled"}}}
        await furnish(world, STARVED, containerStatuses=[ended])
        await world.layer.warned(back_off())
        await world.passes(1)
        assert world.moves == ["restart"]


async def test_a_crash_for_another_reason_is_not_taken_for_one_of_memory() -> None:
    async with World() as world:
        await furnish(world, STARVED)
        await world.layer.warned(back_off())
        await world.passes(1)
        assert world.moves == []


async def test_a_pod_of_nobody_known_or_a_namespace_that_has_not_opted_in_heals_nothing() -> None:
    async with World() as world:
        await furnish(world, CRASHING)
        await world.layer.warned(back_off("another-7f-y"))
        await world.layer.warned(back_off(namespace="elsewhere"))
        await world.passes(1)
        assert world.moves == []
