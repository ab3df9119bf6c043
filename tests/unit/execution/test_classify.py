"""Done, open, or somebody else's hand in between."""

from typing import Any

import pytest

from autonomic.domain.plans import FieldChange
from autonomic.domain.words import OPERATION_ANNOTATION
from autonomic.execution.drift import Drift
from autonomic.execution.executor import classify
from autonomic.execution.fields import inverse
from autonomic.execution.ownership import foreign_owners
from tests.unit.domain.specimens import deployment

CHANGES = (FieldChange(path="/spec/replicas", before="2", after="4"),)
OP = "plan/0"


def live(replicas: int, stamp: str | None = None, owner: str | None = None, uid: str = "uid-agent") -> dict[str, Any]:
    raw = deployment(replicas)
    raw["metadata"]["uid"] = uid
    raw["metadata"]["annotations"] = {} if stamp is None else {OPERATION_ANNOTATION: stamp}
    raw["metadata"]["managedFields"] = owned_by(owner) if owner else []
    return raw


def owned_by(*owners: str) -> list[dict[str, Any]]:
    return [{"manager": owner, "fieldsV1": {"f:spec": {"f:replicas": {}}}} for owner in owners]


def test_a_target_as_it_was_recorded_is_open() -> None:
    assert classify(live(2), "uid-agent", CHANGES, OP, undoing=False) == "Open"
    assert classify(live(2, stamp="another/0"), "uid-agent", CHANGES, OP, undoing=False) == "Open"


def test_stamp_and_values_together_are_done() -> None:
    assert classify(live(4, stamp=OP), "uid-agent", CHANGES, OP, undoing=False) == "Done"


@pytest.mark.parametrize("replicas", [2, 3], ids=["back as before", "another value"])
def test_a_stamp_without_the_values_proves_nothing_and_stops(replicas: int) -> None:
    with pytest.raises(Drift, match="changed by another"):
        classify(live(replicas, stamp=OP), "uid-agent", CHANGES, OP, undoing=False)


@pytest.mark.parametrize("stamp", [None, "another/0", "plan/00", OP + "/undo"])
def test_values_without_our_stamp_are_somebody_else_s_and_stop(stamp: str | None) -> None:
    with pytest.raises(Drift, match="/spec/replicas was changed by another"):
        classify(live(4, stamp=stamp), "uid-agent", CHANGES, OP, undoing=False)


@pytest.mark.parametrize(("replicas", "stamp"), [(2, None), (4, OP)])
def test_another_life_of_the_name_is_another_target(replicas: int, stamp: str | None) -> None:
    with pytest.raises(Drift, match="deleted and created again"):
        classify(live(replicas, stamp, uid="uid-new"), "uid-agent", CHANGES, OP, undoing=False)


BACK = inverse(CHANGES)


def test_what_is_still_ours_may_be_undone() -> None:
    assert classify(live(4, OP, "autonomic"), "uid-agent", BACK, f"{OP}/undo", undoing=True) == "Open"


def test_an_undoing_that_happened_is_done() -> None:
    assert classify(live(2, f"{OP}/undo", "autonomic"), "uid-agent", BACK, f"{OP}/undo", undoing=True) == "Done"


@pytest.mark.parametrize(("owner", "named"), [("kubectl-edit", "kubectl-edit"), (None, "nobody")])
def test_a_field_that_is_no_longer_ours_is_not_undone_and_the_owner_is_named(owner: str | None, named: str) -> None:
    with pytest.raises(Drift, match=f"/spec/replicas now belongs to {named}"):
        classify(live(4, OP, owner), "uid-agent", BACK, f"{OP}/undo", undoing=True)


def test_a_field_with_two_owners_is_ours_when_we_are_one() -> None:
    raw = live(4, OP)
    raw["metadata"]["managedFields"] = owned_by("helm", "autonomic")
    assert foreign_owners(CHANGES, raw) == {}
    raw["metadata"]["managedFields"] = owned_by("helm", "hpa")
    assert foreign_owners(CHANGES, raw) == {"/spec/replicas": "helm, hpa"}


def test_a_field_that_is_removed_has_no_owner_to_ask() -> None:
    assert foreign_owners((FieldChange(path="/spec/x", before="1", after=None),), live(2)) == {}
