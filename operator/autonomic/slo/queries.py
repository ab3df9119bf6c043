"""The PromQL of a shape: one expression that gives a number for each of its rows, named by their labels.

`increase(x[w] anchored)` counts the recorded events of a window exactly, resets included (Prometheus 3.16; asked of the
server; of native histograms from 3.13 on). Where it is missing, plain `increase` extrapolates and the status says
Approximate.
"""

from collections.abc import Sequence

from autonomic.domain.units import duration, milliseconds
from autonomic.slo.measures import WINDOW, Fraction, HistogramCount, Latest, Query
from autonomic.slo.rows import Shape

SEEN_WITHIN = 86_400_000
"""Milliseconds. A series that was seen in the day before is not new but comes back, whatever the gap."""


def counted(shape: Shape, found: str, window: str, *, anchored: bool) -> str:
    """Events of a window that ends at the time of the query; of a gauge, its value then."""
    if isinstance(shape.term, Query):
        return f"({shape.term.text.replace(WINDOW, window)})"
    if isinstance(shape.term, Latest):
        return f"{shape.term.aggregate}{_by(shape.by)} ({found})"
    events = f"sum{_by(shape.by)} (increase({found}[{window}]{' anchored' if anchored else ''}))"
    if isinstance(shape.term, HistogramCount):
        return f"histogram_count({events})"
    if isinstance(shape.term, Fraction):
        # Of nothing the fraction is NaN, which is no sign of a flaw here: it is left out.
        return f"((histogram_fraction(-Inf, {shape.term.upper}, {events}) >= 0) * histogram_count({events}))"
    return events


def newest(shape: Shape, found: str) -> str:
    """When the newest sample was taken, in seconds since the epoch; of a whole query, the time of the query."""
    if isinstance(shape.term, Query):
        return f"timestamp({counted(shape, found, '5m', anchored=False)})"
    return f"max{_by(shape.by)} (timestamp({found}))"


def present(shape: Shape, found: str, within: str, before: str = "") -> str:
    """How many series had a sample in the stretch `within` that ended `before` the time of the query."""
    if isinstance(shape.term, Query):
        return newest(shape, found)
    ended = f" offset {before}" if before else ""
    return f"count{_by(shape.by)} (last_over_time({found}[{within}]{ended}))"


def there(shape: Shape, found: str) -> str:
    """How many series there are now: names the groups that exist."""
    if isinstance(shape.term, Query):
        return f"count{_by(shape.by)} {counted(shape, found, '5m', anchored=False)}"
    return f"count{_by(shape.by)} ({found})"


def how_many(found: str) -> str:
    """How many series there are now, of all rows together."""
    return f"count({found})"


def maybe_new(shape: Shape, found: str, window: str) -> str:
    """How many series there are that were not there one window ago: new ones, and those that come back after a gap."""
    return f"count{_by(shape.by)} ({found} unless {found} offset {window})"


def maybe_began(shape: Shape, found: str, window: str) -> str:
    """The same of a long window: how many series have a sample in it and were not there when it began."""
    return f"count{_by(shape.by)} (first_over_time({found}[{window}]) unless {found} offset {window})"


def first_values(shape: Shape, found: str, window: str) -> str:
    """First values of series that appeared within the window beside a target that was scraped before it.

    `increase` leaves them out, though a counter of a target that was watched all along began at zero.
    """
    seen = f"last_over_time({found}[{duration(SEEN_WITHIN)}] offset {window})"
    watched = f"(max by (job, instance) (up offset {window}) == 1)"
    return f"sum{_by(shape.by)} ((first_over_time({found}[{window}]) unless {seen}) and on (job, instance) {watched})"


def returned(shape: Shape, found: str, window: str, since: str = "") -> str:
    """What was counted in gaps that ended within the window: longer than the look-back, and so in no window's increase.

    All of a day and the window, without the day and without the window itself. With `since` only of series that had no
    sample in that time before the window either: a longer increase has seen the others on both sides of their gap.
    """
    day = duration(SEEN_WITHIN)
    whole = f"increase({found}[{duration(SEEN_WITHIN + milliseconds(window))}] anchored)"
    before = f"(increase({found}[{day}] anchored offset {window}) or 0 * {whole})"
    own = f"(increase({found}[{window}] anchored) or 0 * {whole})"
    came_back = f"first_over_time({found}[{window}]) unless {found} offset {window}"
    apart = f" unless last_over_time({found}[{since}] offset {window})" if since else ""
    seen = f"last_over_time({found}[{day}] offset {window})"
    return f"sum{_by(shape.by)} (({whole} - {before} - {own}) and (({came_back}{apart}) and {seen}))"


def _by(labels: Sequence[str]) -> str:
    return f" by ({', '.join(labels)})" if labels else ""
