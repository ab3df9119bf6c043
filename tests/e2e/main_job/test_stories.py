"""The main job, on a real control plane: a contract is broken, and what becomes of it."""

import re

from testbed.people import BOB
from testbed.waiting import until
from testbed.world import World, contract, phase, playbook, redline


def test_a_burning_budget_ends_in_an_approved_verified_change(world: World) -> None:
    world.apply(contract(world, by=2))
    world.traffic.set(good=30, bad=20)
    plan = world.plan("AwaitingApproval")
    assert world.replicas == 2
    assert plan["spec"]["actions"][0]["scale"] == {"replicas": 4}
    assert "more than" in plan["status"]["governance"]["reasons"][0]
    world.review(plan, message="load test")
    until(lambda: world.replicas == 4, 60, "the Deployment to have 4 replicas")
    world.traffic.set(good=50, bad=0)
    done = world.plan("Succeeded", "RolledBack", "Failed")
    assert phase(done) == "Succeeded"
    assert done["status"]["reviewedBy"] == "alice@example.com"
    assert len(world.patches()) == 1


def test_a_change_that_does_not_help_is_rolled_back_and_says_why(world: World) -> None:
    world.apply(contract(world, by=2, within="5s"))
    world.traffic.set(good=30, bad=20)
    world.review(world.plan("AwaitingApproval"), as_=BOB)
    done = world.plan("RolledBack", "Succeeded", "Failed")
    assert phase(done) == "RolledBack"
    assert world.replicas == 2
    message = world.condition("adaptationplan", done["metadata"]["name"], "Finished")["message"]
    assert re.search(r"not better by the deadline: burn over 3s is \d+\.\d, wanted below 2; rolled back", message)


def test_a_plan_that_a_redline_forbids_is_denied_and_names_it(world: World) -> None:
    world.apply(redline("few-replicas", world.namespace, limits={"maxReplicas": 3}), contract(world, by=4))
    world.traffic.set(good=30, bad=20)
    plan = world.plan("Denied")
    assert plan["status"]["governance"]["verdict"] == "Deny"
    assert "RedLine few-replicas" in plan["status"]["governance"]["reasons"][0]
    assert "maxReplicas is 3" in plan["status"]["governance"]["reasons"][0]
    assert world.patches() == []


def test_a_signal_triggers_a_playbook_that_policy_approves_by_itself(world: World) -> None:
    world.apply(playbook(world))
    world.traffic.set(wedged=1)
    world.plan("Verifying")
    world.traffic.set(wedged=0)
    done = world.plan("Succeeded", "Failed")
    assert phase(done) == "Succeeded"
    assert done["status"]["governance"]["verdict"] == "Approve"
    assert done["spec"].get("reviews", []) == []
    template = world.get("deployment", world.name)["spec"]["template"]["metadata"]
    assert "autonomic.maestro.dev/restartedAt" in template["annotations"]


def test_a_small_step_is_approved_without_a_person(world: World) -> None:
    world.apply(contract(world, by=1))
    world.traffic.set(good=30, bad=20)
    world.plan("Verifying", "Executing")
    world.traffic.set(good=50, bad=0)
    assert phase(world.plan("Succeeded", "RolledBack", "Failed")) == "Succeeded"
    assert world.replicas == 3


def test_a_denied_plan_is_never_carried_out_nor_proposed_again(world: World) -> None:
    world.apply(contract(world, by=2))
    world.traffic.set(good=30, bad=20)
    world.review(world.plan("AwaitingApproval"), "Denied", message="not during the sale")
    done = world.plan("Denied")
    assert "not during the sale" in world.condition("adaptationplan", done["metadata"]["name"], "Finished")["message"]
    world.traffic.set(bad=25)
    until(
        lambda: "Exhausted" in str(world.get("slacontract", "agent")["status"]["worst"]), 20, "the budget to be spent"
    )
    names = {
        plan["metadata"]["name"] for plan in world.plans() if plan["spec"]["trigger"]["sloAlert"]["level"] == "Breach"
    }
    assert len(names) <= 1
    assert world.replicas == 2


def test_a_plan_that_nobody_answers_expires_and_does_nothing(world: World) -> None:
    world.apply(contract(world, by=2))
    world.traffic.set(good=30, bad=20)
    world.plan("AwaitingApproval")
    done = world.plan("Expired")
    assert world.replicas == 2
    assert world.patches() == []
    assert "too late for Approved" in world.refused(done)


def test_an_approval_that_comes_after_the_recovery_changes_nothing(world: World) -> None:
    world.apply(contract(world, by=2))
    world.traffic.set(good=30, bad=20)
    plan = world.plan("AwaitingApproval")
    world.traffic.set(good=50, bad=0)
    until(lambda: world.get("slacontract", "agent")["status"]["worst"]["alert"] == "None", 60, "the alert to clear")
    world.review(plan)
    done = world.plan("Superseded", "Succeeded", "RolledBack")
    message = world.condition("adaptationplan", done["metadata"]["name"], "Finished")["message"]
    assert "has recovered without it" in message
    assert world.patches() == []
