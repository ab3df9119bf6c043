"""Scale: the replicas of a workload, on the main resource; of one that an autoscaler owns, the autoscaler's bounds."""

from typing import ClassVar, TypeGuard

from autonomic.domain.actions import Action, PermittedAction, Scale
from autonomic.domain.meta import TargetRef
from autonomic.domain.plans import FieldChange
from autonomic.domain.redlines import Effect
from autonomic.domain.targets import Target
from autonomic.execution.action import Declined, group_kind, pinned
from autonomic.execution.actions.ordinary import Ordinary
from autonomic.execution.effects import NONE, of_fewer_replicas, of_stopping
from autonomic.execution.fields import change, number, objects, read, unchangeable
from autonomic.execution.queues.keda import paused
from autonomic.execution.rollouts import WORKLOADS, unready

_BOUNDS: dict[tuple[str, str], dict[str, tuple[str, int | None]]] = {
    ("autoscaling", "HorizontalPodAutoscaler"): {"Min": ("/spec/minReplicas", 1), "Max": ("/spec/maxReplicas", None)},
    ("keda.sh", "ScaledObject"): {"Min": ("/spec/minReplicaCount", 0), "Max": ("/spec/maxReplicaCount", 100)},
}
"""Where an autoscaler keeps each bound, and what holds where it says nothing."""


class ScaleAction(Ordinary):
    """Sets `spec.replicas` of a Deployment or StatefulSet, or one bound of an autoscaler."""

    type: ClassVar[str] = "Scale"
    minds_autoscaler: ClassVar[bool] = True

    def fix(self, permitted: PermittedAction, target: Target, mark: str) -> Action:
        """Moves by `by`, within `min` and `max`; declines when that is no move in the wanted direction."""
        assert permitted.scale is not None  # noqa: S101 - the union's type says so
        wish = permitted.scale
        bound = wish.bound if group_kind(target) in _BOUNDS else None
        now = _now(target, bound)
        wanted = max(wish.min, min(wish.max, now + wish.by))
        if (wanted - now) * wish.by <= 0:
            raise Declined(
                f"{target.ref} has {_named(now, bound)}: moving by {wish.by} within {wish.min} to {wish.max} changes nothing"
            )
        return Action(type="Scale", target_ref=pinned(target), scale=Scale(replicas=wanted, bound=bound))

    def objection(self, action: Action, target: Target) -> str | None:
        """Only a workload that no autoscaler owns, or a bound of an autoscaler that stays on its side of the other."""
        if action.scale is None:
            return "the action has no replicas"
        if group_kind(target) in WORKLOADS:
            return _of_workload(action.scale, target)
        if group_kind(target) in _BOUNDS:
            return _of_bound(action.scale, target)
        return (
            f"Scale acts on Deployments, StatefulSets, HorizontalPodAutoscalers and ScaledObjects, not on {target.ref}"
        )

    def changes(self, action: Action, target: Target) -> tuple[FieldChange, ...]:
        """The field, unless it has the value already."""
        assert action.scale is not None  # noqa: S101 - `objection` comes first
        return change(target, _path(target, action.scale.bound), None if action.absent else action.scale.replicas)

    def effects(self, action: Action, target: Target) -> frozenset[Effect]:
        """Scaling a security scanner to nothing disables it; volumes may go with the replicas that do."""
        if not _fits(action.scale, target):
            return NONE
        fewer = action.scale.replicas < _now(target, action.scale.bound)
        stopped = of_stopping(target) if action.scale.replicas == 0 else NONE
        return stopped | (of_fewer_replicas(target) if fewer else NONE)

    def describe(self, action: Action, target: Target) -> str:
        """`scale from 2 to 6 replicas`, `raise the most replicas from 10 to 12`."""
        if not _fits(action.scale, target):
            return "scale"
        now, after = _now(target, action.scale.bound), action.scale.replicas
        if action.scale.bound is None:
            return f"scale from {now} to {after} replicas"
        verb, which = ("raise" if after > now else "lower"), ("fewest" if action.scale.bound == "Min" else "most")
        return f"{verb} the {which} replicas from {now} to {after}"

    def replicas(self, action: Action, target: Target) -> tuple[int, int] | None:
        """Before and after; of an autoscaler, its bound."""
        return (_now(target, action.scale.bound), action.scale.replicas) if _fits(action.scale, target) else None

    def pending(self, action: Action, target: Target) -> str | None:
        """Until the pods are ready; what an autoscaler makes of its bounds is its own matter."""
        return unready(target) if group_kind(target) in WORKLOADS else None


def implied(ref: TargetRef, bound: str | None) -> int | None:
    """What holds where an autoscaler of that kind does not say the bound; None where nothing does."""
    known = _BOUNDS.get((ref.api_version.rpartition("/")[0], ref.kind), {})
    return known[bound][1] if bound in known else None


def _of_workload(scale: Scale, target: Target) -> str | None:
    if target.autoscaler:
        return f"{target.ref} is scaled by {target.autoscaler}: change its bounds instead"
    if scale.bound:
        return "bound is for autoscalers alone"
    return _no_number(target, "/spec/replicas")


def _of_bound(scale: Scale, target: Target) -> str | None:
    if scale.bound is None:
        return f"{target.ref} is an autoscaler: say which bound"
    owner = next((each for each in objects(target.raw, "/metadata/ownerReferences") if each.get("controller")), None)
    if owner:
        return f"{target.ref} belongs to {owner.get('kind')} {owner.get('name')}: change that instead"
    if pause := paused(target):
        return pause
    least = scale.replicas if scale.bound == "Min" else _now(target, "Min")
    most = scale.replicas if scale.bound == "Max" else _now(target, "Max")
    if most < max(1, least):
        return f"{target.ref} would have between {least} and {most} replicas"
    return _too_few(scale, target) or _no_number(target, _path(target, scale.bound))


def _too_few(scale: Scale, target: Target) -> str | None:
    """What scales to nothing by itself keeps a bound above that."""
    if scale.bound == "Max":
        return None
    if group_kind(target) == ("autoscaling", "HorizontalPodAutoscaler"):
        return None if scale.replicas else f"{target.ref} can't scale to nothing"
    idle = number(target.raw, "/spec/idleReplicaCount")
    if idle is None or scale.replicas > idle:
        return None
    return f"{target.ref} has {idle} replicas when idle, and must have more otherwise"


def _no_number(target: Target, path: str) -> str | None:
    if read(target.raw, path) is not None and number(target.raw, path) is None:
        return f"{path} of {target.ref} holds no number"
    return unchangeable(target, path)


def _fits(scale: Scale | None, target: Target) -> TypeGuard[Scale]:
    """Whether it names a bound where there are bounds, and none where there are none."""
    return scale is not None and (scale.bound is not None) == (group_kind(target) in _BOUNDS)


def _path(target: Target, bound: str | None) -> str:
    return "/spec/replicas" if bound is None else _BOUNDS[group_kind(target)][bound][0]


def _now(target: Target, bound: str | None) -> int:
    value = number(target.raw, _path(target, bound))
    missing = 1 if bound is None else _BOUNDS[group_kind(target)][bound][1]
    return missing or 0 if value is None else value


def _named(replicas: int, bound: str | None) -> str:
    return f"{replicas} replicas" if bound is None else f"{bound.lower()} {replicas} replicas"
