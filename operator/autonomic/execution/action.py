"""What every action can say of itself. A new action is one file in `actions/` and its test."""

from typing import Any, ClassVar, Protocol

from autonomic.domain.actions import Action, PermittedAction
from autonomic.domain.meta import TargetRef
from autonomic.domain.plans import Deed, FieldChange
from autonomic.domain.redlines import Effect
from autonomic.domain.targets import Target


class Declined(Exception):
    """The action has nothing to do, or must not be done, on this target. The message says why."""


class ActionKind(Protocol):
    """One type of action. All methods are pure."""

    type: ClassVar[str]
    reversible: ClassVar[bool]
    deed: ClassVar[Deed]
    """Patch changes the target, Create makes an object beside it, Call asks somebody outside the cluster."""
    minds_autoscaler: ClassVar[bool]
    """Whether it looks at what scales the target."""

    def fix(self, permitted: PermittedAction, target: Target, mark: str) -> Action:
        """The absolute action that `permitted` means on this target; `mark` is unique to the plan. Raises Declined."""
        ...

    def objection(self, action: Action, target: Target) -> str | None:
        """Why it must not be done on the target as it is now; None when it may."""
        ...

    def changes(self, action: Action, target: Target) -> tuple[FieldChange, ...]:
        """The fields it changes, with their values before and after; empty when nothing is left to do."""
        ...

    def effects(self, action: Action, target: Target) -> frozenset[Effect]:
        """What it would do to the platform, beyond the field that it changes."""
        ...

    def describe(self, action: Action, target: Target) -> str:
        """A few words: `scale from 2 to 6 replicas`."""
        ...

    def replicas(self, action: Action, target: Target) -> tuple[int, int] | None:
        """Replicas before and after, where the action changes them."""
        ...

    def traffic(self, action: Action, target: Target) -> int | None:
        """Share of the traffic that it moves or turns away, in percent, where it does."""
        ...

    def pending(self, action: Action, target: Target) -> str | None:
        """What is still to be seen on the changed target until the change has taken; None when it has."""
        ...

    def manifest(self, action: Action, target: Target) -> dict[str, Any]:
        """The object that a Create makes."""
        ...


def pinned(target: Target) -> TargetRef:
    """The reference to this life of the target."""
    ref = target.ref
    return TargetRef(api_version=ref.api_version, kind=ref.kind, name=ref.name, uid=target.uid)


def group_kind(target: Target) -> tuple[str, str]:
    """The API group and kind of the target, whatever its version."""
    return target.ref.api_version.rpartition("/")[0], target.ref.kind
