"""Quarantine: what misbehaves is kept from others. A CronJob is suspended; pods get a label that a NetworkPolicy selects."""

from collections.abc import Mapping
from typing import Any, ClassVar

from autonomic.domain.actions import Action
from autonomic.domain.plans import FieldChange
from autonomic.domain.redlines import Effect
from autonomic.domain.targets import Target
from autonomic.domain.words import QUARANTINE_ANNOTATION, QUARANTINED_LABEL
from autonomic.execution.action import group_kind
from autonomic.execution.actions.ordinary import Ordinary
from autonomic.execution.effects import NONE, of_stopping
from autonomic.execution.fields import change, mapping, pointer, read, unchangeable
from autonomic.execution.rollouts import WORKLOADS, template_objection, unready

_LABEL = pointer("spec", "template", "metadata", "labels", QUARANTINED_LABEL)


class QuarantineAction(Ordinary):
    """Sets `spec.suspend` of a CronJob, or the label on the pod template of a Deployment or StatefulSet."""

    type: ClassVar[str] = "Quarantine"

    def objection(self, action: Action, target: Target) -> str | None:
        """Only with the owner's consent; a label that no NetworkPolicy selects would keep nobody from anybody."""
        if target.annotations.get(QUARANTINE_ANNOTATION) != "true":
            return f"{target.ref} is not annotated {QUARANTINE_ANNOTATION}=true"
        if group_kind(target) == ("batch", "CronJob"):
            return unchangeable(target, "/spec/suspend")
        if group_kind(target) not in WORKLOADS:
            return f"Quarantine acts on CronJobs, Deployments and StatefulSets, not on {target.ref}"
        if not any(_selects(each) for each in target.related):
            return f"no NetworkPolicy in {target.ref.namespace} selects pods labelled {QUARANTINED_LABEL}=true"
        return template_objection(target) or unchangeable(target, _LABEL)

    def changes(self, action: Action, target: Target) -> tuple[FieldChange, ...]:
        """The suspension, or the label; taken away again where the action says so."""
        if group_kind(target) == ("batch", "CronJob"):
            wanted = not action.absent
            return () if bool(read(target.raw, "/spec/suspend")) is wanted else change(target, "/spec/suspend", wanted)
        return change(target, _LABEL, None if action.absent else "true")

    def effects(self, action: Action, target: Target) -> frozenset[Effect]:
        """A scanner that is cut off sees nothing."""
        return NONE if action.absent else of_stopping(target)

    def describe(self, action: Action, target: Target) -> str:
        """`suspend`, or `cut its pods off by their label`."""
        if action.absent:
            return "end the quarantine"
        return "suspend" if group_kind(target) == ("batch", "CronJob") else "cut its pods off by their label"

    def pending(self, action: Action, target: Target) -> str | None:
        """Until all pods bear the label."""
        return unready(target) if group_kind(target) in WORKLOADS else None


def _selects(policy: Mapping[str, Any]) -> bool:
    selector = mapping(policy, "/spec/podSelector")
    alone = not selector.get("matchExpressions") and selector.get("matchLabels") == {QUARANTINED_LABEL: "true"}
    return policy.get("kind") == "NetworkPolicy" and alone
