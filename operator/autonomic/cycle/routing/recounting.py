"""Profiles after a restart: what happened since the checkpoint is read from the counters that whoever decided then exported.

Every replica exports what it decided, and Prometheus keeps it after the replica is gone: so the next one knows of it. What a
policy learnt is as of its checkpoint: counters have lost the order of outcomes.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite

from autonomic.cycle.routing.desk import Desk
from autonomic.cycle.routing.learning import Learner
from autonomic.cycle.routing.service import AdaptiveRoutingService
from autonomic.cycle.store import Store
from autonomic.domain.crowding import leaving_out
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.domain.promql import Matcher, Selector
from autonomic.domain.readings import RangeQuestion, Series
from autonomic.ports.metrics import Metrics
from autonomic.routing.tally import Tally

OLDEST = timedelta(hours=6)
"""What is older counts for less than a sixtieth in a profile."""
PART = timedelta(minutes=10)
"""Outcomes are taken to have come in the middle of a part of this length at most: a profile forgets half in an hour."""
LEAST = timedelta(seconds=30)
"""Of a shorter time counters say nothing: an increase needs two scrapes."""
AGAIN, SOON = 30.0, 1.0
"""Seconds until Prometheus is asked again where it gave no answer, and until a route that nobody opened yet is looked at."""
_COUNTERS: Mapping[str, tuple[str, str | None]] = {
    "result": ("autonomic_route_outcomes_total", "result"),
    "latency": ("autonomic_route_latency_seconds_bucket", "le"),
    "money": ("autonomic_route_cost_sum", None),
    "priced": ("autonomic_route_cost_count", None),
    "valid": ("autonomic_route_json_total", "valid"),
}
"""By figure: the counter, and the label that it is told apart by."""

Place = tuple[str, str, int]
"""Task type, candidate, and the end of a part in milliseconds since the epoch."""


@dataclass(frozen=True)
class Recounting:
    """Asked once a route, when this replica opened it. Where Prometheus does not answer the checkpoint stands meanwhile."""

    metrics: Metrics
    store: Store
    service: AdaptiveRoutingService

    async def recount(self, key: str) -> float | None:
        """Folds what is found into the profiles; the seconds until it is asked again where there was no answer."""
        route, desk = self.store.route(key), self.service.desks.get(key)
        if route is None or route.metadata.deletion_timestamp or (desk and desk.recounted):
            return None
        if leaving_out(self.store.crowds, route):
            return None
        if desk is None:
            return SOON
        spans = _spans(desk)
        try:
            found = {since: await self._tallies(desk, since) for since in spans}
        except Unavailable:
            return AGAIN
        except Invalid:
            found = {}
        desk.recounted = True
        for since, tallies in found.items():
            _fold(spans[since], tallies)
        self.service.wake(key)
        return None

    async def _tallies(self, desk: Desk, since: datetime) -> dict[Place, Tally]:
        whole = desk.opened_at - since
        parts = -(-whole // PART)
        part = timedelta(seconds=whole // timedelta(seconds=1) // parts)
        found: dict[Place, Tally] = defaultdict(Tally)
        bounds: dict[Place, dict[float, float]] = defaultdict(dict)
        for figure, (counter, label) in _COUNTERS.items():
            start = desk.opened_at - part * (parts - 1)
            asked = RangeQuestion(_increase(desk, counter, label, part), start, desk.opened_at, part)
            for series in (await self.metrics.query_range(asked)).series:
                _take(series, figure, label, found, bounds)
        for place, up_to in bounds.items():
            found[place].take(up_to)
        half = part // timedelta(milliseconds=2)
        return {(kind, name, end - half): tally for (kind, name, end), tally in found.items()}


def _spans(desk: Desk) -> dict[datetime, list[Learner]]:
    """From when on each learner lacks what happened: since the checkpoint, or for as long as it matters where there is none."""
    told = desk.route.status.checkpoint_at
    born = desk.route.metadata.creation_timestamp
    found: dict[datetime, list[Learner]] = defaultdict(list)
    for learner in desk.learners.values():
        known = told if learner.known else None
        since = max(each for each in (known, born, desk.opened_at - OLDEST) if each)
        if desk.opened_at - since >= LEAST:
            found[since].append(learner)
    return found


def _increase(desk: Desk, counter: str, label: str | None, part: timedelta) -> str:
    meta = desk.route.metadata
    own = (Matcher("namespace", "=", meta.namespace or ""), Matcher("route", "=", meta.name))
    labels = ", ".join(each for each in ("task_type", "candidate", label) if each)
    return f"sum by ({labels}) (increase({Selector(counter, own)}[{part // timedelta(seconds=1)}s]))"


def _take(
    series: Series,
    figure: str,
    label: str | None,
    found: dict[Place, Tally],
    bounds: dict[Place, dict[float, float]],
) -> None:
    kind, name = (series.labels.get(each, "") for each in ("task_type", "candidate"))
    said = series.labels.get(label, "") if label else ""
    for end, value in zip(series.times.tolist(), series.values.tolist(), strict=True):
        if not isfinite(value) or value <= 0:
            continue
        place = kind, name, int(end)
        if figure == "latency" and said:
            bounds[place][float(said)] = value
        elif field := _FIELDS.get((figure, said)):
            setattr(found[place], field, value)


_FIELDS = {
    ("result", "success"): "successes",
    ("result", "failure"): "failures",
    ("money", ""): "money",
    ("priced", ""): "priced",
    ("valid", "true"): "valid",
    ("valid", "false"): "invalid",
}


def _fold(learners: list[Learner], tallies: Mapping[Place, Tally]) -> None:
    for learner in learners:
        for (kind, name, middle), tally in sorted(tallies.items(), key=lambda each: each[0][2]):
            record = learner.records.get(name)
            if record and kind == learner.task_type:
                record.fold_tally(tally, middle / 1000)
