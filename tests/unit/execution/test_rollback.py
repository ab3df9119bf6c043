"""Rollback: to the release before, where the owner lets it be."""

from typing import Any

import pytest

from autonomic.domain.targets import Target
from autonomic.domain.words import ROLLBACK_ANNOTATION
from autonomic.execution.action import Declined
from tests.contract.actions.row import Manifest, noted
from tests.contract.actions.workloads import NEW, OLD, deployment
from tests.unit.execution.samples import AT_REST, KINDS, ROWS, fixed, placed, replica_set, target_of

ROLLBACK = KINDS["Rollback"]
ROW = next(each for each in ROWS if each.releases)
WISH = {"type": "Rollback", "rollback": {}}
STUCK = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}


def released(revision: int, *kept: int, owner: str = "uid-it", **status: Any) -> Target:
    """A Deployment at that revision, with the ReplicaSets of those revisions."""
    notes = {**noted(allow_rollback="true"), "deployment.kubernetes.io/revision": str(revision)}
    raw = placed(deployment("it", annotations=notes), **{**AT_REST, **status})
    return target_of(raw, tuple(owned(replica_set(raw, each, ROW), owner) for each in kept))


def owned(kept: Manifest, owner: str) -> Manifest:
    kept["metadata"]["ownerReferences"][0]["uid"] = owner
    return kept


def test_it_goes_to_the_newest_release_before_the_present_one() -> None:
    action = fixed(WISH, released(7, 2, 5, 7, 3))
    assert action.rollback is not None
    assert (action.rollback.revision, action.rollback.replica_set) == (5, "it-5")
    assert ROLLBACK.describe(action, released(7, 2, 5, 7, 3)) == f"roll back from revision 7 to 5 ({NEW} -> {OLD})"


@pytest.mark.parametrize(
    "target", [released(1, 1), released(3), released(3, 2, owner="uid-other"), released(3, 0)], ids=range(4)
)
def test_without_a_release_before_it_is_declined(target: Target) -> None:
    with pytest.raises(Declined, match="has no release before"):
        fixed(WISH, target)


def test_a_revision_that_is_no_number_is_none() -> None:
    target = released(3, 2)
    target.raw["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = "latest"
    with pytest.raises(Declined, match="before revision 0"):
        fixed(WISH, target)


def test_the_whole_template_is_recorded_without_the_controllers_label() -> None:
    (change,) = ROLLBACK.changes(fixed(WISH, released(2, 1)), released(2, 1))
    assert change.path == "/spec/template"
    assert "pod-template-hash" not in str(change.after)
    assert (NEW in str(change.before), OLD in str(change.after)) == (True, True)


def test_only_with_the_owners_consent() -> None:
    target = released(2, 1)
    action = fixed(WISH, target)
    del target.raw["metadata"]["annotations"][ROLLBACK_ANNOTATION]
    assert ROLLBACK.objection(action, target) == f"Deployment shop/it is not annotated {ROLLBACK_ANNOTATION}=true"


def test_a_rollout_that_goes_well_is_not_interrupted_and_one_that_hangs_is() -> None:
    action = fixed(WISH, released(2, 1))
    going, hanging = released(2, 1, updatedReplicas=0), released(2, 1, updatedReplicas=0, conditions=[STUCK])
    assert ROLLBACK.objection(action, going) == "Deployment shop/it is in the middle of a rollout"
    assert ROLLBACK.objection(action, hanging) is None


def test_our_own_rollout_is_no_objection() -> None:
    target = released(2, 1, updatedReplicas=0)
    action = fixed(WISH, target)
    target.raw["spec"]["template"]["spec"]["containers"][0]["image"] = OLD
    assert ROLLBACK.changes(action, target) == ()
    assert ROLLBACK.objection(action, target) is None


def test_a_release_that_was_tidied_away_is_refused() -> None:
    assert ROLLBACK.objection(fixed(WISH, released(2, 1)), released(2)) == "the ReplicaSet of revision 1 is gone"


@pytest.mark.parametrize("which", ["old", "present"])
def test_a_template_that_is_too_long_to_be_recorded_is_left_alone(which: str) -> None:
    target = released(2, 1)
    action = fixed(WISH, target)
    raw = target.related[0] if which == "old" else target.raw
    raw["spec"]["template"]["spec"]["containers"][0]["args"] = ["ä" * 6_000]  # six characters each, as JSON
    assert "more than the 32768 characters" in str(ROLLBACK.objection(action, target))
