"""Events of the cluster: what people call them, and whom they are about."""

from typing import Any

import pytest

from autonomic.domain.signals.board import CLUSTER_EVENTS
from autonomic.healing.cluster_events import OURSELVES, controller, involved, ran_out_of_memory, signals, trouble
from tests.unit.domain.specimens import NOW


def event(reason: str = "BackOff", message: str = "", **more: Any) -> dict[str, Any]:
    about = {"kind": "Pod", "name": "agent-5d-x", "namespace": "shop"}
    meta = {"namespace": "shop", "uid": "e1", "name": "e"}
    return {"metadata": meta, "involvedObject": about, "reason": reason, "message": message, **more}


@pytest.mark.parametrize(
    ("reason", "message", "wanted"),
    [
        ("BackOff", "Back-off restarting failed container worker in pod x", "CrashLoopBackOff"),
        ("BackOff", 'Back-off pulling image "x:1"', "ImagePullBackOff"),
        ("Failed", "Error: ErrImagePull", "ImagePullBackOff"),
        ("Failed", 'Failed to pull image "x:1": not found', "ImagePullBackOff"),
        ("Failed", "Error: cannot find volume", "Failed"),
        ("OOMKilling", "Memory cgroup out of memory", "OOMKilled"),
        ("FailedScheduling", "0/3 nodes are available", "FailedScheduling"),
        ("Evicted", "The node was low on resource: memory", "Evicted"),
        ("BackOff", "Back-off of another kind", "BackOff"),
        ("not a reason", "", None),
        ("", "", None),
    ],
)
def test_an_event_is_called_what_people_call_it(reason: str, message: str, wanted: str | None) -> None:
    assert trouble(event(reason, message)) == wanted


def test_what_we_said_ourselves_is_no_trouble() -> None:
    assert trouble(event("PlanFailed", reportingComponent=OURSELVES)) is None


def test_whom_it_is_about_is_read_from_it() -> None:
    assert str(involved(event())) == "Pod shop/agent-5d-x"
    assert involved(event(involvedObject={})) is None


def test_the_controller_is_the_owner_that_says_so() -> None:
    owners = [
        {"apiVersion": "v1", "kind": "ConfigMap", "name": "x"},
        {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "agent-5d", "controller": True},
    ]
    assert str(controller({"metadata": {"namespace": "shop", "ownerReferences": owners}})) == "ReplicaSet shop/agent-5d"
    assert controller({"metadata": {}}) is None


@pytest.mark.parametrize("state", ["state", "lastState"])
def test_a_container_that_ended_for_lack_of_memory_is_seen_in_its_pod(state: str) -> None:
    status = {"containerStatuses": [{"name": "w", state: {"terminated": {"reason": "OOMKilled"}}}]}
    assert ran_out_of_memory({"status": status})
    assert not ran_out_of_memory({"status": {"containerStatuses": [{"name": "w", "state": {"running": {}}}]}})
    assert not ran_out_of_memory({})


def test_a_repeated_event_is_another_signal_and_the_same_event_is_not() -> None:
    about = involved(event())
    assert about is not None
    first, again, more = (signals(event(count=number), ["BackOff"], [about], NOW)[0] for number in (1, 1, 2))
    assert first.id == again.id != more.id
    assert (first.source, first.namespace, first.labels) == (CLUSTER_EVENTS, "shop", {"pod": "agent-5d-x"})


def test_an_event_is_of_the_time_that_it_says_and_of_now_where_it_says_none() -> None:
    about = involved(event())
    assert about is not None
    told = {"lastTimestamp": "2025-01-01T11:59:00Z", "eventTime": "2025-01-01T11:00:00.5Z"}
    assert signals(event(**told), ["X"], [about], NOW)[0].at.isoformat() == "2025-01-01T11:59:00+00:00"
    assert signals(event(eventTime="rubbish"), ["X"], [about], NOW)[0].at == NOW
