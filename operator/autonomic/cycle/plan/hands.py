"""Whose hand was at a target that is no longer as a step left it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import Step
from autonomic.execution.fields import standing
from autonomic.execution.ownership import foreign_owners

_NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Hand:
    """What somebody else did: the object is gone, the change was taken back, or the field has another value.

    `by` names the field managers; None where the server names none.
    """

    deed: Literal["Gone", "Reverted", "Changed"]
    message: str
    by: str | None = None


def hand_at(ref: ObjectRef, uid: str, live: Mapping[str, Any] | None, step: Step) -> Hand:
    """Who stands between the step and its undoing, as the live object says; None where there is no object."""
    if live is None or live["metadata"]["uid"] != uid:
        return Hand("Gone", f"{ref} is gone")
    owners = {name for each in foreign_owners(step.changes, live).values() for name in each.split(", ")} - {_NOBODY}
    by = ", ".join(sorted(owners)) or None
    if not standing(step.changes, live, "before"):
        return Hand("Reverted", f"{by or 'somebody'} took the change of {ref} back", by)
    return Hand("Changed", f"{by or 'somebody'} changed {ref}", by)
