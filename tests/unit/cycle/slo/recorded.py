"""A metrics server in memory: raw samples, and just as much PromQL as the engine asks, evaluated on them one by one.

`increase(x[w] anchored)` is the recorded increase from the newest sample at or before the window's beginning, if that lies
within the look-back, to the newest in the window; without a sample in the window there is none.
"""

import re
from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise

import promql_parser as promql

from autonomic.domain.readings import Sample
from autonomic.domain.readings import Vector as Answered
from autonomic.ports.memory.metrics import Answer
from autonomic.slo.counting import milliseconds_of

LOOKBACK = 300_000
Labels = frozenset[tuple[str, str]]
Vector = dict[Labels, float]
"""A value for each set of labels, without the metric's name."""


@dataclass
class Recording:
    """One series: (milliseconds, value), oldest first."""

    name: str
    labels: dict[str, str]
    samples: list[tuple[int, float]] = field(default_factory=list)

    def within(self, start: int, end: int) -> list[tuple[int, float]]:
        """The samples after `start`, up to `end`."""
        return self.samples[bisect_right(self.samples, (start, 1e300)) : bisect_right(self.samples, (end, 1e300))]

    def last(self, at: int) -> tuple[int, float] | None:
        """The newest sample within the look-back."""
        found = self.within(at - LOOKBACK, at)
        return found[-1] if found else None


class Recorded:
    """Everything that was recorded. `answer` is a script for `MemoryMetrics`."""

    def __init__(self) -> None:
        self._series: dict[str, dict[Labels, Recording]] = defaultdict(dict)

    def record(self, at: datetime, value: float, name: str, /, **labels: str) -> None:
        """One sample; it may come late."""
        found = self._series[name].setdefault(frozenset(labels.items()), Recording(name, labels))
        insort(found.samples, (milliseconds_of(at), value))

    def answer(self, expr: str, at: datetime) -> Answer:
        """The instant vector."""
        found = self._value(_parsed(expr), milliseconds_of(at))
        assert isinstance(found, dict), f"{expr} is a number"
        return Answered(tuple(Sample(dict(labels), repr(value)) for labels, value in found.items()))

    def _value(self, node: promql.Expr, at: int) -> Vector | float:
        if isinstance(node, promql.NumberLiteral):
            return float(node.val)
        if isinstance(node, promql.ParenExpr):
            return self._value(node.expr, at)
        if isinstance(node, promql.VectorSelector):
            then = at - _milliseconds(node.offset)
            return {key: last[1] for key, each in self._matching(node) if (last := each.last(then))}
        if isinstance(node, promql.AggregateExpr):
            return _aggregated(node.op, _labels(node.modifier), self._vector(node.expr, at))
        if isinstance(node, promql.BinaryExpr):
            return _joined(node, self._value(node.lhs, at), self._value(node.rhs, at))
        assert isinstance(node, promql.Call), f"{node!r} is not evaluated here"
        return self._called(node, at)

    def _vector(self, node: promql.Expr, at: int) -> Vector:
        found = self._value(node, at)
        assert isinstance(found, dict), f"{node!r} is a number"
        return found

    def _called(self, node: promql.Call, at: int) -> Vector:
        name, argument = node.func.name, node.args[0]
        if name == "label_replace":
            more = (node.args[1].val, node.args[2].val)  # with an empty source, the label is that word
            return {labels | {more}: value for labels, value in self._vector(argument, at).items()}
        if name == "vector":
            return {frozenset(): argument.val}
        if name == "timestamp":
            return {key: last[0] / 1000 for key, each in self._matching(argument) if (last := each.last(at))}
        selected, end = argument.vector_selector, at - _milliseconds(argument.vector_selector.offset)
        start = end - _milliseconds(argument.range)
        found = {key: _OVER_TIME[name](each, start, end) for key, each in self._matching(selected)}
        return {key: value for key, value in found.items() if value is not None}

    def _matching(self, node: promql.VectorSelector) -> Iterable[tuple[Labels, Recording]]:
        for key, each in self._series[node.name or ""].items():
            if all(_holds(one, each.labels) for one in node.matchers.matchers):
                yield key, each


@lru_cache(maxsize=4096)
def _parsed(expr: str) -> promql.Expr:
    return promql.parse(expr.replace(" anchored", ""))  # every increase here is


def _holds(matcher: promql.Matcher, labels: Mapping[str, str]) -> bool:
    value, wanted = labels.get(matcher.name, ""), matcher.value
    holds = {
        "MatchOp.Equal": value == wanted,
        "MatchOp.NotEqual": value != wanted,
        "MatchOp.Re": re.fullmatch(wanted, value) is not None,
        "MatchOp.NotRe": re.fullmatch(wanted, value) is None,
    }
    return holds[str(matcher.op)]


def _milliseconds(span: timedelta | None) -> int:
    return round(span / timedelta(milliseconds=1)) if span else 0


def _increase(each: Recording, start: int, end: int) -> float | None:
    inside = each.within(start, end)
    if not inside:
        return None
    before = each.last(start)
    values = [value for _, value in ([before] if before else []) + inside]
    return sum(later - (sooner if later >= sooner else 0) for sooner, later in pairwise(values))


def _end(place: int) -> Callable[[Recording, int, int], float | None]:
    def find(each: Recording, start: int, end: int) -> float | None:
        inside = each.within(start, end)
        return inside[place][1] if inside else None

    return find


_OVER_TIME: dict[str, Callable[[Recording, int, int], float | None]] = {
    "increase": _increase,
    "first_over_time": _end(0),
    "last_over_time": _end(-1),
}


def _labels(modifier: promql.AggModifier | None) -> set[str]:
    return set(modifier.labels) if modifier else set()


def _aggregated(op: object, by: set[str], vector: Vector) -> Vector:
    groups: dict[Labels, list[float]] = defaultdict(list)
    for labels, value in vector.items():
        groups[frozenset(each for each in labels if each[0] in by)].append(value)
    functions: dict[str, Callable[[list[float]], float]] = {"sum": sum, "count": len, "max": max, "min": min}
    return {labels: float(functions[str(op)](values)) for labels, values in groups.items()}


def _joined(node: promql.BinaryExpr, left: Vector | float, right: Vector | float) -> Vector:
    matching = node.modifier.matching if node.modifier else None
    on = set(matching.labels) if matching else None

    def key(labels: Labels) -> Labels:
        return labels if on is None else frozenset(each for each in labels if each[0] in on)

    if isinstance(left, float) or isinstance(right, float):
        return _with_number(str(node.op), left, right)
    there = {key(labels): value for labels, value in right.items()}
    match str(node.op):
        case "or":
            mine = {key(labels) for labels in left}
            return left | {labels: value for labels, value in right.items() if key(labels) not in mine}
        case "and":
            return {labels: value for labels, value in left.items() if key(labels) in there}
        case "unless":
            return {labels: value for labels, value in left.items() if key(labels) not in there}
        case "-":
            return {labels: value - there[key(labels)] for labels, value in left.items() if key(labels) in there}
    raise AssertionError(f"{node.op} is not evaluated here")


def _with_number(op: str, left: Vector | float, right: Vector | float) -> Vector:
    if op == "==" and isinstance(left, dict):
        return {labels: value for labels, value in left.items() if value == right}
    assert op == "*", f"{op} with a number is not evaluated here"
    assert isinstance(left, float), "the number comes first"
    assert isinstance(right, dict), "the vector comes second"
    return {labels: left * value for labels, value in right.items()}
