"""Terms as PromQL: events a second over a window, or a value now, one result a group.

Plain `rate`: other rulers than Prometheus may not know `anchored`. Everything here is an expression that can stand as an
operand.
"""

from autonomic.domain.promql import Matcher, Selector
from autonomic.domain.words import Comparison
from autonomic.publishing.numbers import in_seconds, number
from autonomic.publishing.series import Subject
from autonomic.slo.measures import WINDOW, Events, Fraction, Gauge, HistogramCount, Latest, Query, Term

_FAILS = {Comparison.GT: "<=", Comparison.GE: "<", Comparison.LT: ">=", Comparison.LE: ">"}


def total(events: Events, subject: Subject, window: str) -> str:
    """All events a second."""
    return _rate(events.total, subject, window)


def bad(events: Events, subject: Subject, window: str, all_events: str) -> str:
    """Bad events a second; where the series counted is absent beside `all_events` (an expression), it counted none."""
    counted = events.bad or events.good
    assert counted is not None  # noqa: S101 - events have one of the two
    known = f"({_rate(counted, subject, window)} or 0 * {all_events})"
    return known if events.bad else f"clamp_min({all_events} - {known}, 0)"


def fails(gauge: Gauge, subject: Subject) -> str:
    """1 where the value does not hold its bound, 0 where it does; nothing where it is no finite number."""
    value = _value(gauge.value, subject)
    return f"(({value} > -Inf) < +Inf) {_FAILS[gauge.op]}bool {number(gauge.bound)}"


def was_there(events: Events, subject: Subject, before: str, within: str) -> str | None:
    """Whether all events were counted before a window; None where a whole query hides the series."""
    if isinstance(events.total, Query):
        return None
    found = _grouped(events.total.selector, subject)
    return subject.each("count", f"last_over_time({found}[{within}] offset {before})")


def _rate(term: Term, subject: Subject, window: str) -> str:
    if isinstance(term, Query):
        return f"({_one(term.text.replace(WINDOW, window), subject)}) / {in_seconds(window)}"
    events = subject.each("sum", f"rate({_grouped(term.selector, subject)}[{window}])")
    if isinstance(term, HistogramCount):
        return f"histogram_count({events})"
    if isinstance(term, Fraction):
        # Without an observation the fraction is NaN, and a NaN would poison every sum that it enters.
        return f"(histogram_fraction(-Inf, {term.upper}, {events}) >= 0) * histogram_count({events})"
    return events


def _value(term: Term, subject: Subject) -> str:
    if isinstance(term, Query):
        return f"({_one(term.text, subject)})"
    assert isinstance(term, Latest)  # noqa: S101 - a gauge looks at a value
    return subject.each(term.aggregate, str(_grouped(term.selector, subject)))


def _one(text: str, subject: Subject) -> str:
    """The query where it gives one result a group. Several are no answer: nobody knows which is meant."""
    return f"{subject.each('sum', text)} and {subject.each('count', text)} == 1"


def _grouped(selector: Selector, subject: Subject) -> Selector:
    return selector.also(*(Matcher(label, "!=", "") for label in subject.groups))
