"""Scale: the replicas of a Deployment, on the main resource. Never under an autoscaler, whose number it is."""

from typing import ClassVar

from autonomic.domain.actions import Action, PermittedAction, Scale
from autonomic.domain.meta import TargetRef
from autonomic.domain.plans import FieldChange
from autonomic.domain.redlines import Effect
from autonomic.domain.targets import Target
from autonomic.domain.words import SECURITY_SCANNER_LABEL
from autonomic.execution.action import Declined
from autonomic.execution.fields import change, read

_REPLICAS = "/spec/replicas"


class ScaleAction:
    """Sets `spec.replicas` of a Deployment."""

    type: ClassVar[str] = "Scale"
    reversible: ClassVar[bool] = True

    def fix(self, permitted: PermittedAction, target: Target, mark: str) -> Action:
        """Moves by `by`, within `min` and `max`; declines when that is no move in the wanted direction."""
        assert permitted.scale is not None  # noqa: S101 - the union's type says so
        wish, now = permitted.scale, _replicas(target)
        wanted = max(wish.min, min(wish.max, now + wish.by))
        if (wanted - now) * wish.by <= 0:
            raise Declined(
                f"{target.ref} has {now} replicas: moving by {wish.by} within {wish.min} to {wish.max} changes nothing"
            )
        return Action(type="Scale", target_ref=_pinned(target), scale=Scale(replicas=wanted))

    def objection(self, action: Action, target: Target) -> str | None:
        """Only a Deployment that no autoscaler owns."""
        if (target.ref.api_version, target.ref.kind) != ("apps/v1", "Deployment"):
            return f"Scale acts on Deployments, not on {target.ref}"
        if target.autoscaler:
            return f"{target.ref} is scaled by HorizontalPodAutoscaler {target.autoscaler}: change its bounds instead"
        if action.scale is None:
            return "the action has no replicas"
        return None

    def changes(self, action: Action, target: Target) -> tuple[FieldChange, ...]:
        """`/spec/replicas`, unless it is there already."""
        assert action.scale is not None  # noqa: S101 - `objection` comes first
        return change(target, _REPLICAS, action.scale.replicas)

    def effects(self, action: Action, target: Target) -> frozenset[Effect]:
        """Scaling a security scanner to nothing disables it."""
        scanner = target.labels.get(SECURITY_SCANNER_LABEL) == "true"
        stopped = action.scale is not None and action.scale.replicas == 0
        return frozenset({"DisableSecurityScanners"}) if scanner and stopped else frozenset()

    def describe(self, action: Action, target: Target) -> str:
        """`scale from 2 to 6 replicas`."""
        after = action.scale.replicas if action.scale else "?"
        return f"scale from {_replicas(target)} to {after} replicas"

    def replicas(self, action: Action, target: Target) -> tuple[int, int] | None:
        """Before and after."""
        return (_replicas(target), action.scale.replicas) if action.scale else None


def _replicas(target: Target) -> int:
    value = read(target.raw, _REPLICAS)
    return 1 if value is None else int(value)


def _pinned(target: Target) -> TargetRef:
    ref = target.ref
    return TargetRef(api_version=ref.api_version, kind=ref.kind, name=ref.name, uid=target.uid)
