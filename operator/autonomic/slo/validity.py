"""What the server itself must say before an indicator is believed: that it parses, and that a latency is a bucket's border."""

from bisect import bisect_left
from collections import Counter
from decimal import Decimal

from autonomic.domain.borders import BUCKET, bound_of, plain
from autonomic.domain.objectives import Objective
from autonomic.domain.promql import Selector
from autonomic.domain.readings import Vector
from autonomic.slo.free_queries import with_window
from autonomic.slo.measures import Events, Gauge, Increase, Measure, Query, Term

_INFINITE = Decimal("Infinity")


def expressions(measure: Measure) -> tuple[tuple[str, Selector | str], ...]:
    """What the server's parser shall check: `total`, `good`, `bad` or `value`, and its selector or whole PromQL."""
    if isinstance(measure, Gauge):
        return (("value", _asked(measure.value)),)
    if isinstance(measure, Events):
        terms = (("total", measure.total), ("good", measure.good), ("bad", measure.bad))
        return tuple((name, _asked(term)) for name, term in terms if term)
    return ()


def _asked(term: Term) -> Selector | str:
    return with_window(term) if isinstance(term, Query) else term.selector


def borders_question(measure: Measure) -> str | None:
    """PromQL for how many series have each border of a classic histogram; None where there is none to ask about.

    A native histogram answers with one more number, which has no `le`.
    """
    bucket = _bucket(measure)
    if bucket is None:
        return None
    others = tuple(each for each in bucket.matchers if each.label != "le")
    native = Selector(bucket.metric.removesuffix(BUCKET), others)
    return f"count by (le) ({Selector(bucket.metric, others)}) or count(histogram_count({native}))"


def wrong_border(objective: Objective, measure: Measure, found: Vector) -> str | None:
    """What is wrong with the objective's threshold, by the answer to `borders_question`; None where nothing is.

    No histogram at all is no error: there are no data yet.
    """
    bucket = _bucket(measure)
    bound = bound_of(bucket) if bucket else None
    if bucket is None or bound is None or not found.samples:
        return None
    series: Counter[Decimal] = Counter()
    for each in found.samples:
        if "le" in each.labels:
            series[Decimal(each.labels["le"])] += int(Decimal(each.value))
    if not series:
        return f"{bucket.metric.removesuffix(BUCKET)} is a native histogram: {_way_to_native(objective)}"
    return _judged(_written(objective), bound, series)


def _judged(written: str, bound: Decimal, series: Counter[Decimal]) -> str | None:
    if bound not in series:
        return f"{written} is {_place(bound, sorted(set(series) - {_INFINITE}))}"
    if series[bound] < max(series.values()):
        return (
            f"{written} is a bucket in {series[bound]} of {max(series.values())} series: choose one that all have,"
            " or narrow the selector"
        )
    return None


def _place(bound: Decimal, borders: list[Decimal]) -> str:
    if not borders:
        return "no bucket: the histogram has none but +Inf"
    index = bisect_left(borders, bound)
    if index == 0:
        return f"below the smallest bucket {plain(borders[0])}: choose it, or give the histogram a smaller one"
    if index == len(borders):
        return f"above the largest bucket {plain(borders[-1])}: choose it, or give the histogram a larger one"
    return f"between the buckets {plain(borders[index - 1])} and {plain(borders[index])}: choose one of them"


def _bucket(measure: Measure) -> Selector | None:
    """The selector of the bucket that counts a latency's good events."""
    if (
        isinstance(measure, Events)
        and isinstance(measure.good, Increase)
        and bound_of(measure.good.selector) is not None
    ):
        return measure.good.selector
    return None


def _written(objective: Objective) -> str:
    """The threshold or value, as its field says it."""
    latency, signal = objective.indicator.latency, objective.indicator.signal
    if latency:
        return f"indicator.latency.threshold: {latency.threshold}"
    if signal:
        name = "threshold" if signal.threshold else "value"
        return f"indicator.signal.{name}: {signal.threshold or signal.value}"
    return "indicator.ratio.good: its le"


def _way_to_native(objective: Objective) -> str:
    if objective.indicator.latency:
        return "set indicator.latency.buckets to Native"
    return "use indicator.latency with buckets Native instead"
