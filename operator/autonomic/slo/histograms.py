"""Histograms: the events up to a bound, and all of them, of classic ones (by `le`) and of native ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from autonomic.domain.borders import BUCKET, border, plain
from autonomic.domain.errors import Invalid
from autonomic.domain.promql import Matcher, Selector
from autonomic.slo.measures import Events, Fraction, HistogramCount, Increase


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
