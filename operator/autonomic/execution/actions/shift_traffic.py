"""ShiftTraffic: other weights for the backends of one rule of a route."""

from typing import ClassVar

from autonomic.domain.actions import Action
from autonomic.domain.targets import Target
from autonomic.execution.actions.routed import Routed


class ShiftTrafficAction(Routed):
    """Sets `spec.rules[].backendRefs[].weight` of an HTTPRoute, GRPCRoute or AIGatewayRoute."""

    type: ClassVar[str] = "ShiftTraffic"

    def wanted(self, action: Action, target: Target) -> tuple[int, dict[str, int]] | None:
        """The weights, as they were written."""
        wish = action.shift_traffic
        return (wish.rule, wish.weights) if wish else None

    def describe(self, action: Action, target: Target) -> str:
        """`shift traffic (large 90 -> 50, small 10 -> 50)`."""
        return f"shift traffic ({self.moves(action, target)})" if action.shift_traffic else "shift traffic"
