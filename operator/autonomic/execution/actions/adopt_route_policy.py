"""AdoptRoutePolicy: a route works by what its spec says now. The layer proposes it; no contract and no playbook can."""

from typing import ClassVar

from autonomic.domain.actions import Action
from autonomic.domain.plans import FieldChange
from autonomic.domain.redlines import Effect
from autonomic.domain.route_changes import changes
from autonomic.domain.routes import ADOPTED_ANNOTATION, AdaptiveRoute
from autonomic.domain.targets import Target
from autonomic.domain.words import API_VERSION
from autonomic.execution.actions.ordinary import Ordinary
from autonomic.execution.effects import of_configuring
from autonomic.execution.fields import LONGEST, as_json, change, pointer, unchangeable

_PATH = pointer("metadata", "annotations", ADOPTED_ANNOTATION)


class AdoptRoutePolicyAction(Ordinary):
    """Writes the spec, all of it but its mode, where what publishes weights reads it."""

    type: ClassVar[str] = "AdoptRoutePolicy"

    def objection(self, action: Action, target: Target) -> str | None:
        """Only what the spec says still, and only what a plan can record."""
        route = _route(target)
        if route is None:
            return f"AdoptRoutePolicy acts on AdaptiveRoutes that can be read, not on {target.ref}"
        wanted, now = action.adopt_route_policy, route.spec.bounds_digest
        if wanted is None or wanted.bounds_digest != now:
            return f"the spec of {target.ref} changed since: its digest is {now}"
        if len(as_json(route.spec.bounds) or "") > LONGEST:
            return f"the spec of {target.ref} has more than the {LONGEST} characters that a plan can record: shorten labels"
        return unchangeable(target, _PATH)

    def changes(self, action: Action, target: Target) -> tuple[FieldChange, ...]:
        """The annotation."""
        route = _route(target)
        return change(target, _PATH, route.spec.bounds) if route else ()

    def effects(self, action: Action, target: Target) -> frozenset[Effect]:
        """What the route decides, by its labels."""
        return of_configuring(target)

    def describe(self, action: Action, target: Target) -> str:
        """`adopt the policy (policy.algorithm Thompson -> ChangePoints)`."""
        route = _route(target)
        return f"adopt the policy ({changes(route.adopted, route.spec)})" if route else "adopt the policy"


def _route(target: Target) -> AdaptiveRoute | None:
    if (target.ref.api_version, target.ref.kind) != (API_VERSION, AdaptiveRoute.names.kind):
        return None
    try:
        return AdaptiveRoute.read(dict(target.raw))
    except ValueError:
        return None
