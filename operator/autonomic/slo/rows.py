"""Rows: one number of one objective, and the shape that it shares with others, so that one query answers for all of them.

The matchers of a selector that name one value (`app="agent"`) tell rows of one shape apart; all else is the shape.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from autonomic.domain.promql import Matcher, Selector
from autonomic.slo.measures import Fraction, HistogramCount, Increase, Latest, Query, Term


@dataclass(frozen=True, slots=True)
class Shape:
    """What a query for many rows has in common. `term` has the selector without the values of `labels`."""

    term: Term
    labels: tuple[str, ...]
    groups: tuple[str, ...]
    lookback: str

    @property
    def by(self) -> tuple[str, ...]:
        """The labels whose values name a row."""
        return self.labels + self.groups

    @property
    def counts(self) -> bool:
        """True for the recorded increase of counters, that alone can be counted exactly."""
        return isinstance(self.term, Increase)

    @property
    def selector(self) -> Selector | None:
        """What all its series match; None for a whole query."""
        return None if isinstance(self.term, Query) else self.term.selector


@dataclass(frozen=True, slots=True)
class Row:
    """One number: the values of its shape's labels, in order."""

    shape: Shape
    values: tuple[str, ...]


def row(term: Term, groups: tuple[tuple[str, str], ...], lookback: str) -> Row:
    """The row of a term in a group, which is given as (label, value) pairs in the order of groupBy."""
    names, values = tuple(name for name, _ in groups), tuple(value for _, value in groups)
    if isinstance(term, Query):
        return Row(_shape(term, (), names, lookback), values)
    labels = [each.label for each in term.selector.matchers]
    told: list[Matcher] = []
    rest: list[Matcher] = []
    for each in term.selector.matchers:
        alone = each.op == "=" and each.value and each.label != "__name__" and labels.count(each.label) == 1
        (told if alone else rest).append(each)
    shape = Shape(
        _with(term, Selector(term.selector.metric, tuple(rest))), tuple(each.label for each in told), names, lookback
    )
    return Row(shape, tuple(each.value for each in told) + values)


@lru_cache(maxsize=1 << 16)
def _shape(term: Term, labels: tuple[str, ...], groups: tuple[str, ...], lookback: str) -> Shape:
    """The one shape of all its rows."""
    return Shape(term, labels, groups, lookback)


def matching(shape: Shape, rows: Iterable[Row]) -> Selector:
    """A selector of the shape's series that finds those of all these rows, and maybe some of others."""
    assert shape.selector is not None  # noqa: S101 - a whole query has none
    columns = zip(*(each.values for each in rows), strict=True)
    named = [one_of(label, sorted(set(values))) for label, values in zip(shape.labels, columns, strict=False)]
    return shape.selector.also(*named, *(Matcher(label, "!=", "") for label in shape.groups))


def one_of(label: str, values: Sequence[str]) -> Matcher:
    """A matcher of these values of the label and no other."""
    if len(values) == 1:
        return Matcher(label, "=", values[0])
    return Matcher(label, "=~", "|".join(quoted(value) for value in values))


_SPECIAL = str.maketrans({each: f"\\{each}" for each in r"\.+*?()|[]{}^$"})


def quoted(value: str) -> str:
    """The value as a regular expression of RE2 that matches it alone."""
    return value.translate(_SPECIAL)


def _with(term: Increase | Fraction | HistogramCount | Latest, selector: Selector) -> Term:
    if isinstance(term, Fraction):
        return Fraction(selector, term.upper)
    if isinstance(term, Latest):
        return Latest(selector, term.aggregate)
    return type(term)(selector)
