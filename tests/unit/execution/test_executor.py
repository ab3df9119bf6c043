"""The writes to a target: each once, whatever is lost on the way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from autonomic.domain.errors import AutonomicError, Conflict, Forbidden, LeadershipLost, NotFound, Unavailable
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan, Step
from autonomic.domain.targets import StepFacts
from autonomic.domain.words import EPOCH_ANNOTATION, OPERATION_ANNOTATION, SEQUENCE_ANNOTATION
from autonomic.execution.actions import BUILT_IN
from autonomic.execution.calling import Calling
from autonomic.execution.creating import Creating
from autonomic.execution.drift import Drift
from autonomic.execution.executor import HealingExecutor, steps_for
from autonomic.ports.cluster import Cluster
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.cluster import MemoryCluster
from autonomic.ports.memory.outlets import MemoryOutlets
from tests.unit.domain.specimens import DEPLOYMENT, NOW, deployment, execution, plan, target


def executor(cluster: Cluster, may_act: Callable[[], None] = lambda: None) -> HealingExecutor:
    """One that may call nobody outside."""
    calling = Calling(MemoryOutlets("oncall"))
    return HealingExecutor(cluster, lambda: 7, may_act, Creating(cluster, BUILT_IN, may_act), calling)


class Stage:
    """One Deployment in a cluster, and a plan that claimed it from 2 to 4 replicas."""

    def __init__(self) -> None:
        self.cluster = MemoryCluster(ManualClock(NOW))
        self.executor = executor(self.cluster, self.may_act)
        self.leads = True
        self.plan: AdaptationPlan

    @classmethod
    async def set(cls) -> "Stage":
        """The Deployment, and a plan pinned to it."""
        stage = cls()
        created = await stage.cluster.create(deployment(2))
        ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent", "uid": created["metadata"]["uid"]}
        action = {"type": "Scale", "targetRef": ref, "scale": {"replicas": 4}}
        stage.plan = plan(actions=[action], status={"execution": execution()})
        stage.cluster.writes.clear()
        return stage

    def may_act(self) -> None:
        """Raises when this replica does not lead."""
        if not self.leads:
            raise LeadershipLost("another replica leads")

    @property
    def step(self) -> Step:
        """The only step."""
        assert self.plan.status.execution is not None
        return self.plan.status.execution.steps[0]

    async def apply(self) -> None:
        """Carries it out."""
        await self.executor.apply(self.plan, self.step)

    async def undo(self) -> None:
        """Takes it back."""
        await self.executor.undo(self.plan, self.step)

    async def live(self) -> dict[str, Any]:
        """The Deployment."""
        return await self.cluster.get(DEPLOYMENT)

    async def replicas(self) -> int:
        """Its replicas."""
        return int((await self.live())["spec"]["replicas"])

    @property
    def patches(self) -> list[Any]:
        """The bodies that were committed to it."""
        return [write.body for write in self.cluster.writes if write.method == "patch"]


async def test_one_patch_carries_the_value_the_preconditions_and_the_stamps() -> None:
    stage = await Stage.set()
    before = (await stage.live())["metadata"]
    await stage.apply()
    (body,) = stage.patches
    assert body["spec"] == {"replicas": 4}
    assert (body["metadata"]["uid"], body["metadata"]["resourceVersion"]) == (before["uid"], before["resourceVersion"])
    assert body["metadata"]["annotations"] == {
        OPERATION_ANNOTATION: stage.step.op_id,
        SEQUENCE_ANNOTATION: "1",
        EPOCH_ANNOTATION: "7",
    }


async def test_applying_again_writes_nothing() -> None:
    stage = await Stage.set()
    for _ in range(3):
        await stage.apply()
    assert len(stage.patches) == 1


async def test_an_answer_that_was_lost_after_the_commit_is_not_sent_twice() -> None:
    stage = await Stage.set()
    stage.cluster.fail_next("patch", Unavailable("reset"), after_commit=True)
    with pytest.raises(Unavailable):
        await stage.apply()
    await stage.apply()
    assert len(stage.patches) == 1
    assert await stage.replicas() == 4


async def test_a_conflict_with_our_own_lost_write_is_found_done() -> None:
    stage = await Stage.set()
    stage.cluster.fail_next("patch", Conflict("again"), after_commit=True)
    await stage.apply()
    assert len(stage.patches) == 1


async def test_a_conflict_with_a_status_writer_is_read_again_and_written_once() -> None:
    stage = await Stage.set()
    stage.cluster.fail_next("patch", Conflict("again"))
    stage.cluster.fail_next("patch", Conflict("again"))
    await stage.apply()
    assert len(stage.patches) == 1
    assert await stage.replicas() == 4


async def test_a_target_that_never_holds_still_is_given_up() -> None:
    stage = await Stage.set()
    for _ in range(12):
        stage.cluster.fail_next("patch", Conflict("again"))
    with pytest.raises(Conflict, match="12 times"):
        await stage.apply()
    assert stage.patches == []


async def test_a_target_that_is_gone_stops_the_step() -> None:
    stage = await Stage.set()
    await stage.cluster.delete(DEPLOYMENT, (await stage.live())["metadata"]["uid"])
    for act in (stage.apply, stage.undo):
        with pytest.raises(Drift, match="Deployment shop/agent is gone"):
            await act()


async def test_a_target_that_goes_between_reading_and_writing_stops_the_step() -> None:
    stage = await Stage.set()
    stage.cluster.fail_next("patch", NotFound("gone"))
    await stage.cluster.patch_as("kubectl", DEPLOYMENT, {"spec": {"replicas": 3}})
    with pytest.raises(Drift):
        await stage.apply()
    other = await Stage.set()

    class Vanishing(MemoryCluster):
        """Deletes the object just before it is patched."""

        async def patch(self, ref: ObjectRef, body: Any) -> Any:
            await self.delete(ref, body["metadata"]["uid"])
            return await super().patch(ref, body)

    vanishing = Vanishing(ManualClock(NOW))
    await vanishing.create(deployment(2))
    with pytest.raises(Drift, match="is gone"):
        await executor(vanishing).apply(other.plan, other.step)


async def test_a_replica_that_no_longer_leads_writes_nothing() -> None:
    stage = await Stage.set()
    stage.leads = False
    with pytest.raises(LeadershipLost):
        await stage.apply()
    assert stage.cluster.writes == []


@pytest.mark.parametrize("refusal", [Forbidden("admission"), Unavailable("down")])
async def test_a_refusal_or_no_answer_is_raised_and_not_repeated(refusal: AutonomicError) -> None:
    stage = await Stage.set()
    stage.cluster.fail_next("patch", refusal)
    with pytest.raises(type(refusal)):
        await stage.apply()
    assert stage.patches == []


async def test_undoing_brings_the_old_value_back_once() -> None:
    stage = await Stage.set()
    await stage.apply()
    await stage.undo()
    await stage.undo()
    assert await stage.replicas() == 2
    assert [body["spec"] for body in stage.patches] == [{"replicas": 4}, {"replicas": 2}]


async def test_undoing_what_never_happened_writes_nothing() -> None:
    stage = await Stage.set()
    await stage.undo()
    assert stage.cluster.writes == []


async def test_undoing_when_the_answer_was_lost_writes_once() -> None:
    stage = await Stage.set()
    await stage.apply()
    stage.cluster.fail_next("patch", Unavailable("reset"), after_commit=True)
    with pytest.raises(Unavailable):
        await stage.undo()
    await stage.undo()
    assert len(stage.patches) == 2
    assert await stage.replicas() == 2


async def test_what_another_set_since_is_not_undone() -> None:
    stage = await Stage.set()
    await stage.apply()
    await stage.cluster.patch_as("kubectl-edit", DEPLOYMENT, {"spec": {"replicas": 5}})
    with pytest.raises(Drift, match="/spec/replicas"):
        await stage.undo()
    assert await stage.replicas() == 5


async def test_what_another_owns_now_is_not_undone_even_at_our_value() -> None:
    stage = await Stage.set()
    await stage.apply()
    for replicas in (5, 4):
        await stage.cluster.patch_as("hpa", DEPLOYMENT, {"spec": {"replicas": replicas}})
    with pytest.raises(Drift, match="now belongs to hpa"):
        await stage.undo()


async def test_another_life_of_the_target_is_neither_changed_nor_called_undone() -> None:
    stage = await Stage.set()
    await stage.apply()
    await stage.cluster.delete(DEPLOYMENT, (await stage.live())["metadata"]["uid"])
    await stage.cluster.create(deployment(2))
    for act in (stage.apply, stage.undo):
        with pytest.raises(Drift, match="deleted and created again"):
            await act()
    assert await stage.replicas() == 2


async def test_a_claim_has_a_step_for_each_action_that_changes_something() -> None:
    stage = await Stage.set()
    nothing = StepFacts("Scale", target(), (), frozenset(), "")
    something = StepFacts("Scale", target(), stage.step.changes, frozenset(), "")
    later = NOW + timedelta(seconds=1)
    (step,) = steps_for(stage.plan, (nothing, something), later)
    assert (step.op_id, step.action, step.at) == ("uid-agent-success-1/1", 1, later)
