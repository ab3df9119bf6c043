"""The backends of a route's rule, and their weights.

Rules have numbers, not names: `rule_digest` tells one from another, so that a plan never acts on a rule that took its place.
"""

from collections.abc import Mapping
from fractions import Fraction
from hashlib import sha256
from math import ceil
from typing import Any

from autonomic.domain.actions import Action
from autonomic.domain.plans import FieldChange
from autonomic.domain.targets import Target
from autonomic.execution.action import group_kind
from autonomic.execution.fields import as_json, change, element, number, objects, parts, pointer, read, unchangeable
from autonomic.execution.ownership import others_at

_GATEWAY, _AI_GATEWAY = "gateway.networking.k8s.io", "aigateway.envoyproxy.io"
_ROUTES = {(_GATEWAY, "HTTPRoute"), (_GATEWAY, "GRPCRoute"), (_AI_GATEWAY, "AIGatewayRoute")}
_RULES = pointer("spec", "rules")


def route_objection(target: Target, rule: int, names: Mapping[str, int]) -> str | None:
    """Why these backends of the rule can't get these weights."""
    if group_kind(target) not in _ROUTES:
        return f"traffic is moved on HTTPRoutes, GRPCRoutes and AIGatewayRoutes, not on {target.ref}"
    if maker := _maker(target):
        return f"{target.ref} is made by AIGatewayRoute {maker}, which writes over it: set targetRef to that AIGatewayRoute"
    backends = weights(target, rule)
    if backends is None:
        return f"{target.ref} has no rule {rule}"
    if missing := sorted(set(names) - set(backends)):
        return f"rule {rule} of {target.ref} has no backend {', '.join(missing)}; it has {', '.join(backends)}"
    if not sum({**backends, **names}.values()):
        return f"no backend of rule {rule} of {target.ref} would get any traffic"
    return _unlike(target, rule) or unchangeable(target, *(_weight_path(rule, name) for name in names))


def _unlike(target: Target, rule: int) -> str | None:
    """Why the weights of the rule's backends are no shares of its traffic."""
    backends = _backends(target, rule)
    if len({str(each.get("name")) for each in backends}) != len(backends):
        return f"rule {rule} of {target.ref} names a backend twice"
    if len({each.get("priority") or 0 for each in backends}) > 1:
        return f"rule {rule} of {target.ref} orders its backends by priority: weights do not say which of them serves"
    return None


def rule_digest(raw: Mapping[str, Any], rule: int) -> str | None:
    """What tells the rule from others: all of it but its weights and the order of its backends; None without the rule."""
    found = read(raw, pointer(*parts(_RULES), str(rule)))
    if not isinstance(found, Mapping):
        return None
    unweighted = ({**each, "weight": None} for each in objects(found, "/backendRefs"))
    backends = sorted(as_json(each) or "" for each in unweighted)
    told = as_json({**found, "backendRefs": backends}) or ""
    return f"sha256:{sha256(told.encode()).hexdigest()}"


def displaced(action: Action, raw: Mapping[str, Any]) -> str | None:
    """Why the rule of that number is another one than the action was made for; None for actions on anything else."""
    wish = action.shift_traffic or action.reroute
    if wish is None or rule_digest(raw, wish.rule) == wish.rule_digest:
        return None
    return (
        f"rule {wish.rule} is another one than when the plan was made: {_RULES} was changed by {others_at(_RULES, raw)}"
    )


def weights(target: Target, rule: int) -> dict[str, int] | None:
    """Weight of each backend; None without the rule. One that does not say has the weight 1."""
    backends = _backends(target, rule)
    return {str(each.get("name")): _weight(each) for each in backends} if backends else None


def weight_changes(target: Target, rule: int, wanted: Mapping[str, int]) -> tuple[FieldChange, ...]:
    """The changes of weights, in the order of their names."""
    return tuple(each for name in sorted(wanted) for each in change(target, _weight_path(rule, name), wanted[name]))


def shown(before: Mapping[str, int] | None, wanted: Mapping[str, int]) -> str:
    """`large 90 -> 50, small 10 -> 50`."""
    now = before or {}
    return ", ".join(f"{name} {now.get(name, '?')} -> {wanted[name]}" for name in sorted(wanted))


def moved(before: Mapping[str, int], wanted: Mapping[str, int]) -> int:
    """Percent of the traffic that goes elsewhere than before, rounded up."""
    after = {**before, **wanted}
    old, new = sum(before.values()), sum(after.values())
    if not old or not new:
        return 100
    gained = sum(max(Fraction(0), Fraction(after[name], new) - Fraction(before[name], old)) for name in before)
    return ceil(gained * 100)


def _weight_path(rule: int, name: str) -> str:
    return pointer("spec", "rules", str(rule), "backendRefs", element(name), "weight")


def _weight(backend: Mapping[str, Any]) -> int:
    said = number(backend, "/weight")
    return 1 if said is None else max(0, said)


def _backends(target: Target, rule: int) -> list[Mapping[str, Any]]:
    return objects(target.raw, pointer("spec", "rules", str(rule), "backendRefs"))


def _maker(target: Target) -> str | None:
    """The AIGatewayRoute that controls the route."""
    owners = (each for each in objects(target.raw, "/metadata/ownerReferences") if each.get("controller"))
    ours = (each for each in owners if str(each.get("apiVersion")).startswith(f"{_AI_GATEWAY}/"))
    return next((str(each.get("name")) for each in ours if each.get("kind") == "AIGatewayRoute"), None)
