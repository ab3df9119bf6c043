"""What the policies are asked is what their schema describes, whatever asked for the plan."""

import json
from typing import Any

import pytest

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
    "Budget": {"budget": {"budget": "b", "rung": "0.9"}},
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
