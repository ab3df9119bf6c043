"""Quarantine: only where the owner lets it be, and only where it cuts anybody off."""

from typing import Any

import pytest

from autonomic.domain.words import QUARANTINED_LABEL
from tests.contract.actions.queues import cron_job
from tests.contract.actions.row import manifest, noted
from tests.contract.actions.workloads import deployment, isolation
from tests.unit.execution.samples import AT_REST, KINDS, fixed, placed, target_of

QUARANTINE = KINDS["Quarantine"]
WISH = {"type": "Quarantine", "quarantine": {}}
MATCH = {"matchLabels": {QUARANTINED_LABEL: "true"}}


def said(*around: dict[str, Any]) -> str | None:
    """What is objected to cutting a Deployment off, with these NetworkPolicies in the namespace."""
    target = target_of(placed(deployment("it", annotations=noted(allow_quarantine="true")), **AT_REST), around)
    return QUARANTINE.objection(fixed(WISH, target), target)


@pytest.mark.parametrize(
    "selector",
    [
        {},
        {"matchLabels": {}},
        {"matchLabels": {QUARANTINED_LABEL: "false"}},
        {"matchLabels": {QUARANTINED_LABEL: "true", "app": "other"}},
        {**MATCH, "matchExpressions": [{"key": "app", "operator": "Exists"}]},
    ],
    ids=str,
)
def test_a_label_that_no_policy_selects_would_cut_nobody_off(selector: dict[str, Any]) -> None:
    policy = manifest("networking.k8s.io/v1", "NetworkPolicy", "p", spec={"podSelector": selector})
    assert said(policy) == f"no NetworkPolicy in shop selects pods labelled {QUARANTINED_LABEL}=true"


def test_with_a_policy_that_selects_the_label_it_may() -> None:
    assert said(*isolation("it")) is None


def test_a_cron_job_needs_no_policy_and_is_suspended() -> None:
    target = target_of(placed(cron_job("it", annotations=noted(allow_quarantine="true"))))
    action = fixed(WISH, target)
    assert QUARANTINE.objection(action, target) is None
    assert [(each.path, each.after) for each in QUARANTINE.changes(action, target)] == [("/spec/suspend", "true")]
    assert QUARANTINE.pending(action, target) is None


def test_nothing_else_is_quarantined() -> None:
    job = target_of(placed(manifest("batch/v1", "Job", "it", annotations=noted(allow_quarantine="true"), spec={})))
    assert "Quarantine acts on CronJobs" in str(QUARANTINE.objection(fixed(WISH, job), job))
