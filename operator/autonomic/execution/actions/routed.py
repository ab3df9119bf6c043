"""What the actions that set weights of one rule of a route have in common."""

from typing import Any

from autonomic.domain.actions import Action, PermittedAction
from autonomic.domain.plans import FieldChange
from autonomic.domain.redlines import Effect
from autonomic.domain.targets import Target
from autonomic.execution.action import Declined, pinned
from autonomic.execution.actions.ordinary import Ordinary
from autonomic.execution.effects import of_configuring
from autonomic.execution.routes import displaced, moved, route_objection, rule_digest, shown, weight_changes, weights


class Routed(Ordinary):
    """Sets weights of the rule that the plan was made for."""

    def wanted(self, action: Action, target: Target) -> tuple[int, dict[str, int]] | None:
        """The number of the rule, and the weights by backend; None when the action does not say."""
        raise NotImplementedError

    def fix(self, permitted: PermittedAction, target: Target, mark: str) -> Action:
        """As the owner wrote it, for the rule that has this number now. Declines where there is none."""
        wish = permitted.shift_traffic or permitted.reroute
        assert wish is not None  # noqa: S101 - the union's type says so
        digest = rule_digest(target.raw, wish.rule)
        if digest is None:
            raise Declined(route_objection(target, wish.rule, {}) or f"{target.ref} has no rule {wish.rule}")
        wire: dict[str, Any] = {**permitted.wire(), "targetRef": pinned(target).wire()}
        member = "shiftTraffic" if permitted.shift_traffic else "reroute"
        return Action.model_validate({**wire, member: {**wire[member], "ruleDigest": digest}})

    def objection(self, action: Action, target: Target) -> str | None:
        """Only backends that the rule has, never so that nobody gets traffic, and never of another rule."""
        wanted = self.wanted(action, target)
        return (
            route_objection(target, *wanted) or displaced(action, target.raw) if wanted else "the action has no weights"
        )

    def changes(self, action: Action, target: Target) -> tuple[FieldChange, ...]:
        """The weights that differ."""
        wanted = self.wanted(action, target)
        return weight_changes(target, *wanted) if wanted else ()

    def effects(self, action: Action, target: Target) -> frozenset[Effect]:
        """What the route decides, by its labels."""
        return of_configuring(target)

    def traffic(self, action: Action, target: Target) -> int | None:
        """What goes elsewhere, in percent."""
        wanted = self.wanted(action, target)
        before = weights(target, wanted[0]) if wanted else None
        return moved(before, wanted[1]) if wanted and before else None

    def pending(self, action: Action, target: Target) -> str | None:
        """Nothing, unless another rule took the place of ours."""
        return displaced(action, target.raw)

    def moves(self, action: Action, target: Target) -> str:
        """`large 90 -> 50, small 10 -> 50`."""
        wanted = self.wanted(action, target)
        return shown(weights(target, wanted[0]), wanted[1]) if wanted else ""
