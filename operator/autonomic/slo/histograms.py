"""Histograms: the events up to a bound, and all of them, of classic ones (by `le`) and of native ones."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from autonomic.domain.errors import Invalid
from autonomic.domain.promql import Matcher, Selector
from autonomic.slo.measures import Events, Fraction, HistogramCount, Increase

BUCKET = "_bucket"
"""Ends the name of a classic histogram's buckets."""

_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


def labelled(name: str, matchers: Sequence[Matcher], field: str) -> Selector:
    """A histogram by its name without suffix, and its matchers. Raises Invalid where one of them picks buckets."""
    for each in matchers:
        if each.label in ("le", "__name__"):
            raise Invalid(f"{field}: {each} is not for people to match: the engine chooses the buckets, leave it out")
    return Selector(name, tuple(sorted({*matchers})))


@dataclass(frozen=True, slots=True)
class Histogram:
    """A histogram, by a selector with its name without suffix."""

    series: Selector
    native: bool

    def up_to(self, bound: Decimal) -> Events:
        """Events up to the bound, in the histogram's unit, out of all."""
        if self.native:
            return Events(HistogramCount(self.series), good=Fraction(self.series, plain(bound)))
        count, bucket = (
            Selector(f"{self.series.metric}{suffix}", self.series.matchers) for suffix in ("_count", BUCKET)
        )
        return Events(Increase(count), good=Increase(bucket.also(border(bound))))


def plain(number: Decimal) -> str:
    """1E+1 -> `10`, 0.50 -> `0.5`: no exponent, no zeros that say nothing."""
    return format(number.normalize(), "f")


def border(bound: Decimal) -> Matcher:
    """The matcher of one bucket, in every spelling of its border.

    Prometheus 3 stores `1` as `1.0` and `1000000` as `1e+06`; before, and in other stores, it is as it was exposed.
    """
    spellings = spelt(bound)
    if len(spellings) == 1:
        return Matcher("le", "=", spellings[0])
    return Matcher("le", "=~", "|".join(re.escape(each) for each in spellings))


def bound_of(bucket: Selector) -> Decimal | None:
    """The bound whose `border` the selector of a bucket has; None for any other selector."""
    for each in bucket.matchers:
        first = each.value.split("|")[0].replace("\\", "")
        if each.label == "le" and bucket.metric.endswith(BUCKET) and _NUMBER.fullmatch(first):
            return Decimal(first) if border(Decimal(first)) == each else None
    return None


def spelt(bound: Decimal) -> tuple[str, ...]:
    """How a border may be written: `0.8`; `1` and `1.0`; `1000000`, `1000000.0` and `1e+06`."""
    number = plain(bound)
    written = (number,) if "." in number else (number, f"{number}.0")
    exponent = bound.adjusted()
    if -5 < exponent < 6:
        return written
    mantissa = plain(bound.scaleb(-exponent))
    return (*written, f"{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}")
