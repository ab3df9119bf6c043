"""Indicators out of SLIs."""

from decimal import Decimal
from typing import Any

from autonomic.openslo.library import Library
from autonomic.openslo.node import Inconvertible, Node
from autonomic.openslo.queries import aggregated, check, plain, windowed
from autonomic.openslo.sources import query

OPS = {"gt": "GT", "gte": "GE", "lt": "LT", "lte": "LE"}


def indicator(sli: Node, objective: Node, library: Library) -> dict[str, Any]:
    """The indicator of an SLI's spec, as a contract writes it; a threshold's bound stands in the objective.

    Raises Invalid, Inconvertible.
    """
    ratio, threshold = sli.get("ratioMetric"), sli.get("thresholdMetric")
    if (ratio is None) == (threshold is None):
        raise sli.wrong("give ratioMetric or thresholdMetric, one of them")
    if ratio:
        for field in filter(None, map(objective.get, ("op", "value"))):
            field.lose("means nothing for a ratio")
        return _ratio(ratio, library)
    assert threshold is not None  # noqa: S101 - one of the two
    return _threshold(query(threshold, library), objective)


def _ratio(ratio: Node, library: Library) -> dict[str, Any]:
    if raw := ratio.get("raw"):
        ratio.get("rawType")
        raise Inconvertible(
            raw.lost("a ratio that was computed before has no events to count: give good or bad, and total")
        )
    sides = {side: query(node, library) for side in ("good", "bad", "total") if (node := ratio.get(side))}
    if "total" not in sides or len(sides) != 2:
        raise ratio.wrong("give total, and good or bad, one of them")
    counter = ratio.get("counter")
    return _selectors(sides, counter is None or counter.flag()) or _queries(sides)


def _selectors(sides: dict[str, Node], counter: bool) -> dict[str, Any] | None:
    forms = {side: plain(node.text()) for side, node in sides.items()}
    if not all(form and (form.ranged or counter) for form in forms.values()):
        return None
    return {"ratio": {side: form.selector for side, form in forms.items() if form}}


def _queries(sides: dict[str, Node]) -> dict[str, Any]:
    return {"ratioQuery": {side: _windowed(node) for side, node in sides.items()}}


def _windowed(node: Node) -> str:
    try:
        return windowed(node.text())
    except ValueError as error:
        raise Inconvertible(
            node.lost(f"{error}; write a counter's selector, or sum(increase(...[$window]))")
        ) from error


def _threshold(source: Node, objective: Node) -> dict[str, Any]:
    op = objective.need("op")
    if op.value not in OPS:
        raise op.wrong(f"write one of {', '.join(OPS)}")
    bound = {"op": OPS[op.text()], "value": decimal(objective.need("value").number())}
    found = aggregated(source.text())
    if found is None:
        try:
            check(source.text())
        except ValueError as error:
            raise Inconvertible(source.lost(str(error))) from error
        return {"thresholdQuery": {"query": source.text(), **bound}}
    strictest = "Max" if bound["op"] in ("LT", "LE") else "Min"
    return {"threshold": {"selector": found[1], "aggregate": found[0] or strictest, **bound}}


def decimal(number: Decimal) -> str:
    """A number as contracts write it: no exponent."""
    return format(number, "f")
