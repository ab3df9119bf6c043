"""Asking for a route's policy to be adopted: a plan for what the spec says, where that is not what was adopted. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from autonomic.domain.actions import Action, AdoptRoutePolicy
from autonomic.domain.findings import Finding
from autonomic.domain.meta import TargetRef
from autonomic.domain.naming import outcome, plan_name
from autonomic.domain.plans import AdaptationPlan, Evidence, RouteTrigger, Trigger
from autonomic.domain.route_changes import changes
from autonomic.domain.routes import AdaptiveRoute
from autonomic.domain.verifications import PlanVerification, RouteVerification
from autonomic.domain.view import View
from autonomic.domain.words import Mode, Truth, strictest
from autonomic.governance.bounds import ended

LOOP = "routing"
"""As which control loop a route's plans are made, and RedLines may name what routes write."""
ASK_AGAIN = timedelta(days=1)
"""What nobody answered in time is asked for again after this."""
_SETTLE, _WITHIN = "1s", "5m"


@dataclass(frozen=True)
class Adoption:
    """How what the spec says stands to what was adopted: digests, a condition, and the plan to be made now, if any."""

    wanted: str
    adopted: str | None
    truth: Truth
    reason: str
    message: str
    finding: Finding | None = None


def adoption(route: AdaptiveRoute, view: View) -> Adoption:
    """Of the route as its object says, not as it is worked by."""
    adopted = route.adopted
    wanted, now = route.spec.bounds_digest, adopted.bounds_digest if adopted else None
    if wanted == now:
        return Adoption(wanted, now, Truth.TRUE, "Adopted", "")
    mode = strictest(route.spec.mode, view.namespace(route.metadata.namespace).ceiling, view.ceiling)
    if mode is Mode.OBSERVE:
        return Adoption(
            wanted, now, Truth.FALSE, "Observe", "the strictest mode in force is Observe: nothing is asked for"
        )
    name, plan = _asked(route, view)
    if plan is None:
        message = "a plan is proposed: what speaks against it is told in an Event NotProposed"
        return Adoption(wanted, now, Truth.FALSE, "AwaitingApproval", message, _finding(route, name, mode))
    end = outcome(plan)
    if end is None:
        message = f"plan {name} asks for it: kubectl autonomic approve {name} -n {route.metadata.namespace}"
        return Adoption(wanted, now, Truth.FALSE, "AwaitingApproval", message)
    again = (
        f"it is asked for again {ASK_AGAIN.days} day later, or once"
        if end == "Expired"
        else "it is asked for again once"
    )
    return Adoption(wanted, now, Truth.FALSE, end, f"plan {name} is {end}: {again} the spec is changed")


def _asked(route: AdaptiveRoute, view: View) -> tuple[str, AdaptationPlan | None]:
    """The plan for what the spec says now: one that is not finished, or the last of this generation; or a new name."""
    for plan in view.book.unfinished:
        if _is_for(plan, route):
            return plan.metadata.name, plan
    attempt = 0
    while True:
        name = _name(route, attempt)
        last = view.plans.get(f"{route.metadata.namespace}/{name}")
        end = ended(last) if last else None
        if last is None or end is None or outcome(last) != "Expired" or view.now < end + ASK_AGAIN:
            return name, last
        attempt += 1


def _is_for(plan: AdaptationPlan, route: AdaptiveRoute) -> bool:
    action = plan.spec.actions[0]
    asked, uid = action.adopt_route_policy, action.target_ref.uid
    return asked is not None and (uid, asked.bounds_digest) == (route.metadata.uid, route.spec.bounds_digest)


def _name(route: AdaptiveRoute, attempt: int) -> str:
    meta = route.metadata
    identity = (meta.uid, str(meta.generation), route.spec.bounds_digest, str(attempt))
    return plan_name(meta.name, "policy", identity)


def _finding(route: AdaptiveRoute, name: str, mode: Mode) -> Finding:
    ref, digest, adopted = route.ref, route.spec.bounds_digest, route.adopted
    what = changes(adopted, route.spec)
    target = TargetRef(api_version=ref.api_version, kind=ref.kind, name=ref.name, uid=route.metadata.uid)
    return Finding(
        loop=LOOP,
        owner=ref,
        subject="policy",
        name=name,
        trigger=Trigger(type="Route", route=RouteTrigger(route=ref.name, change=what)),
        permitted=(),
        targets=(ref,),
        justification=_because(route.metadata.name, what, first=adopted is None),
        evidence=Evidence(summary=f"the spec of {ref} differs from what was adopted: {what}"),
        verification=PlanVerification(
            type="Route", settle=_SETTLE, within=_WITHIN, route=RouteVerification(route=ref.name, bounds_digest=digest)
        ),
        mode=mode,
        fixed=(
            Action(
                type="AdoptRoutePolicy",
                target_ref=target,
                adopt_route_policy=AdoptRoutePolicy(bounds_digest=digest),
            ),
        ),
    )


def _because(name: str, what: str, *, first: bool) -> str:
    if first:
        return f"route {name} is new, and no weight moves before its policy is adopted: {what}"
    return f"the policy of route {name} was changed, and it goes on by the one before until this is adopted: {what}"
