"""Restarted, doubled, stopped: what is approved happens once, or not at all."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from testbed.cluster import Cluster
from testbed.opa import Opa
from testbed.operator_process import OperatorProcess, start_operator
from testbed.prometheus import Prometheus
from testbed.run import Run
from testbed.waiting import until
from testbed.world import World, contract, phase, redline
from tests.e2e.main_job.conftest import ENVIRONMENT

QUIET_SECONDS = 12


@pytest.fixture
def second(
    testbed_run: Run, cluster: Cluster, operator: OperatorProcess, prometheus: Prometheus, opa: Opa
) -> Iterator[OperatorProcess]:
    """Another replica of the operator."""
    other = start_operator(testbed_run, cluster, prometheus.url, opa.url, replica=1, extra_env=ENVIRONMENT)
    yield other
    other.stop()


@pytest.mark.parametrize("moment", ["AwaitingApproval", "Executing", "Verifying"])
def test_an_operator_killed_in_any_phase_does_nothing_twice(world: World, moment: str) -> None:
    world.apply(contract(world, by=2, within="20s"))
    world.traffic.set(good=30, bad=20)
    plan = world.plan("AwaitingApproval")
    if moment == "AwaitingApproval":
        world.operator.kill9()
        world.review(plan)
        world.operator.start()
    else:
        world.review(plan)
        world.plan("Executing", "Verifying") if moment == "Executing" else world.plan("Verifying")
        world.operator.kill9()
        world.operator.start()
    until(lambda: world.replicas == 4, 60, "the Deployment to have 4 replicas")
    world.traffic.set(good=50, bad=0)
    assert phase(world.plan("Succeeded", "RolledBack", "Failed")) == "Succeeded"
    # The audit log calls a write failed whose sender died before it was answered, although it was carried out.
    assert world.changes == 1
    assert len(world.patches()) <= 1
    assert len(world.plans()) == 1


def test_of_two_operators_one_acts_and_the_other_takes_over(world: World, second: OperatorProcess) -> None:
    world.apply(contract(world, by=2, within="20s"))
    world.traffic.set(good=30, bad=20)
    plan = world.plan("AwaitingApproval")
    world.operator.kill9()
    world.review(plan)
    until(lambda: world.replicas == 4, 60, "the second operator to act")
    world.operator.start()
    world.traffic.set(good=50, bad=0)
    assert phase(world.plan("Succeeded", "RolledBack", "Failed")) == "Succeeded"
    assert len(world.patches()) == 1


def test_the_kill_switch_stops_an_approved_plan_and_lifting_it_lets_it_go_on(world: World) -> None:
    world.apply(redline("switch", world.namespace), contract(world, by=2, within="20s"))
    world.traffic.set(good=30, bad=20)
    plan = world.plan("AwaitingApproval")
    _switch(world, on=True)
    name = plan["metadata"]["name"]
    until(
        lambda: world.condition("adaptationplan", name, "Governed").get("reason") == "KillSwitch",
        60,
        "the plan to wait",
    )
    world.review(plan)
    until(lambda: world.get("adaptationplan", name)["spec"]["reviews"], 60, "the review to be seen")
    assert world.replicas == 2
    _switch(world, on=False)
    until(lambda: world.replicas == 4, 60, "the plan to go on")
    world.cluster.kubectl("delete", "redline", "switch")


def test_the_kill_switch_holds_a_rollback_until_it_is_lifted(world: World) -> None:
    world.apply(redline("hold", world.namespace), contract(world, by=2, within="6s"))
    world.traffic.set(good=30, bad=20)
    world.review(world.plan("AwaitingApproval"))
    plan = world.plan("Verifying")
    _switch(world, on=True, name="hold")
    until(
        lambda: world.condition("adaptationplan", plan["metadata"]["name"], "Finished").get("reason") == "KillSwitch",
        60,
        "the rollback to be held",
    )
    assert world.replicas == 4
    _switch(world, on=False, name="hold")
    world.plan("RolledBack")
    assert world.replicas == 2
    world.cluster.kubectl("delete", "redline", "hold")


def test_a_quiet_cycle_writes_nothing_to_the_api_server(world: World) -> None:
    world.apply(contract(world))
    until(lambda: world.condition("slacontract", "agent", "Ready").get("status") == "True", 60, "the contract to work")
    until(lambda: _settled(world), 60, "nothing to have been written for a while")


def _settled(world: World) -> bool:
    """Nothing but the Lease was written for `QUIET_SECONDS`, in which the loop turned as many times."""
    writes = [
        write
        for write in world.cluster.writes(user=world.operator.user)
        if write.resource != "leases" and write.succeeded and not write.dry_run
    ]
    return (datetime.now(UTC) - writes[-1].at).total_seconds() > QUIET_SECONDS


def _switch(world: World, *, on: bool, name: str = "switch") -> None:
    patch = json.dumps({"spec": {"killSwitch": on}})
    world.cluster.kubectl("patch", "redline", name, "--type=merge", "-p", patch)
