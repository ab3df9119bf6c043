"""Reroute: all traffic of one backend goes to another one of the same rule."""

from typing import ClassVar

from autonomic.domain.actions import Action, PermittedAction, Reroute
from autonomic.domain.plans import FieldChange
from autonomic.domain.redlines import Effect
from autonomic.domain.targets import Target
from autonomic.execution.action import Declined
from autonomic.execution.actions.ordinary import Ordinary
from autonomic.execution.effects import of_configuring
from autonomic.execution.routes import moved, route_objection, shown, weight_changes, weights


class RerouteAction(Ordinary):
    """Adds the source's weight to the destination's, and leaves the source with none."""

    type: ClassVar[str] = "Reroute"

    def fix(self, permitted: PermittedAction, target: Target, mark: str) -> Action:
        """As the owner wrote it. Declines when the source gets nothing already."""
        wish = permitted.reroute
        assert wish is not None  # noqa: S101 - the union's type says so
        if (weights(target, wish.rule) or {}).get(wish.source) == 0:
            raise Declined(f"{wish.source} gets no traffic of {target.ref} already")
        return super().fix(permitted, target, mark)

    def objection(self, action: Action, target: Target) -> str | None:
        """Only between backends that the rule has."""
        wish = action.reroute
        if wish is None:
            return "the action has no backends"
        if wish.source == wish.destination:
            return "source and destination are the same backend"
        return route_objection(target, wish.rule, _wanted(wish, target))

    def changes(self, action: Action, target: Target) -> tuple[FieldChange, ...]:
        """Two weights."""
        assert action.reroute is not None  # noqa: S101 - `objection` comes first
        return weight_changes(target, action.reroute.rule, _wanted(action.reroute, target))

    def effects(self, action: Action, target: Target) -> frozenset[Effect]:
        """What the route decides, by its labels."""
        return of_configuring(target)

    def describe(self, action: Action, target: Target) -> str:
        """`reroute from large to small (large 90 -> 0, small 10 -> 100)`."""
        wish = action.reroute
        if wish is None:
            return "reroute"
        moves = shown(weights(target, wish.rule), _wanted(wish, target))
        return f"reroute from {wish.source} to {wish.destination} ({moves})"

    def traffic(self, action: Action, target: Target) -> int | None:
        """What the source had."""
        before = weights(target, action.reroute.rule) if action.reroute else None
        return moved(before, _wanted(action.reroute, target)) if action.reroute and before else None


def _wanted(wish: Reroute, target: Target) -> dict[str, int]:
    before = weights(target, wish.rule) or {}
    return {wish.source: 0, wish.destination: before.get(wish.destination, 0) + before.get(wish.source, 0)}
