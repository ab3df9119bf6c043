"""Several steps of one plan on one target, refusals that are final, and what is made or called instead of patched."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from autonomic.domain.errors import Conflict, Invalid, NotFound
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan, FieldChange, Step
from autonomic.execution.actions import BUILT_IN
from autonomic.execution.calling import Calling
from autonomic.execution.creating import Creating
from autonomic.execution.drift import Drift
from autonomic.execution.executor import HealingExecutor
from autonomic.ports.cluster import Manifest
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.cluster import MemoryCluster
from autonomic.ports.memory.outlets import MemoryOutlets
from tests.unit.domain.specimens import DEPLOYMENT, NOW, deployment, execution, plan
from tests.unit.execution.samples import failed_job, fixed

SCALE = FieldChange(path="/spec/replicas", before="2", after="4")
MARK = FieldChange(path="/spec/template/metadata/annotations/mark", before=None, after='"now"')


def executor(cluster: MemoryCluster) -> HealingExecutor:
    creating = Creating(cluster, BUILT_IN, lambda: None)
    return HealingExecutor(cluster, lambda: 7, lambda: None, creating, Calling(MemoryOutlets()))


def step(number: int, *changes: FieldChange) -> Step:
    return Step(op_id=f"plan/{number}", action=number, changes=changes, at=NOW)


async def two_steps() -> tuple[MemoryCluster, AdaptationPlan, Step, Step]:
    """A Deployment, and a plan that scales it and marks its pods."""
    cluster = MemoryCluster(ManualClock(NOW))
    uid = (await cluster.create(deployment(2)))["metadata"]["uid"]
    ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent", "uid": uid}
    actions = [{"type": "Scale", "targetRef": ref, "scale": {"replicas": 4}} for _ in range(2)]
    made = plan(actions=actions, status={"execution": execution()})
    cluster.writes.clear()
    return cluster, made, step(0, SCALE), step(1, MARK)


async def test_a_step_is_known_as_done_under_the_stamp_of_the_next_one_on_the_same_target() -> None:
    cluster, made, first, second = await two_steps()
    for each in (first, second, first, second):
        await executor(cluster).apply(made, each)
    assert [write.body["spec"] for write in cluster.writes] == [
        {"replicas": 4},
        {"template": {"metadata": {"annotations": {"mark": "now"}}}},
    ]


async def test_a_value_that_was_put_back_under_the_next_stamp_is_not_done() -> None:
    cluster, made, first, second = await two_steps()
    for each in (first, second):
        await executor(cluster).apply(made, each)
    await cluster.patch_as("argocd", DEPLOYMENT, {"spec": {"replicas": 2}})
    with pytest.raises(Drift, match="/spec/replicas was changed by argocd"):
        await executor(cluster).apply(made, first)


async def test_the_stamp_of_another_plan_makes_nothing_done() -> None:
    cluster, made, first, _ = await two_steps()
    await executor(cluster).apply(made, Step(op_id="other/9", action=0, changes=(SCALE,), at=NOW))
    with pytest.raises(Drift, match="/spec/replicas was changed by another"):
        await executor(cluster).apply(made, first)


async def test_steps_on_one_target_are_undone_last_first_each_once() -> None:
    cluster, made, first, second = await two_steps()
    before = await cluster.get(DEPLOYMENT)
    for each in (first, second):
        await executor(cluster).apply(made, each)
    for each in (second, first, second, first):
        await executor(cluster).undo(made, each)
    assert len(cluster.writes) == 4
    after = await cluster.get(DEPLOYMENT)
    assert after["spec"]["replicas"] == before["spec"]["replicas"]
    assert not after["spec"]["template"]["metadata"].get("annotations")


async def test_one_field_that_another_holds_does_not_keep_the_other_one_from_being_undone() -> None:
    cluster, made, first, second = await two_steps()
    for each in (first, second):
        await executor(cluster).apply(made, each)
    theirs = {"template": {"metadata": {"annotations": {"mark": "mine"}}}}
    await cluster.patch_as("kubectl", DEPLOYMENT, {"spec": theirs})
    with pytest.raises(Drift, match="mark was changed by kubectl"):
        await executor(cluster).undo(made, second)
    await executor(cluster).undo(made, first)
    assert (await cluster.get(DEPLOYMENT))["spec"]["replicas"] == 2


class Refusing(MemoryCluster):
    """Finds every JSON Patch invalid; while `busy`, somebody writes in between each time."""

    tries = 0
    busy = False

    async def patch_json(self, ref: ObjectRef, operations: Sequence[Mapping[str, Any]]) -> Manifest:  # noqa: ARG002
        """Never lets it through."""
        self.tries += 1
        if self.busy:
            await self.patch_as("status", ref, {"metadata": {"labels": {"seen": str(self.tries)}}})
        raise Invalid("the request is invalid")


@pytest.mark.parametrize(("busy", "tries"), [(False, 1), (True, 12)])
async def test_an_invalid_patch_is_tried_again_only_while_the_target_changes(*, busy: bool, tries: int) -> None:
    cluster = Refusing(ManualClock(NOW))
    cluster.busy = busy
    uid = (await cluster.create(deployment(2)))["metadata"]["uid"]
    ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent", "uid": uid}
    made = plan(actions=[{"type": "Scale", "targetRef": ref, "scale": {"replicas": 4}}])
    element = FieldChange(path="/spec/list/[name=a]", before=None, after='{"name":"a"}')
    with pytest.raises(Conflict if busy else Invalid):
        await executor(cluster).apply(made, step(0, element))
    assert cluster.tries == tries


async def test_what_was_called_or_created_is_not_patched_back() -> None:
    cluster, made, _, _ = await two_steps()
    for deed in ("Call", "Create"):
        await executor(cluster).undo(
            made, Step.model_validate({"opId": "plan/0", "action": 0, "at": NOW, "deed": deed})
        )
    assert cluster.writes == []


async def test_a_namespace_that_is_gone_stops_a_creation() -> None:
    cluster = MemoryCluster(ManualClock(NOW))
    target = failed_job()
    created = await cluster.create(dict(target.raw))
    wish = {"type": "Retry", "retry": {"limit": 3, "backoff": "1s"}}
    action = fixed(wish, target).wire()
    action["targetRef"]["uid"] = created["metadata"]["uid"]
    made = plan(actions=[action])
    cluster.fail_next("create", NotFound("no namespace"))
    retry = Step.model_validate({"opId": "plan/0", "action": 0, "at": NOW, "deed": "Create", "creates": "it-retry-2"})
    with pytest.raises(Drift, match="namespace shop is gone"):
        await executor(cluster).apply(made, retry)
    await executor(cluster).apply(made, retry)
    await executor(cluster).apply(made, retry)
    assert len(await cluster.list("batch/v1", "Job", "shop")) == 2
