"""What the policies are asked is what their schema describes, whatever asked for the plan."""

import json
from dataclasses import replace
from typing import Any

import pytest

from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.targets import StepFacts
from autonomic.domain.view import View
from autonomic.domain.words import Mode
from autonomic.governance.request import request
from tests.unit.domain.specimens import NOW, contract, namespace, plan, playbook, redline, target
from tests.unit.policies.opa_program import POLICIES, run_opa

TRIGGERS: dict[str, dict[str, Any]] = {
    "SLOAlert": {
        "sloAlert": {
            "contract": "agent",
            "objective": "success",
            "group": "tenant=a",
            "level": "Breach",
            "since": "2025-01-01T12:00:00Z",
        }
    },
    "Signal": {"signal": {"playbook": "p", "trigger": "t", "value": "3", "since": "2025-01-01T12:00:00Z"}},
    "Budget": {
        "budget": {
            "budget": "b",
            "rung": "Normal",
            "givesBack": "p",
            "saves": "2.5",
            "until": "2025-01-01T13:00:00Z",
        }
    },
    "Route": {"route": {"route": "r", "change": "more"}},
    "Plan": {"plan": {"plan": "p", "uid": "u"}},
}
STEPS = (
    StepFacts("Scale", target(), (), frozenset({"DeleteProductionData"}), "scale", 2, 4),
    StepFacts("ShiftTraffic", target(), (), frozenset(), "shift", traffic=10),
)


def view(**annotations: str) -> View:
    owner = contract()
    meta = owner.metadata.model_copy(update={"annotations": annotations})
    return View(
        NOW,
        namespaces={"shop": namespace()},
        redlines={"default": redline()},
        contracts={"shop/agent": owner.model_copy(update={"metadata": meta})},
        playbooks={"shop/p": playbook()},
    )


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_the_schema_of_the_policies_describes_every_question(trigger: str) -> None:
    asked = request(plan(trigger={"type": trigger, **TRIGGERS[trigger]}), STEPS, view(), Mode.ENFORCE)
    assert matches(asked) == []


def test_a_field_that_the_schema_does_not_know_is_found() -> None:
    asked = request(plan(), STEPS, view(), Mode.ENFORCE)
    assert matches(asked | {"surprise": 1}) != []
    del asked["cost"]
    assert matches(asked) != []


def test_of_a_contract_s_annotations_only_ours_are_asked_about() -> None:
    ours = {"autonomic.maestro.dev/change-ticket": "OPS-1"}
    asked = request(plan(), STEPS, view(**ours, **{"kubectl.kubernetes.io/last-applied": "{}"}), Mode.ENFORCE)
    assert asked["contract"]["annotations"] == ours


def test_the_workloads_of_a_namespace_are_those_that_contracts_and_playbooks_are_about() -> None:
    asked = request(plan(), STEPS, view(), Mode.ENFORCE)
    assert asked["namespace"]["workloads"] == 1
    assert request(plan(), STEPS, View(NOW), Mode.ENFORCE)["namespace"]["workloads"] == 0


def test_only_approvals_that_count_are_asked_about() -> None:
    made = plan()
    digest = made.spec.digest
    reviews = [
        {"decision": "Approved", "by": "ann", "message": "OPS-1", "digest": digest},
        {"decision": "Approved", "by": "ann", "message": "again", "digest": digest},
        {"decision": "Approved", "by": "bob", "message": "", "digest": "sha256:" + "0" * 64},
    ]
    read = made.model_validate(made.wire() | {"spec": made.spec.wire() | {"reviews": reviews}})
    asked = request(read, STEPS, view(), Mode.ENFORCE)
    assert asked["plan"]["approvals"] == [{"by": "ann", "message": "OPS-1"}]


def matches(asked: dict[str, Any]) -> list[Any]:
    """What OPA finds wrong with the question."""
    text = json.dumps({"question": asked, "schema": json.loads((POLICIES / "schemas" / "input.json").read_text())})
    query = "json.match_schema(input.question, input.schema)"
    done = run_opa(POLICIES, "eval", "--stdin-input", "--format=raw", query, question=text)
    assert done.returncode == 0, done.stderr
    fits, wrong = json.loads(done.stdout)
    assert fits == (not wrong)
    found: list[Any] = wrong
    return found


def saving(expected: str | None, gives_back: str | None = None) -> AdaptationPlan:
    """A plan of a budget that is expected to save so much a day."""
    cost = {
        "budget": "b",
        "window": "5m",
        "basis": "Rate",
        "over": "1h",
        "spent": "4",
        "least": "0.05",
        "currency": "USD",
    }
    verification = {
        "type": "Cost",
        "settle": "1m",
        "within": "15m",
        "cost": cost | ({"expected": expected} if expected else {}),
    }
    asked = {"budget": "b", "rung": "Downgrade", **({"givesBack": gives_back} if gives_back else {})}
    return plan(verification=verification, trigger={"type": "Budget", "budget": asked})


def test_policy_is_told_what_a_plan_saves_and_what_giving_it_back_costs() -> None:
    taken = saving("12.5")
    around = replace(view(), plans={taken.key: taken})
    assert request(taken, STEPS, around, Mode.ENFORCE)["cost"] == -12.5
    assert request(saving("0", taken.metadata.name), STEPS, around, Mode.ENFORCE)["cost"] == 12.5
    assert request(saving(None), STEPS, around, Mode.ENFORCE)["cost"] is None
    assert request(plan(), STEPS, around, Mode.ENFORCE)["cost"] is None
    smaller = plan(trigger={"type": "Budget", "budget": {"budget": "b", "rung": "Normal", "saves": "2.5"}})
    assert request(smaller, STEPS, around, Mode.ENFORCE)["cost"] == -2.5
