"""Whether a route works by the policy that a plan adopted: its own status says so. Pure."""

from autonomic.domain.meta import condition
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.routes import AdaptiveRoute
from autonomic.domain.verifications import RouteVerification
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.execution.verification import Outcome

_UNFIT = ("TargetMissing", "TargetUnfit", "Conflict", "Refused", "RedLine")
"""Reasons of `Published` that come of what was adopted: its places can't be written."""
_BY_MODE = ("Observe", "Propose")


def works(plan: AdaptationPlan, wanted: RouteVerification, view: View) -> Outcome:
    """Worthless where its places can't be written by the deadline, or it is gone; what holds all writes is inconclusive."""
    waiting = plan.status.verification
    assert waiting is not None  # noqa: S101 - only what was carried out is verified
    route = view.routes.get(f"{plan.metadata.namespace}/{wanted.route}")
    if route is None or route.metadata.deletion_timestamp:
        return Outcome("Worthless", f"the AdaptiveRoute {wanted.route} is gone")
    if route.adopted is None or route.adopted.bounds_digest != wanted.bounds_digest:
        return Outcome("Worthless", f"what AdaptiveRoute {wanted.route} works by was changed since")
    return _judged(route, wanted, over=view.now >= waiting.deadline)


def _judged(route: AdaptiveRoute, wanted: RouteVerification, *, over: bool) -> Outcome:
    published = condition(route.status.conditions, "Published")
    if published is None or route.status.adopted_digest != wanted.bounds_digest:
        return Outcome("Inconclusive" if over else "Waiting", "the route has not worked by it yet")
    if published.status is Truth.TRUE:
        return Outcome("Helped", "the route works by it")
    said = f"{published.reason}: {published.message}"
    if published.reason in _BY_MODE:
        return Outcome("Helped", f"it is adopted, and no weight moves: {said}"[:1024])
    if not over:
        return Outcome("Waiting", said)
    return Outcome("Worthless" if published.reason in _UNFIT else "Inconclusive", said)
