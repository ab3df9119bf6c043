"""Reroute: all traffic of one backend goes to another one of the same rule."""

from typing import ClassVar

from autonomic.domain.actions import Action, PermittedAction
from autonomic.domain.targets import Target
from autonomic.execution.action import Declined
from autonomic.execution.actions.routed import Routed
from autonomic.execution.routes import weights


class RerouteAction(Routed):
    """Adds the source's weight to the destination's, and leaves the source with none."""

    type: ClassVar[str] = "Reroute"

    def wanted(self, action: Action, target: Target) -> tuple[int, dict[str, int]] | None:
        """Two weights."""
        wish = action.reroute
        if wish is None:
            return None
        before = weights(target, wish.rule) or {}
        sum_of_both = before.get(wish.destination, 0) + before.get(wish.source, 0)
        return wish.rule, {wish.source: 0, wish.destination: sum_of_both}

    def fix(self, permitted: PermittedAction, target: Target, mark: str) -> Action:
        """As the owner wrote it. Declines when the source gets nothing already."""
        wish = permitted.reroute
        assert wish is not None  # noqa: S101 - the union's type says so
        if (weights(target, wish.rule) or {}).get(wish.source) == 0:
            raise Declined(f"{wish.source} gets no traffic of {target.ref} already")
        return super().fix(permitted, target, mark)

    def objection(self, action: Action, target: Target) -> str | None:
        """Only between two backends that the rule has."""
        wish = action.reroute
        if wish and wish.source == wish.destination:
            return "source and destination are the same backend"
        return super().objection(action, target)

    def describe(self, action: Action, target: Target) -> str:
        """`reroute from large to small (large 90 -> 0, small 10 -> 100)`."""
        wish = action.reroute
        return f"reroute from {wish.source} to {wish.destination} ({self.moves(action, target)})" if wish else "reroute"
