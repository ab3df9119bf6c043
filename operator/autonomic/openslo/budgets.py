"""Targets, budgeting methods and slices out of an SLO."""

from typing import Any

from autonomic.openslo.durations import slice_length
from autonomic.openslo.indicators import decimal
from autonomic.openslo.node import Inconvertible, Node

_METHODS = ("Occurrences", "Timeslices", "RatioTimeslices")
_PERCENT, _ALL = 2, 100
_USUAL_SLICE = "1m"


def target(given: Node) -> str:
    """The target in percent. Raises Invalid."""
    ratio, percent = given.get("target"), given.get("targetPercent")
    if ratio is not None and percent is not None:
        raise given.wrong("give target or targetPercent, one of them")
    node = given.need("target") if percent is None else percent
    promised = node.number() if percent else node.number().scaleb(_PERCENT)
    if not 0 < promised < _ALL:
        raise node.wrong(
            "a target leaves an error budget: write more than 0, and less than 1 (or 100 of targetPercent)"
        )
    return decimal(promised)


def budget(spec: Node, given: Node, is_gauge: bool) -> dict[str, Any]:
    """Budgeting and slices, as a contract writes them. Raises Invalid, Inconvertible."""
    method = spec.need("budgetingMethod")
    if method.value not in _METHODS:
        raise method.wrong(f"write one of {', '.join(_METHODS)}")
    if is_gauge and method.value != "Timeslices":
        method.lose(f"a threshold is judged slice by slice: Timeslices of {_USUAL_SLICE} are taken")
        return {"budgeting": "Timeslices"}
    if method.value == "Occurrences":
        return {"budgeting": "Occurrences"}
    return {"budgeting": method.text(), **_slices(given, is_gauge, method.text())}


def _slices(given: Node, is_gauge: bool, method: str) -> dict[str, Any]:
    length, target = slice_length(given.need("timeSliceWindow")), given.get("timeSliceTarget")
    if method == "Timeslices" and not is_gauge:
        return {"slices": {"length": length, "target": _slice_target(given.need("timeSliceTarget"))}}
    if target is not None and not (is_gauge and target.number() == 1):
        target.lose("a slice of a threshold is looked at once" if is_gauge else "RatioTimeslices have no such target")
    return {} if length == _USUAL_SLICE else {"slices": {"length": length}}


def _slice_target(target: Node) -> str:
    if target.number() >= 1:
        raise Inconvertible(
            target.lost("a slice in which no event may be bad can not be said: write less than 1, such as 0.9999")
        )
    return decimal(target.number().scaleb(_PERCENT))
