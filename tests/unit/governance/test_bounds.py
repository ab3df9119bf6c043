"""Bounds that time lifts: how much is changed at once, and how soon the next change may come."""

from typing import Any

import pytest

from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.redlines import RedLine
from autonomic.domain.targets import StepFacts
from autonomic.domain.view import View
from autonomic.governance.redlines import postponements
from tests.unit.domain.specimens import (
    NOW,
    condition,
    contract,
    execution,
    namespace,
    plan,
    playbook,
    redline,
    target,
)

FACTS = (StepFacts("Scale", target(), (), frozenset(), "scale from 2 to 4 replicas", 2, 4),)


def view(line: RedLine, **more: Any) -> View:
    return View(NOW, **{"namespaces": {"shop": namespace()}, "redlines": {"default": line}, **more})


def ref(name: str) -> dict[str, str]:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}


def governed(number: int) -> dict[str, Any]:
    """Contracts of that many workloads, the agent's among them."""
    names = ["agent", *(f"w{each}" for each in range(1, number))]
    found = (contract(name, targetRef=ref(name)) for name in names)
    return {each.key: each for each in found}


def flying(*names: str) -> dict[str, AdaptationPlan]:
    """A plan in flight for each of these workloads."""
    made = (
        plan(
            f"plan-{name}",
            status={"execution": execution()},
            actions=[{"type": "Scale", "targetRef": {**ref(name), "uid": "u"}, "scale": {"replicas": 4}}],
        )
        for name in names
    )
    return {each.key: each for each in made}


@pytest.mark.parametrize(("in_flight", "waits"), [(0, False), (1, False), (2, True)])
def test_no_more_than_its_share_of_workloads_is_changed_at_once(in_flight: int, waits: bool) -> None:
    plans = flying(*[f"w{each + 1}" for each in range(in_flight)])
    said = postponements(
        plan(), FACTS, view(redline(limits={"maxWorkloads": "0.1"}), contracts=governed(29), plans=plans)
    )
    assert bool(said) == waits
    if said:
        assert said == ("RedLine default: 3 workloads would be changed at once, maxWorkloads 0.1 of 29 allows 2",)


@pytest.mark.parametrize("share", ["0", "0.1"])
def test_one_workload_is_always_allowed_and_a_second_is_not(share: str) -> None:
    line = redline(limits={"maxWorkloads": share})
    assert postponements(plan(), FACTS, view(line, contracts=governed(3))) == ()
    assert postponements(plan(), FACTS, view(line, contracts=governed(3), plans=flying("w1"))) != ()


def test_a_share_of_one_allows_all() -> None:
    line = redline(limits={"maxWorkloads": "1"})
    assert postponements(plan(), FACTS, view(line, contracts=governed(3), plans=flying("w1", "w2"))) == ()


def test_workloads_of_playbooks_are_governed_too_and_each_counts_once() -> None:
    books = [playbook(name, target={"ref": ref(name)}) for name in ("agent", "w1", "extra")]
    seen = view(
        redline(limits={"maxWorkloads": "0.5"}),
        contracts=governed(3),
        playbooks={each.key: each for each in books},
        plans=flying("w1"),
    )
    assert postponements(plan(), FACTS, seen) == ()


def test_workloads_of_namespaces_that_the_line_does_not_select_are_no_part_of_its_share() -> None:
    elsewhere = contract("other")
    far = elsewhere.model_copy(update={"metadata": elsewhere.metadata.model_copy(update={"namespace": "far"})})
    line = redline(
        appliesTo={"namespaceSelector": {"matchLabels": {"autonomic.maestro.dev/enabled": "true"}}},
        limits={"maxWorkloads": "0.5"},
    )
    seen = view(line, contracts=governed(3) | {"far/other": far}, plans=flying("w1"))
    (said,) = postponements(plan(), FACTS, seen)
    assert said.endswith("maxWorkloads 0.5 of 3 allows 1")


def done(at: str, name: str = "before", outcome: str = "Succeeded", **more: Any) -> dict[str, AdaptationPlan]:
    """A plan for the agent that ended then."""
    ended = condition("Finished", "True", outcome, at)
    each = plan(name, status={"execution": execution(), "conditions": [ended], **more})
    return {each.key: each}


@pytest.mark.parametrize("outcome", ["Succeeded", "RolledBack", "Failed"])
def test_within_the_cooldown_of_its_target_a_plan_waits_and_is_told_until_when(outcome: str) -> None:
    plans = done("2025-01-01T11:50:01Z", outcome=outcome)
    said = postponements(plan(), FACTS, view(redline(limits={"cooldown": "10m"}), plans=plans))
    assert said == (
        "RedLine default: plan before changed the target, cooldown 10m lasts until 2025-01-01 12:00:01 UTC",
    )


@pytest.mark.parametrize(
    "plans",
    [
        done("2025-01-01T11:50:00Z"),
        {"shop/before": plan("before", status={"conditions": [condition("Finished", "True", "Denied")]})},
        flying("w1"),
    ],
    ids=["over", "nothing was changed", "another target"],
)
def test_a_cooldown_is_over_in_time_and_only_of_what_changed_the_target(plans: dict[str, AdaptationPlan]) -> None:
    assert postponements(plan(), FACTS, view(redline(limits={"cooldown": "10m"}), plans=plans)) == ()


def test_of_several_lines_the_strictest_wins() -> None:
    seen = view(redline(limits={"maxConcurrent": 5}), plans=flying("w1"))
    strict = redline("strict", limits={"maxConcurrent": 1})
    (said,) = postponements(plan(), FACTS, view(redline(), plans=flying("w1"), redlines={"a": redline(), "b": strict}))
    assert said == "RedLine strict: 1 plans are in flight, maxConcurrent is 1"
    assert postponements(plan(), FACTS, seen) == ()
