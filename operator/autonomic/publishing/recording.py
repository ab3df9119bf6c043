"""Recording rules: for each window the rate of bad and of all events, and their ratio.

A ratio of sums, never a mean of ratios: that would weigh a quiet minute like a busy one.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from autonomic.publishing import terms
from autonomic.publishing.numbers import in_seconds, number
from autonomic.publishing.series import SLICE, Subject
from autonomic.publishing.spans import Spans
from autonomic.slo.measures import Events, Gauge

Rule = dict[str, Any]


def record(name: str, expr: str, subject: Subject, **labels: str) -> Rule:
    """One recording rule."""
    return {"record": name, "expr": expr, "labels": subject.labels | labels}


def occurrences(events: Events, subject: Subject, spans: Spans) -> Iterable[Rule]:
    """Rates of events and their ratio over every window."""
    for window in spans.windows:
        yield from _rates(events, subject, spans, window)
        yield ratio(subject, window)


def _rates(events: Events, subject: Subject, spans: Spans, window: str) -> Iterable[Rule]:
    names = subject.events, subject.errors
    if not spans.direct(window):
        share = f"* {in_seconds(spans.interval)} / {in_seconds(window)}"
        for name in names:
            recorded = f"{subject.of(name(spans.base))}[{window}]"
            yield record(name(window), f"sum_over_time({recorded}) {share}", subject)
        return
    # The rules of a group are evaluated in their order: what is recorded here is read by the next at the same time.
    everything = subject.each("sum", subject.of(subject.events(window)))
    yield record(subject.events(window), terms.total(events, subject, window), subject)
    yield record(subject.errors(window), terms.bad(events, subject, window, everything), subject)


def ratio(subject: Subject, window: str) -> Rule:
    """The error ratio; absent without events, since 0/0 says nothing."""
    errors, events = subject.of(subject.errors(window)), subject.of(subject.events(window))
    return record(subject.ratio(window), f"{errors} / ({events} > 0)", subject)


def one_slice(measure: Events | Gauge, subject: Subject, length: str, slice_target: str | None) -> Rule:
    """How bad the slice is that just ended: 0 or 1, or (without `slice_target`, of events) its error ratio."""
    if isinstance(measure, Gauge):
        return record(SLICE, terms.fails(measure, subject), subject)
    everything = terms.total(measure, subject, length)
    errors = terms.bad(measure, subject, length, everything)
    share = f"{errors} / ({everything} > 0)"
    judged = f"({share}) >bool {number(1 - Decimal(slice_target) / 100)}" if slice_target else share
    return record(SLICE, judged, subject)


def slices(subject: Subject, spans: Spans) -> Iterable[Rule]:
    """Rates of bad and of all slices, and their ratio, over every window: slices weigh alike."""
    slice_ = subject.of(SLICE)
    for window in spans.windows:
        seconds = in_seconds(window)
        yield record(subject.events(window), f"count_over_time({slice_}[{window}]) / {seconds}", subject)
        yield record(subject.errors(window), f"sum_over_time({slice_}[{window}]) / {seconds}", subject)
        yield ratio(subject, window)
