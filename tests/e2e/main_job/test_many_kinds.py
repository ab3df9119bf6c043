"""Plans of several steps, on several kinds of object: done in order, verified, and all of it undone when a person says so."""

from typing import Any

from testbed.cluster import Cluster
from testbed.definitions import define
from testbed.programs.catalogue import HTTP_ROUTES_CRD
from testbed.waiting import until
from testbed.world import World, contract, phase

Manifest = dict[str, Any]
GROUP = "autonomic.maestro.dev"


def meta(world: World, name: str, **annotations: str) -> Manifest:
    """Metadata with annotations of our group."""
    noted = {f"{GROUP}/{key.replace('_', '-')}": value for key, value in annotations.items()}
    return {"name": name, "namespace": world.namespace, "annotations": noted}


def config(world: World) -> Manifest:
    """A ConfigMap of which two keys may be changed."""
    data = {"mode": "fast", "degraded": "false", "secretive": "1"}
    named = meta(world, "settings", writable_keys="mode,degraded")
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": named, "data": data}


def cron_job(world: World) -> Manifest:
    """A CronJob that never comes to run."""
    pod = {"restartPolicy": "Never", "containers": [{"name": "report", "image": "registry.k8s.io/pause:3.10"}]}
    spec = {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": {"template": {"spec": pod}}}}
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": meta(world, "report", allow_quarantine="true"),
        "spec": spec,
    }


def autoscaler(world: World) -> Manifest:
    """An HPA of a Deployment that there is not: only its bounds matter here."""
    ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "elsewhere"}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": meta(world, "elsewhere"),
        "spec": {"scaleTargetRef": ref, "minReplicas": 2, "maxReplicas": 4},
    }


def route(world: World) -> Manifest:
    """A route that sends nine of ten requests to one backend."""
    backends = [{"name": "large", "port": 80, "weight": 90}, {"name": "small", "port": 80, "weight": 10}]
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": meta(world, "models"),
        "spec": {"rules": [{"backendRefs": backends}]},
    }


def step(type_: str, api_version: str, kind: str, name: str, /, **parameters: Any) -> Manifest:
    """A permitted action with a target of its own."""
    member = type_[0].lower() + type_[1:]
    ref = {"apiVersion": api_version, "kind": kind, "name": name}
    return {"type": type_, "targetRef": ref, member: parameters}


def promise(world: World, *steps: Manifest) -> Manifest:
    """The contract, with these steps as its only adaptation."""
    wanted = contract(world)
    wanted["spec"]["adaptations"] = [{"levels": ["Breach", "Exhausted"], "actions": list(steps)}]
    return wanted


def carried_out(world: World) -> Manifest:
    """The plan, reviewed where that is asked for, and carried out."""
    plan = world.plan("AwaitingApproval", "Verifying", "Denied", "Failed")
    if phase(plan) == "AwaitingApproval":
        world.review(plan)
    return world.plan("Verifying", "Denied", "Failed", "Superseded")


def taken_back(world: World, plan: Manifest) -> Manifest:
    """The plan, after a person wanted it undone."""
    world.review(plan, "RollBack", message="enough")
    return world.plan("RolledBack", "Failed")


def test_four_steps_on_four_kinds_are_done_in_order_and_undone_as_they_were(world: World) -> None:
    deployment = world.get("deployment", world.name)
    deployment["metadata"]["annotations"] = {f"{GROUP}/writable-env": "MODE"}
    deployment["spec"]["template"]["spec"]["containers"][0]["env"] = [
        {"name": "OTHER", "value": "1"},
        {"name": "MODE", "value": "fast"},
    ]
    for kept in ("managedFields", "resourceVersion", "uid", "generation", "creationTimestamp"):
        deployment["metadata"].pop(kept, None)
    deployment.pop("status")
    world.apply(deployment, config(world), cron_job(world), autoscaler(world))
    before = state(world)
    world.apply(
        promise(
            world,
            step("SetConfig", "v1", "ConfigMap", "settings", key="mode", value="safe"),
            step("SetEnv", "apps/v1", "Deployment", world.name, container="worker", name="MODE", value="safe"),
            step("Quarantine", "batch/v1", "CronJob", "report"),
            step("Scale", "autoscaling/v2", "HorizontalPodAutoscaler", "elsewhere", by=2, max=10),
        )
    )
    world.traffic.set(good=30, bad=20)
    plan = carried_out(world)
    assert phase(plan) == "Verifying", plan["status"]
    assert state(world) == ("safe", [{"name": "OTHER", "value": "1"}, {"name": "MODE", "value": "safe"}], True, 6)
    world.traffic.set(good=50, bad=0)
    done = world.plan("Succeeded", "RolledBack", "Failed")
    assert phase(done) == "Succeeded", done["status"]
    gone = taken_back(world, done)
    assert phase(gone) == "RolledBack", gone["status"]
    assert state(world) == before


def state(world: World) -> tuple[Any, ...]:
    """The four fields that the steps change."""
    containers = world.get("deployment", world.name)["spec"]["template"]["spec"]["containers"]
    return (
        world.get("configmap", "settings")["data"]["mode"],
        containers[0]["env"],
        world.get("cronjob", "report")["spec"]["suspend"],
        world.get("hpa", "elsewhere")["spec"]["maxReplicas"],
    )


def test_traffic_moves_by_weights_alone_and_comes_back(cluster: Cluster, world: World) -> None:
    define(cluster, HTTP_ROUTES_CRD)
    world.apply(route(world))
    before = backends(world)
    world.apply(
        promise(
            world, step("Reroute", before["apiVersion"], "HTTPRoute", "models", source="large", destination="small")
        )
    )
    world.traffic.set(good=30, bad=20)
    plan = carried_out(world)
    assert phase(plan) == "Verifying", plan["status"]
    until(lambda: weights(world) == {"large": 0, "small": 100}, 60, "the weights to be moved")
    world.traffic.set(good=50, bad=0)
    done = world.plan("Succeeded", "RolledBack", "Failed")
    gone = taken_back(world, done)
    assert phase(gone) == "RolledBack", gone["status"]
    assert backends(world)["spec"] == before["spec"]


def backends(world: World) -> Manifest:
    """The route."""
    return world.get("httproute", "models")


def weights(world: World) -> dict[str, int]:
    """The weight of each backend."""
    return {each["name"]: each["weight"] for each in backends(world)["spec"]["rules"][0]["backendRefs"]}


def test_a_key_that_its_owner_did_not_list_is_never_changed(world: World) -> None:
    world.apply(config(world))
    world.apply(promise(world, step("SetConfig", "v1", "ConfigMap", "settings", key="secretive", value="0")))
    world.traffic.set(good=30, bad=20)
    told = until(lambda: events(world, "NotProposed"), 60, "the reason to be told")
    assert "does not let secretive be changed" in told
    assert world.get("configmap", "settings")["data"]["secretive"] == "1"
    assert world.plans() == []


def events(world: World, reason: str) -> str:
    """The messages of the events with that reason."""
    return " ".join(
        each.get("message", each.get("note", "")) for each in world.get("events")["items"] if each["reason"] == reason
    )
