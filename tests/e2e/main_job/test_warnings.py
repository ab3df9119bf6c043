"""A warning of the cluster heals the workload behind the pod, on a real control plane."""

import json
from typing import Any

from testbed.waiting import until
from testbed.world import World, phase


def crash_loops(world: World, mode: str = "Enforce") -> dict[str, Any]:
    """Restarts what an Event says is in a crash loop, whichever Deployment of the namespace it is."""
    return {
        "apiVersion": "autonomic.maestro.dev/v1alpha1",
        "kind": "SelfHealingPlaybook",
        "metadata": {"name": "crash-loops", "namespace": world.namespace},
        "spec": {
            "scope": "Infra",
            "mode": mode,
            "triggers": [
                {
                    "name": "crashing",
                    "type": "KubernetesEvent",
                    "kubernetesEvent": {"reasons": ["CrashLoopBackOff", "OOMKilled"]},
                    "within": "5m",
                }
            ],
            "target": {"fromSignal": {"label": "deployment", "kind": "Deployment"}},
            "actions": [{"type": "Restart", "restart": {}}],
            "verification": {"settle": "1s", "within": "20s"},
        },
    }


def warn(world: World, pod: dict[str, Any], name: str = "crash") -> None:
    """What the kubelet writes when it waits before it starts a container again."""
    meta = pod["metadata"]
    about = {"apiVersion": "v1", "kind": "Pod", "name": meta["name"], "namespace": world.namespace, "uid": meta["uid"]}
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{meta['name']}.{name}", "namespace": world.namespace},
        "involvedObject": about,
        "type": "Warning",
        "reason": "BackOff",
        "message": "Back-off restarting failed container worker in pod",
        "count": 1,
    }
    world.cluster.kubectl("create", "-f", "-", input=json.dumps(event))


def test_a_crash_loop_that_an_event_tells_of_restarts_the_deployment_behind_the_pod(world: World) -> None:
    world.apply(crash_loops(world))
    until(
        lambda: world.condition("selfhealingplaybook", "crash-loops", "Ready").get("status") == "True",
        60,
        "the playbook",
    )
    warn(world, world.get("pods")["items"][0])
    done = world.plan("Succeeded", "Failed", "Inconclusive")
    assert phase(done) == "Succeeded"
    signal = done["spec"]["trigger"]["signal"]
    assert (signal["target"], signal["trigger"]) == (world.name, "crashing")
    template = world.get("deployment", world.name)["spec"]["template"]["metadata"]
    assert "autonomic.maestro.dev/restartedAt" in template["annotations"]
    assert len(world.patches()) == 1


def test_a_query_a_rate_and_an_event_together_heal_a_fixed_workload(world: World) -> None:
    book = crash_loops(world)
    series = {"type": "Prometheus", "for": "2s", "op": "GT", "value": "0"}
    wedged = series | {"name": "wedged", "prometheus": {"selector": world.traffic.selector("wedged")}, "within": "1m"}
    busy = series | {"name": "busy", "prometheus": {"selector": world.traffic.selector("tasks_total"), "rate": "5s"}}
    ref = {"ref": {"apiVersion": "apps/v1", "kind": "Deployment", "name": world.name}}
    book["spec"] |= {"triggers": [*book["spec"]["triggers"], wedged, busy], "target": ref}
    world.apply(book)
    warn(world, world.get("pods")["items"][0])
    world.traffic.set(wedged=1)
    plan = world.plan("Verifying", "Succeeded")
    assert (
        "crashing was seen within 5m; wedged has held for 2s within 1m; busy has held for 2s"
        in plan["spec"]["justification"]
    )
    world.traffic.set(wedged=0)
    assert phase(world.plan("Succeeded", "Failed", "Inconclusive")) == "Succeeded"
