"""A finding becomes a plan, once; what speaks against it is told once."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from autonomic.cycle.ports import Ports
from autonomic.cycle.proposing import Proposer
from autonomic.cycle.store import Store
from autonomic.domain.actions import PermittedAction
from autonomic.domain.errors import AlreadyExists, Forbidden, Unavailable
from autonomic.domain.findings import Finding
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.words import API_VERSION, Mode
from autonomic.execution.actions import BUILT_IN
from autonomic.governance.digest import digest
from autonomic.ports.cluster import Manifest
from autonomic.ports.memory.clock import ManualClock, MemoryEntropy
from autonomic.ports.memory.cluster import MemoryCluster
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.ports.memory.policy import MemoryPolicyEngine
from tests.unit.cycle.world import Admission, Diary
from tests.unit.domain.specimens import DEPLOYMENT, NOW, contract, deployment, plan_spec, redline_raw

SPEC = plan_spec()
FINDING = Finding(
    loop="reliability",
    owner=contract().ref,
    subject="success",
    name="agent-success-1",
    trigger=SPEC.trigger,
    permitted=(PermittedAction.model_validate({"type": "Scale", "scale": {"by": 2, "max": 10}}),),
    targets=(DEPLOYMENT,),
    justification="agent burns.",
    evidence=SPEC.evidence,
    verification=SPEC.verification,
    mode=Mode.ENFORCE,
)


class Desk:
    """A proposer over a cluster with one Deployment."""

    def __init__(self, cluster: MemoryCluster | None = None) -> None:
        clock = ManualClock(NOW)
        self.cluster = cluster or MemoryCluster(clock)
        self.diary = Diary(clock)
        self.store = Store()
        self.policy = MemoryPolicyEngine(revision="r7")
        ports = Ports(
            self.cluster, Admission(), MemoryMetrics({}), self.policy, clock, MemoryEntropy(), journals=(self.diary,)
        )
        self.proposer = Proposer(ports, self.store, BUILT_IN, timedelta(hours=1))

    async def propose(self, **change: Any) -> None:
        """Proposes the finding, changed."""
        await self.proposer.propose(replace(FINDING, **change))

    @property
    def created(self) -> list[AdaptationPlan]:
        """The plans that were created."""
        made = [write for write in self.cluster.writes if write.ref.kind == "AdaptationPlan"]
        return [AdaptationPlan.read(write.body) for write in made]


async def desk() -> Desk:
    empty = Desk()
    await empty.cluster.create(deployment(2))
    return empty


async def test_a_finding_becomes_a_plan_with_absolute_values_and_its_true_digest() -> None:
    at = await desk()
    await at.propose()
    (plan,) = at.created
    action = plan.spec.actions[0]
    assert action.scale is not None
    assert (plan.metadata.name, plan.metadata.namespace) == ("agent-success-1", "shop")
    assert (action.scale.replicas, action.target_ref.uid) == (4, (await at.cluster.get(DEPLOYMENT))["metadata"]["uid"])
    assert plan.spec.digest == digest(plan.spec)
    assert (plan.spec.expires_at, plan.spec.policy_revision) == (NOW + timedelta(hours=1), "r7")
    assert not plan.spec.requires_person
    assert at.store.plan("shop/agent-success-1") is not None


async def test_observe_creates_nothing_and_says_once_what_it_would_do() -> None:
    at = await desk()
    for _ in range(3):
        await at.propose(mode=Mode.OBSERVE)
    assert at.created == []
    ((_, fact),) = at.diary.facts
    assert fact.name == "WouldPropose"
    assert fact.message == "scale from 2 to 4 replicas on Deployment shop/agent: agent burns."


async def test_propose_makes_a_plan_that_only_a_person_can_approve() -> None:
    at = await desk()
    await at.propose(mode=Mode.PROPOSE)
    assert at.created[0].spec.requires_person


async def test_a_workload_with_an_unfinished_plan_gets_no_second() -> None:
    at = await desk()
    await at.propose()
    await at.propose(name="agent-success-2")
    assert len(at.created) == 1
    assert at.diary.names == ["PlanProposed", "NotProposed"]


class Slow(MemoryCluster):
    """Everybody else gets a turn before an object is created."""

    async def create(self, manifest: Manifest) -> Manifest:
        """The created object."""
        for _ in range(20):
            await asyncio.sleep(0)
        return await super().create(manifest)


async def test_two_loops_that_turn_at_the_same_time_make_one_plan_for_a_workload() -> None:
    at = Desk(Slow(ManualClock(NOW)))
    await at.cluster.create(deployment(2))
    await asyncio.gather(at.propose(), at.propose(loop="healing", name="other"))
    assert len(at.created) == 1


async def test_while_the_kill_switch_is_on_nothing_is_made() -> None:
    at = await desk()
    at.store.apply("RedLine", redline_raw("stop", killSwitch=True))
    await at.propose()
    assert at.created == []
    assert "RedLine stop" in at.diary.facts[0][1].message


async def test_a_plan_that_exists_already_is_silent() -> None:
    at = await desk()
    at.cluster.fail_next("create", AlreadyExists("taken"))
    await at.propose()
    assert at.diary.names == []


@pytest.mark.parametrize("error", [Unavailable("reset"), Forbidden("quota")])
async def test_what_can_t_be_made_is_told_once_and_tried_again(error: Exception) -> None:
    at = await desk()
    for _ in range(3):
        assert isinstance(error, Unavailable | Forbidden)
        at.cluster.fail_next("create", error)
        await at.propose()
    assert at.diary.names == ["NotProposed"]
    await at.propose()
    assert at.diary.names == ["NotProposed", "PlanProposed"]
    assert len(at.created) == 1


async def test_an_answer_that_was_lost_after_the_plan_was_made_makes_no_second() -> None:
    at = await desk()
    at.cluster.fail_next("create", Unavailable("reset"), after_commit=True)
    await at.propose()
    await at.propose()
    assert len(at.created) == 1


async def test_a_workload_that_is_missing_is_told() -> None:
    at = Desk()
    await at.propose()
    assert at.diary.facts[0][1].message == "there is no Deployment shop/agent"


async def test_a_workload_under_an_autoscaler_is_told_and_left_alone() -> None:
    at = await desk()
    ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent"}
    hpa = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "agent-hpa", "namespace": "shop"},
        "spec": {"scaleTargetRef": ref},
    }
    await at.cluster.create(hpa)
    await at.propose()
    assert at.created == []
    assert "agent-hpa" in at.diary.facts[0][1].message


async def test_an_autoscaler_of_another_workload_is_no_objection() -> None:
    at = await desk()
    ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "other"}
    hpa = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "x", "namespace": "shop"},
        "spec": {"scaleTargetRef": ref},
    }
    await at.cluster.create(hpa)
    await at.propose()
    assert len(at.created) == 1


async def test_a_cluster_that_knows_no_autoscalers_is_no_objection() -> None:
    at = Desk(MemoryCluster(ManualClock(NOW), absent=[("autoscaling/v2", "HorizontalPodAutoscaler")]))
    await at.cluster.create(deployment(2))
    await at.propose()
    assert len(at.created) == 1


async def test_a_policy_engine_that_is_down_does_not_stop_the_proposal() -> None:
    at = await desk()
    at.policy.failure = Unavailable("OPA is down")
    await at.propose()
    assert at.created[0].spec.policy_revision == ""


async def test_what_was_told_is_told_again_only_when_it_went_and_came_back() -> None:
    at = await desk()
    await at.propose(mode=Mode.OBSERVE)
    at.proposer.forget_all_but("reliability", {FINDING.name})
    at.proposer.forget_all_but("healing", set())
    await at.propose(mode=Mode.OBSERVE)
    assert at.diary.names == ["WouldPropose"]
    at.proposer.forget_all_but("reliability", set())
    await at.propose(mode=Mode.OBSERVE)
    assert at.diary.names == ["WouldPropose", "WouldPropose"]


async def test_a_nonce_makes_the_same_plan_made_again_another_one() -> None:
    at = await desk()
    await at.propose()
    (first,) = at.created
    ref = ObjectRef(api_version=API_VERSION, kind="AdaptationPlan", name=FINDING.name, namespace="shop")
    made = await at.cluster.get(ref)
    await at.cluster.delete(ref, made["metadata"]["uid"])
    at.store.remove("AdaptationPlan", made)
    await at.propose()
    second = AdaptationPlan.read(await at.cluster.get(ref))
    assert second.spec.digest != first.spec.digest
