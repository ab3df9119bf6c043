"""ShiftTraffic: other weights for the backends of one rule of a route."""

from typing import ClassVar

from autonomic.domain.actions import Action
from autonomic.domain.plans import FieldChange
from autonomic.domain.redlines import Effect
from autonomic.domain.targets import Target
from autonomic.execution.actions.ordinary import Ordinary
from autonomic.execution.effects import of_configuring
from autonomic.execution.routes import moved, route_objection, shown, weight_changes, weights


class ShiftTrafficAction(Ordinary):
    """Sets `spec.rules[].backendRefs[].weight` of an HTTPRoute or GRPCRoute."""

    type: ClassVar[str] = "ShiftTraffic"

    def objection(self, action: Action, target: Target) -> str | None:
        """Only backends that the rule has, and never so that nobody gets traffic."""
        wish = action.shift_traffic
        return route_objection(target, wish.rule, wish.weights) if wish else "the action has no weights"

    def changes(self, action: Action, target: Target) -> tuple[FieldChange, ...]:
        """The weights that differ."""
        assert action.shift_traffic is not None  # noqa: S101 - `objection` comes first
        return weight_changes(target, action.shift_traffic.rule, action.shift_traffic.weights)

    def effects(self, action: Action, target: Target) -> frozenset[Effect]:
        """What the route decides, by its labels."""
        return of_configuring(target)

    def describe(self, action: Action, target: Target) -> str:
        """`shift traffic (large 90 -> 50, small 10 -> 50)`."""
        wish = action.shift_traffic
        return f"shift traffic ({shown(weights(target, wish.rule), wish.weights)})" if wish else "shift traffic"

    def traffic(self, action: Action, target: Target) -> int | None:
        """What goes elsewhere."""
        wish = action.shift_traffic
        before = weights(target, wish.rule) if wish else None
        return moved(before, wish.weights) if wish and before else None
