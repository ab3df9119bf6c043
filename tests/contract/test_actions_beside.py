"""The actions that leave their target as it is: Retry makes a Job beside it; Notify and CallOrchestrator tell somebody."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from autonomic.domain.errors import Conflict, Unavailable
from autonomic.execution.action import Declined
from autonomic.execution.drift import Drift
from testbed.cluster import Cluster
from tests.contract.actions.carried import EPOCH, KINDS, SEQ, STAMPS, Carried, read
from tests.contract.actions.queues import cron_job, job
from tests.contract.actions.row import Manifest
from tests.contract.actions.stage import Stage, ref_of
from tests.contract.actions.stages import in_memory, on_server

RETRY = {"type": "Retry", "retry": {"limit": 2, "backoff": "1s"}}
FAILED = {
    "type": "Failed",
    "status": "True",
    "reason": "BackoffLimitExceeded",
    "lastTransitionTime": "2024-12-31T00:00:00Z",
}
FAILURE = {"type": "FailureTarget", "status": "True", "reason": "BackoffLimitExceeded"}


@pytest.fixture(params=["memory", "kubernetes"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    if request.param == "memory":
        yield in_memory()
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    namespace: str = request.getfixturevalue("namespace")
    async with on_server(cluster, namespace) as stage:
        yield stage


def pointless(name: str) -> Manifest:
    """A Job that its controller leaves alone, so that a test may say what became of it."""
    made = job(name)
    spec = {**made["spec"], "suspend": False, "managedBy": "example.com/nobody", "backoffLimit": 0}
    return {**made, "metadata": {**made["metadata"], "labels": {"team": "a"}}, "spec": spec}


async def ended(stage: Stage, name: str, *conditions: Manifest) -> None:
    """The Job has come to an end, its controller says."""
    ref = ref_of({**job(name), "metadata": {"name": name, "namespace": stage.namespace}})
    live = await stage.wire.get(ref)
    times = {"startTime": "2024-12-30T00:00:00Z"}
    if conditions[-1]["type"] == "Complete":
        times["completionTime"] = "2024-12-31T00:00:00Z"
    status = {**times, "conditions": [{"lastTransitionTime": "2024-12-31T00:00:00Z", **each} for each in conditions]}
    meta = {"resourceVersion": live["metadata"]["resourceVersion"]}
    await stage.wire.patch_status(ref, {"metadata": meta, "status": status})


async def failed(stage: Stage) -> Carried:
    """A retry of a Job that failed, claimed."""
    name = stage.name()
    ref = await stage.make(pointless(name))
    await ended(stage, name, FAILURE, FAILED)
    return await Carried.begin(stage, ref, RETRY)


async def jobs(carried: Carried) -> list[Manifest]:
    """The Jobs that were made of the target."""
    found = await carried.stage.wire.list("batch/v1", "Job", carried.stage.namespace)
    return [each for each in found if each["metadata"]["name"].startswith(f"{carried.target.ref.name}-")]


async def test_a_retry_is_one_job_with_the_template_of_the_failed_one(stage: Stage) -> None:
    carried = await failed(stage)
    assert carried.facts.summary == f"run again as {carried.target.ref.name}-retry-1"
    assert await carried.pending() == f"Job {carried.target.ref.name}-retry-1 is not there"
    stage.wire.lose = True
    with pytest.raises(Unavailable):
        await carried.apply()
    await carried.apply()
    await carried.apply()
    (made,) = await jobs(carried)
    template, old = made["spec"]["template"]["spec"], carried.target.raw["spec"]["template"]["spec"]
    assert template == old
    assert made["metadata"]["labels"] == {"team": "a"} | {
        key: value for key, value in made["metadata"]["labels"].items() if key != "team"
    }
    assert [made["metadata"]["annotations"][name] for name in STAMPS] == [carried.step.op_id, str(SEQ), str(EPOCH)]
    assert made["metadata"]["ownerReferences"][0]["uid"] == carried.target.uid
    assert (await carried.live())["metadata"]["resourceVersion"] == carried.target.resource_version


async def test_a_retry_has_taken_when_it_has_succeeded(stage: Stage) -> None:
    carried = await failed(stage)
    await carried.apply()
    name = f"{carried.target.ref.name}-retry-1"
    assert await carried.pending() == f"Job {name} has not finished yet"
    await ended(stage, name, {"type": "SuccessCriteriaMet", "status": "True"}, {"type": "Complete", "status": "True"})
    assert await carried.pending() is None
    again = KINDS["Retry"].objection(await next_retry(carried), await read(stage, carried.target.ref))
    assert again == f"its retry {name} has succeeded"


async def next_retry(carried: Carried) -> Any:
    """The retry after this one."""
    assert carried.action.retry is not None
    later = carried.action.retry.model_copy(update={"job": f"{carried.target.ref.name}-retry-2", "attempt": 2})
    return carried.action.model_copy(update={"retry": later})


async def test_no_retry_is_made_beside_one_that_runs_and_none_after_the_last(stage: Stage) -> None:
    first = await failed(stage)
    await first.apply()
    target = await read(stage, first.target.ref)
    assert KINDS["Retry"].objection(first.action, target) is None
    running = KINDS["Retry"].objection(await next_retry(first), target)
    assert running == f"its retry {target.ref.name}-retry-1 is still running"
    await ended(stage, f"{target.ref.name}-retry-1", FAILURE, FAILED)
    second = await Carried.begin(stage, target.ref, RETRY)
    assert (second.facts.objection, second.facts.creates) == (None, f"{target.ref.name}-retry-2")
    await second.apply()
    await ended(stage, f"{target.ref.name}-retry-2", FAILURE, FAILED)
    with pytest.raises(Declined, match="was retried 2 times, limit is 2"):
        await Carried.begin(stage, target.ref, RETRY)


async def test_a_name_that_somebody_else_took_is_not_ours(stage: Stage) -> None:
    carried = await failed(stage)
    await stage.make(job(f"{carried.target.ref.name}-retry-1"))
    with pytest.raises(Drift, match="is there already, and not by this plan"):
        await carried.apply()


async def test_a_job_of_the_same_name_that_came_later_is_not_retried(stage: Stage) -> None:
    carried = await failed(stage)
    await stage.make_again(carried.target.ref, pointless(carried.target.ref.name))
    with pytest.raises(Drift, match="deleted and created again"):
        await carried.apply()
    assert await jobs(carried) == []


async def test_what_did_not_fail_or_is_no_job_is_not_retried(stage: Stage) -> None:
    running = await Carried.begin(stage, await stage.make(pointless(stage.name())), RETRY)
    assert str(running.facts.objection).endswith("has not failed")
    other = await Carried.begin(stage, await stage.make(cron_job(stage.name())), RETRY)
    assert str(other.facts.objection).startswith("Retry acts on Jobs, not on CronJob")


NOTIFY = {"type": "Notify", "notify": {"channel": "oncall", "message": "look at it"}}
CALL = {
    "type": "CallOrchestrator",
    "callOrchestrator": {"endpoint": "conductor", "operation": "drain-agent", "parameters": {"agent": "triage"}},
}


@pytest.mark.parametrize(("permitted", "says"), [(NOTIFY, "notify oncall"), (CALL, "ask conductor to drain-agent")])
async def test_somebody_is_told_once_and_nothing_is_written(stage: Stage, permitted: Manifest, says: str) -> None:
    carried = await Carried.begin(stage, await stage.make(cron_job(stage.name())), permitted)
    assert (carried.facts.objection, carried.facts.summary, carried.facts.changes) == (None, says, ())
    carried.outlets.fail_next(Unavailable("no answer"))
    with pytest.raises(Unavailable):
        await carried.apply()
    await carried.apply()
    await carried.apply()
    (told,) = carried.outlets.calls
    assert (told.key, told.target) == (carried.step.op_id, f"CronJob/{carried.target.ref.name}")
    await carried.undo()
    assert await carried.pending() is None
    assert (stage.wire.answers, await carried.version()) == ([], carried.target.resource_version)


@pytest.mark.parametrize(
    ("permitted", "why"),
    [
        ({"type": "Notify", "notify": {"channel": "conductor", "message": "."}}, "no channel conductor"),
        (
            {"type": "CallOrchestrator", "callOrchestrator": {"endpoint": "oncall", "operation": "page"}},
            "no endpoint oncall",
        ),
    ],
    ids=["an endpoint is no channel", "a channel is no endpoint"],
)
async def test_only_what_an_administrator_configured_is_called(stage: Stage, permitted: Manifest, why: str) -> None:
    carried = await Carried.begin(stage, await stage.make(cron_job(stage.name())), permitted)
    assert why in str(carried.facts.objection)


async def test_what_is_called_may_say_no(stage: Stage) -> None:
    carried = await Carried.begin(stage, await stage.make(cron_job(stage.name())), CALL)
    carried.outlets.fail_next(Conflict("busy"))
    with pytest.raises(Conflict):
        await carried.apply()
    assert carried.outlets.calls == []
