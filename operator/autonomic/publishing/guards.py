"""What must hold before a window is believed: enough events, and a history at least as long as the window."""

from collections.abc import Iterable
from dataclasses import replace

from autonomic.domain.objectives import Objective
from autonomic.domain.units import milliseconds
from autonomic.publishing import terms
from autonomic.publishing.mixing import Share
from autonomic.publishing.numbers import in_seconds
from autonomic.publishing.series import SLICE, Subject
from autonomic.publishing.spans import Spans
from autonomic.slo.measures import Events, Gauge

Counted = Events | Gauge | tuple[Share, ...]
"""What an objective counts: events, a value slice by slice, or the events of its parts."""

_LONGEST_PROBE = "1h"


def enough(objective: Objective, counted: Counted, subject: Subject, window: str) -> Iterable[str]:
    """At least `minEvents` in the window, of each part where there are parts."""
    for _, own, match in _subjects(counted, subject):
        yield f"{match}{own.of(own.events(window))} * {in_seconds(window)} >= {objective.least}"


def old_enough(objective: Objective, counted: Counted, subject: Subject, spans: Spans, window: str) -> Iterable[str]:
    """Samples from before the window: of the exporters where it is read from them, else of what was recorded."""
    within = max(min(window, _LONGEST_PROBE, key=milliseconds), spans.interval, key=milliseconds)
    for events, own, match in _subjects(counted, subject):
        sliced = objective.budgeting != "Occurrences"
        exported = terms.was_there(events, own, window, within) if events and spans.direct(window) else None
        if exported and not sliced:
            yield f"{subject.on} {exported}"
        else:
            recorded = own.of(SLICE if sliced else own.events(spans.base))
            yield f"{match}last_over_time({recorded}[{within}] offset {window})"


def _subjects(counted: Counted, subject: Subject) -> Iterable[tuple[Events | None, Subject, str]]:
    """What is counted, in whose series, and how these are matched with the objective's."""
    if isinstance(counted, tuple):
        for each in counted:
            yield each.events, replace(subject, part=each.name), f"{subject.on} "
        return
    yield (counted if isinstance(counted, Events) else None), subject, ""
