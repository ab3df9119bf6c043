"""Composites: the weighted mean of the parts' error ratios, window by window."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from autonomic.publishing.recording import Rule, occurrences, record
from autonomic.publishing.series import Subject
from autonomic.publishing.spans import Spans
from autonomic.slo.measures import Events


@dataclass(frozen=True, slots=True)
class Share:
    """One part: what it counts and how much it weighs. `name` is `contract/objective`."""

    name: str
    events: Events
    weight: int


def composite(shares: Sequence[Share], subject: Subject, spans: Spans) -> Iterable[Rule]:
    """The parts' rates and ratios, under names of their own, and the mean of the ratios.

    A part without events has no ratio, and the composite has none then: unknown is not fine.
    """
    parts = [(replace(subject, part=each.name), each) for each in shares]
    for own, each in parts:
        yield from occurrences(each.events, own, spans)
    whole = sum(each.weight for each in shares)
    for window in spans.windows:
        weighted = [f"{each.weight} * {subject.each('sum', own.of(own.ratio(window)))}" for own, each in parts]
        yield record(subject.ratio(window), f"({' + '.join(weighted)}) / {whole}", subject)
