"""Whether a route may write weights now, and to a given object: opted in, trusted, approved, no RedLine against it. Pure."""

from dataclasses import dataclass

from autonomic.cycle.plan.holding import standstill
from autonomic.cycle.routing.adopting import LOOP
from autonomic.domain.meta import ObjectRef
from autonomic.domain.routes import AdaptiveRoute
from autonomic.domain.targets import Target
from autonomic.domain.view import View
from autonomic.domain.words import Mode, strictest
from autonomic.execution.effects import of_configuring
from autonomic.governance.bounds import in_flight
from autonomic.governance.freezing import frozen_until
from autonomic.governance.selection import lines_over
from autonomic.ports.cluster import Proof


@dataclass(frozen=True, slots=True)
class Denied:
    """Nothing is written: `reason` is a CamelCase word, `message` a sentence."""

    reason: str
    message: str


def denied(route: AdaptiveRoute, view: View, proof: Proof) -> Denied | None:
    """Why the route moves no weight, neither of decisions nor of objects; None when it may."""
    namespace = route.metadata.namespace
    if not view.namespace(namespace).enabled:
        return Denied("NamespaceNotEnabled", f"namespace {namespace} has not opted in")
    mode = strictest(route.spec.mode, view.namespace(namespace).ceiling)
    if mode is not Mode.ENFORCE:
        return Denied(mode.value, f"the strictest mode in force is {mode}: the baseline does all tasks")
    return withheld(route, view, proof)


def withheld(route: AdaptiveRoute, view: View, proof: Proof) -> Denied | None:
    """Why nothing is explored, whatever the mode: everything stands still, or its policy was not adopted."""
    if stop := standstill(view, proof):
        return Denied(*stop)
    if not route.approved:
        return Denied(
            "AwaitingApproval",
            "the policy was not adopted yet: the condition Adopted names the plan that asks for it",
        )
    return None


def forbidden(target: Target, view: View) -> Denied | None:
    """Why this object must not be written now: a RedLine, or a plan that is at it. Cool-downs are held by admission."""
    busy = next((key for key, plan in view.plans.items() if in_flight(plan) and target.ref in plan.refs), None)
    if busy:
        return Denied("TargetBusy", f"plan {busy} is at {target.ref}")
    for line in lines_over(target, LOOP, view):
        name = line.metadata.name
        if effects := of_configuring(target) & frozenset(line.spec.forbid):
            return Denied("RedLine", f"RedLine {name} forbids {', '.join(sorted(effects))} at {target.ref}")
        if until := frozen_until(line.spec, view.now):
            return Denied("Frozen", f"RedLine {name}: {target.ref} is frozen until {until:%Y-%m-%d %H:%M:%S} UTC")
    return None


def rival(route: AdaptiveRoute, place: str, view: View) -> ObjectRef | None:
    """The elder route that writes to the same place: two would never come to an end."""
    for other in view.routes.values():
        same = other.metadata.namespace == route.metadata.namespace and other.metadata.uid != route.metadata.uid
        if same and _age(other) < _age(route) and any(each.place == place for each in other.standing.spec.publish):
            return other.ref
    return None


def _age(route: AdaptiveRoute) -> tuple[str, str]:
    made = route.metadata.creation_timestamp
    return made.isoformat() if made else "", route.metadata.uid
