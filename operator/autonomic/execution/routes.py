"""The backends of a route's rule, and their weights."""

from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from typing import Any

from autonomic.domain.plans import FieldChange
from autonomic.domain.targets import Target
from autonomic.execution.action import group_kind
from autonomic.execution.fields import change, element, number, objects, pointer, unchangeable

_ROUTES = {("gateway.networking.k8s.io", "HTTPRoute"), ("gateway.networking.k8s.io", "GRPCRoute")}


def route_objection(target: Target, rule: int, names: Mapping[str, int]) -> str | None:
    """Why these backends of the rule can't get these weights."""
    if group_kind(target) not in _ROUTES:
        return f"traffic is moved on HTTPRoutes and GRPCRoutes, not on {target.ref}"
    backends = weights(target, rule)
    if backends is None:
        return f"{target.ref} has no rule {rule}"
    if missing := sorted(set(names) - set(backends)):
        return f"rule {rule} of {target.ref} has no backend {', '.join(missing)}; it has {', '.join(backends)}"
    if not sum({**backends, **names}.values()):
        return f"no backend of rule {rule} of {target.ref} would get any traffic"
    if len(backends) != len(_backends(target, rule)):
        return f"rule {rule} of {target.ref} names a backend twice"
    return unchangeable(target, *(_weight_path(rule, name) for name in names))


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
