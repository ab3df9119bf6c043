"""The kill switch: it is asked right before every write, and an event wakes what waits for it."""

from typing import Any

import pytest

from autonomic.cycle.plan.holding import before_write
from autonomic.cycle.store import Store
from autonomic.domain.errors import LeadershipLost, Unavailable
from autonomic.ports.cluster import Proof
from autonomic.ports.memory.clock import ManualClock
from tests.unit.cycle.test_claiming import burn
from tests.unit.cycle.world import World, reason
from tests.unit.domain.specimens import DEPLOYMENT, NOW, deployment, plan_spec, redline_raw


def store(*, proven: bool = True, **line: Any) -> Store:
    """A store with one RedLine."""
    held = Store()
    held.proof = Proof(in_force=proven, message="tried")
    held.apply("RedLine", redline_raw(**line))
    return held


def test_a_write_goes_on_while_nothing_stops_it() -> None:
    before_write(lambda: None, store(), ManualClock(NOW))()


@pytest.mark.parametrize(
    "stopped",
    [store(killSwitch=True), store(proven=False), Store(), store(limits={"maxReplicas": "many"})],
    ids=["kill switch", "unproven", "no RedLine", "unreadable RedLine"],
)
def test_no_write_goes_on_when_everything_stands_still(stopped: Store) -> None:
    with pytest.raises(Unavailable):
        before_write(lambda: None, stopped, ManualClock(NOW))()


def test_a_replica_that_lost_its_lease_is_stopped_first() -> None:
    def lost() -> None:
        raise LeadershipLost("the Lease is another's")

    with pytest.raises(LeadershipLost):
        before_write(lost, store(killSwitch=True), ManualClock(NOW))()


async def two_steps(world: World) -> None:
    """A plan that scales one workload and then another."""
    other = deployment(2)
    other["metadata"] = {**other["metadata"], "name": "other"}
    await world.cluster.create(other)
    actions = []
    for name in ("agent", "other"):
        uid = (await world.cluster.get(DEPLOYMENT.model_copy(update={"name": name})))["metadata"]["uid"]
        pinned = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name, "uid": uid}
        actions.append({"type": "Scale", "targetRef": pinned, "scale": {"replicas": 4}})
    spec = plan_spec(actions=actions, expiresAt="2025-01-01T12:20:00Z")
    meta = {"name": "two-steps", "namespace": "shop"}
    await world.cluster.create(
        {
            "apiVersion": "autonomic.maestro.dev/v1alpha1",
            "kind": "AdaptationPlan",
            "metadata": meta,
            "spec": spec.wire(),
        }
    )


async def test_a_switch_between_two_writes_of_one_plan_stops_the_second() -> None:
    async with World() as world:
        await burn(world)
        await two_steps(world)

        def switch(change: str, raw: dict[str, Any]) -> None:
            if raw["kind"] == "Deployment" and raw["metadata"]["name"] == "agent" and raw["spec"]["replicas"] == 4:
                world.layer.observe("MODIFIED", "RedLine", stopped)

        live = await world.cluster.get(DEPLOYMENT.model_copy(update=REDLINE))
        stopped = {**live, "spec": {"killSwitch": True}, "metadata": {**live["metadata"], "resourceVersion": "99999"}}
        world.cluster.watch(switch)
        world.start()
        await world.passes(10)
        other = await world.cluster.get(DEPLOYMENT.model_copy(update={"name": "other"}))
        assert (await world.replicas(), other["spec"]["replicas"]) == (4, 2)
        (plan,) = await world.plans()
        assert reason(plan, "Executed") == "KillSwitch"


REDLINE = {"api_version": "autonomic.maestro.dev/v1alpha1", "kind": "RedLine", "name": "default", "namespace": None}


async def test_the_event_of_a_redline_wakes_a_plan_that_waits_for_a_person_or_for_time() -> None:
    async with World() as world:
        await world.redline(freezeDays=["Wednesday"])
        world.trouble()
        world.start()
        await world.passes(30)
        asked = len(world.policy.asked)
        await world.redline(freezeDays=[])
        await world.passes(0.5)
        assert len(world.policy.asked) > asked
        assert world.moves == [4]


async def test_the_event_of_a_switch_is_seen_before_a_plan_s_own_next_look() -> None:
    async with World() as world:
        world.cures = False
        world.trouble()
        world.start()
        await world.until("Verifying")
        await world.redline(killSwitch=True)
        await world.passes(1200)
        assert world.moves == [4]
        await world.redline(killSwitch=False)
        await world.passes(1)
        assert world.moves == [4, 2]
