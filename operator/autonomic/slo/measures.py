"""What an indicator counts, in terms that a query can be written for. Every kind of indicator becomes one of these."""

from dataclasses import dataclass
from decimal import Decimal

from autonomic.domain.promql import Selector
from autonomic.domain.words import Comparison

WINDOW = "$window"
"""Stands in a whole query for the range it counts over."""


@dataclass(frozen=True, slots=True)
class Increase:
    """Events that a counter counted."""

    selector: Selector


@dataclass(frozen=True, slots=True)
class Fraction:
    """Events of a native histogram up to a bound, in the histogram's unit; interpolated inside a bucket."""

    selector: Selector
    upper: str


@dataclass(frozen=True, slots=True)
class HistogramCount:
    """All events of a native histogram."""

    selector: Selector


@dataclass(frozen=True, slots=True)
class Latest:
    """The value of a gauge now; `aggregate` is max, min, avg or sum, and makes one number of several series."""

    selector: Selector
    aggregate: str


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query, with `$window` where it counts events and without where it looks at a value."""

    text: str


Term = Increase | Fraction | HistogramCount | Latest | Query


@dataclass(frozen=True, slots=True)
class Events:
    """Good or bad events (one of the two) out of all."""

    total: Term
    bad: Term | None = None
    good: Term | None = None


@dataclass(frozen=True, slots=True)
class Gauge:
    """A value that a good slice holds against a bound."""

    value: Term
    op: Comparison
    bound: Decimal


@dataclass(frozen=True, slots=True)
class Mix:
    """Other objectives, `contract/objective` in the same namespace, each with its weight."""

    parts: tuple[tuple[str, int], ...]


Measure = Events | Gauge | Mix


def exact(measure: Measure) -> bool:
    """Whether the counts of recorded events can be exact; whole queries and fractions are approximations."""
    if isinstance(measure, Events):
        terms = [term for term in (measure.total, measure.bad, measure.good) if term]
        return all(isinstance(term, Increase) for term in terms)
    return not (isinstance(measure, Gauge) and isinstance(measure.value, Query))
