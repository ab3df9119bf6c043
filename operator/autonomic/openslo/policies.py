"""Alert policies and alert tiers.

A tier is a burn rate over a long window that a short one confirms; an alert condition is a burn rate over `lookbackWindow`
that holds for `alertAfter`. The two are taken for each other.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from autonomic.domain.alerting import AlertWindow
from autonomic.domain.words import Level
from autonomic.openslo.durations import fixed, parts, shorthand
from autonomic.openslo.indicators import decimal
from autonomic.openslo.library import Library
from autonomic.openslo.node import Inconvertible, Node

NOTIFIED = "autonomic-layer"
"""The notification target of exported policies: the format demands one, contracts have none."""

_BREACH = ("page", "critical", "breach", "sev1", "p1", "high")
_WARNING = ("ticket", "warning", "sev2", "sev3", "p2", "p3", "low")


def tiers(policies: Node | None, library: Library) -> list[dict[str, Any]]:
    """The alert tiers of an SLO's policies, as a contract writes them. Raises Invalid."""
    if policies is None:
        return []
    found = (_tier(_policy(each, library), library) for each in policies.each())
    return [tier for tier in found if tier]


def policies(windows: Iterable[AlertWindow], name: str) -> list[dict[str, Any]] | None:
    """Inline policies, one a tier; None where a window is no whole number of minutes."""
    written = [_written(tier, f"{name}-{number}") for number, tier in enumerate(windows, 1)]
    return None if None in written else [each for each in written if each]


def _policy(given: Node, library: Library) -> Node:
    """The spec of a policy: inline, or by its name."""
    reference = (
        Node(given.value, given.document, given.path) if isinstance(given.value, str) else given.get("alertPolicyRef")
    )
    if reference:
        return library.referred(reference, "AlertPolicy").need("spec")
    return _inline(given)


def _inline(given: Node) -> Node:
    given.get("kind")
    if metadata := given.get("metadata"):
        metadata.get("name")
    return given.need("spec")


def _tier(spec: Node, library: Library) -> dict[str, Any] | None:
    _name_switches(spec)
    targets = spec.get("notificationTargets")
    for target in targets.each() if targets else ():
        _name_target(target)
    conditions = spec.need("conditions")
    if len(conditions.each()) != 1:
        raise conditions.wrong("give exactly one condition")
    condition = conditions.each()[0]
    reference = condition.get("conditionRef")
    found = library.referred(reference, "AlertCondition").need("spec") if reference else _inline(condition)
    try:
        breaching = spec.get("alertWhenBreaching")
        if breaching and not breaching.flag():
            raise Inconvertible(breaching.lost("a policy that is silent while the budget burns is no alert tier"))
        return _window(found)
    except Inconvertible as error:
        found.dismiss(error.loss)
        return None


def _window(spec: Node) -> dict[str, Any]:
    condition = spec.need("condition")
    _check_kind(condition)
    return {
        "long": fixed(condition.need("lookbackWindow")),
        "short": _confirmed_by(condition),
        "factor": decimal(condition.need("threshold").number()),
        "level": _level(spec.need("severity")),
    }


def _check_kind(condition: Node) -> None:
    kind, op = condition.get("kind"), condition.get("op")
    if kind and kind.value != "burnrate":
        raise Inconvertible(kind.lost("only burnrate conditions become alert tiers"))
    if op and op.value == "gte":
        op.lose("a tier fires above its factor, not at it")
    elif op and op.value != "gt":
        raise Inconvertible(op.lost("a tier fires above its factor, never below it"))


def _confirmed_by(condition: Node) -> str:
    after = condition.get("alertAfter")
    if after is None or parts(after)[0] == 0:
        place = after or condition
        raise Inconvertible(
            place.lost("a tier needs a short window that confirms the long one: give alertAfter, such as 5m")
        )
    return fixed(after)


def _level(severity: Node) -> str:
    word = severity.text().lower()
    if word not in (*_BREACH, *_WARNING):
        severity.lose(f"is no severity that is known ({', '.join((*_BREACH, *_WARNING))}): Warning is taken")
    return Level.BREACH if word in _BREACH else Level.WARNING


def _name_switches(spec: Node) -> None:
    no_data, resolved = spec.get("alertWhenNoData"), spec.get("alertWhenResolved")
    if no_data and not no_data.flag():
        no_data.lose("missing data is always shown, as Unknown")
    if resolved and resolved.flag():
        resolved.lose("whoever routes the alerts tells that one ended")


def _name_target(target: Node) -> None:
    if _inline_name(target) != NOTIFIED:
        target.lose("whoever routes the alerts knows whom to tell")


def _inline_name(target: Node) -> object:
    reference = target.get("targetRef")
    if reference:
        return reference.value
    _inline(target).get("target")
    return target.need("metadata").need("name").value


def _written(tier: AlertWindow, name: str) -> dict[str, Any] | None:
    long, short = shorthand(tier.long), shorthand(tier.short)
    if long is None or short is None:
        return None
    burn = {
        "kind": "burnrate",
        "op": "gt",
        "threshold": Decimal(tier.factor),
        "lookbackWindow": long,
        "alertAfter": short,
    }
    severity = "page" if tier.level is Level.BREACH else "ticket"
    condition = {
        "kind": "AlertCondition",
        "metadata": {"name": name},
        "spec": {"severity": severity, "condition": burn},
    }
    target = {"kind": "AlertNotificationTarget", "metadata": {"name": NOTIFIED}, "spec": {"target": NOTIFIED}}
    return {
        "kind": "AlertPolicy",
        "metadata": {"name": name},
        "spec": {
            "alertWhenBreaching": True,
            "alertWhenNoData": True,
            "alertWhenResolved": False,
            "conditions": [condition],
            "notificationTargets": [target],
        },
    }
