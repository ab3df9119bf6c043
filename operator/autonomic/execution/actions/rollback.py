"""Rollback: the pod template of the release before, where the owner lets it be."""

from collections.abc import Mapping
from typing import Any, ClassVar

from autonomic.domain.actions import Action, PermittedAction, Rollback
from autonomic.domain.plans import FieldChange
from autonomic.domain.redlines import Effect
from autonomic.domain.targets import Target
from autonomic.domain.words import ROLLBACK_ANNOTATION
from autonomic.execution.action import Declined, group_kind, pinned
from autonomic.execution.actions.ordinary import Ordinary
from autonomic.execution.effects import NONE, of_template
from autonomic.execution.fields import LONGEST, as_json, change, mapping, objects, unchangeable
from autonomic.execution.rollouts import is_rolling, template_objection, unready

_REVISION = "deployment.kubernetes.io/revision"
_HASH = "pod-template-hash"
_TEMPLATE = "/spec/template"


class RollbackAction(Ordinary):
    """Sets `spec.template` of a Deployment to that of its ReplicaSet with the revision before the present one."""

    type: ClassVar[str] = "Rollback"

    def fix(self, permitted: PermittedAction, target: Target, mark: str) -> Action:
        """The newest revision below the present one. Declines where there is none."""
        now = _revision(target.raw)
        older = [each for each in target.related if _is_of(target, each) and 0 < _revision(each) < now]
        if not older:
            raise Declined(f"{target.ref} has no release before revision {now}")
        last = max(older, key=_revision)
        wanted = Rollback(revision=_revision(last), replica_set=last["metadata"]["name"])
        return Action(type="Rollback", target_ref=pinned(target), rollback=wanted)

    def objection(self, action: Action, target: Target) -> str | None:
        """Only with the owner's consent, not while paused, and not in the middle of a rollout that goes well."""
        if group_kind(target) != ("apps", "Deployment"):
            return f"Rollback acts on Deployments, not on {target.ref}"
        if target.annotations.get(ROLLBACK_ANNOTATION) != "true":
            return f"{target.ref} is not annotated {ROLLBACK_ANNOTATION}=true"
        template = _template(action, target)
        if not template:
            return f"the ReplicaSet of revision {action.rollback.revision if action.rollback else '?'} is gone"
        if len(as_json(template) or "") > LONGEST:
            return f"the old pod template has more than the {LONGEST} characters that a plan can record"
        too_long = unchangeable(target, _TEMPLATE)
        if not too_long and self.changes(action, target) and is_rolling(target) and _progresses(target):
            return f"{target.ref} is in the middle of a rollout"
        return too_long or template_objection(target)

    def changes(self, action: Action, target: Target) -> tuple[FieldChange, ...]:
        """The whole pod template."""
        return change(target, _TEMPLATE, _template(action, target))

    def effects(self, action: Action, target: Target) -> frozenset[Effect]:
        """The old template may let its pods do what the present one does not."""
        template = _template(action, target)
        return of_template(mapping(target.raw, _TEMPLATE), template) if template else NONE

    def describe(self, action: Action, target: Target) -> str:
        """`roll back from revision 5 to 4 (app:1.3 -> app:1.2)`."""
        wanted = action.rollback.revision if action.rollback else "?"
        old, new = _images(mapping(target.raw, _TEMPLATE)), _images(_template(action, target) or {})
        return f"roll back from revision {_revision(target.raw)} to {wanted} ({old} -> {new})"

    def pending(self, action: Action, target: Target) -> str | None:
        """Until all pods are of the old release and ready."""
        return unready(target)


def _template(action: Action, target: Target) -> Mapping[str, Any] | None:
    """The template that the ReplicaSet keeps, without the label that its controller added."""
    wanted = action.rollback.replica_set if action.rollback else None
    found = (each for each in target.related if _is_of(target, each) and each["metadata"]["name"] == wanted)
    template = mapping(next(found, {}), _TEMPLATE)
    if not template:
        return None
    labels = {key: value for key, value in mapping(template, "/metadata/labels").items() if key != _HASH}
    return {**template, "metadata": {**mapping(template, "/metadata"), "labels": labels}}


def _is_of(target: Target, replica_set: Mapping[str, Any]) -> bool:
    owners = objects(replica_set, "/metadata/ownerReferences")
    return replica_set.get("kind") == "ReplicaSet" and any(owner.get("uid") == target.uid for owner in owners)


def _revision(raw: Mapping[str, Any]) -> int:
    found = str(mapping(raw, "/metadata/annotations").get(_REVISION))
    return int(found) if found.isascii() and found.isdecimal() and len(found) < 10 else 0


def _images(template: Mapping[str, Any]) -> str:
    return ", ".join(str(each.get("image")) for each in objects(template, "/spec/containers")) or "no image"


def _progresses(target: Target) -> bool:
    conditions = objects(target.raw, "/status/conditions")
    return not any(each.get("type") == "Progressing" and each.get("status") == "False" for each in conditions)
