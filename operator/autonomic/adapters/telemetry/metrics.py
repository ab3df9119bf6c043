"""The operator's own metrics: facts are counted, everything else is read from the layer when it is asked for."""

import asyncio
from collections import Counter as Occurrences
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import get_args

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from autonomic.adapters.prometheus import Tally
from autonomic.adapters.telemetry.cost_metrics import budgets
from autonomic.adapters.telemetry.routes import route_metrics
from autonomic.cycle.loop_turn import TurnRecord
from autonomic.cycle.routing.figures import RouteFigures
from autonomic.domain.contracts import ObjectiveStatus
from autonomic.domain.crowding import Crowds
from autonomic.domain.findings import Fact
from autonomic.domain.health import HealthWord
from autonomic.domain.plans import AdaptationPlan, Phase
from autonomic.domain.view import View
from autonomic.health.standing import Standing
from autonomic.health.subjects import Key
from autonomic.ports.journal import Journal

ALERTS = ("Warning", "Breach", "Exhausted", "Unknown")
_OBJECTIVE = ("namespace", "contract", "objective")
_SUBJECT = ("namespace", "kind", "name")


class MetricsJournal(Journal):
    """Counts facts by name."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._facts = Counter("autonomic_facts", "Facts that were told, by name.", ["name"], registry=registry)

    async def record(self, fact: Fact) -> None:
        """One more of that name."""
        self._facts.labels(fact.name).inc()


@dataclass(frozen=True)
class Scene:
    """The layer at one moment: the last turn of each loop, what is known, whether it may act, whether admission is proven.

    `health` is how each subject stands; empty where this replica does not judge.
    """

    turns: Mapping[str, TurnRecord]
    view: View
    leads: bool
    in_force: bool
    health: Mapping[Key, Standing] = field(default_factory=dict)
    unheard: Mapping[str, int] = field(default_factory=dict)
    """Pushed signals that playbooks listen to and that were turned away, by reason."""
    routes: Sequence[RouteFigures] = ()


class LayerCollector(Collector):
    """Renders what the layer knew when it was looked at last; remembers nothing else.

    Looking and rendering are two: a page of many objectives is rendered in a thread, and what the event loop changes must
    not be read by another thread while it does.
    """

    def __init__(self, scene: Callable[[], Scene]) -> None:
        self._scene = scene
        self._seen = scene()

    def look(self) -> None:
        """Takes the picture that is rendered next; in the event loop."""
        self._seen = self._scene()

    def collect(self) -> Iterator[Metric]:
        """All families, in the order in which a person would read them."""
        seen = self._seen
        yield _flag("autonomic_leader", "1 when this replica may act.", seen.leads)
        yield _flag("autonomic_admission_in_force", "1 when the admission policies are proven.", seen.in_force)
        yield from _loops(seen.turns)
        yield from _objectives(seen.view)
        yield from budgets(seen.view)
        yield _plans(seen.view.plans)
        yield _unheard(seen.unheard)
        yield _left_out(seen.view.crowds)
        yield from _health(seen.health)
        yield from route_metrics(seen.routes)


class QuestionCollector(Collector):
    """Renders what was asked of each Prometheus; `tallies` gives it, by server, as it is at the moment of the scrape."""

    def __init__(self, tallies: Callable[[], Mapping[str, Tally]]) -> None:
        self._tallies = tallies

    def collect(self) -> Iterator[Metric]:
        """How many questions there were, how they ended, and what they cost the server."""
        tallies = self._tallies()
        queries = CounterMetricFamily(
            "autonomic_prometheus_queries", "Questions to Prometheus, by how they ended.", labels=["server", "result"]
        )
        for server, tally in tallies.items():
            for result, number in tally.queries.items():
                queries.add_metric([server, result], number)
        yield queries
        figures: tuple[tuple[str, str, Callable[[Tally], float]], ...] = (
            (
                "query_seconds",
                "How long Prometheus says that it evaluated our questions.",
                lambda one: one.cost.seconds,
            ),
            ("samples_read", "How many samples Prometheus says that it read for us.", lambda one: one.cost.samples),
            ("retries", "Questions to Prometheus that were asked a second time.", lambda one: one.retries),
        )
        for name, meaning, figure in figures:
            family = CounterMetricFamily(f"autonomic_prometheus_{name}", meaning, labels=["server"])
            for server, tally in tallies.items():
                family.add_metric([server], figure(tally))
            yield family


def exposition(registry: CollectorRegistry, look: Callable[[], None]) -> Callable[[str], Awaitable[tuple[bytes, str]]]:
    """A function from an Accept header to the page of all metrics and its content type; `look` is called before each."""

    async def render(accept: str) -> tuple[bytes, str]:
        encode, content_type = choose_encoder(accept)
        look()
        return await asyncio.to_thread(encode, registry), content_type

    return render


def _flag(name: str, meaning: str, value: bool) -> Metric:
    return GaugeMetricFamily(name, meaning, value=float(value))


def _loops(turns: Mapping[str, TurnRecord]) -> Iterator[Metric]:
    figures: tuple[tuple[str, str, Callable[[TurnRecord], float]], ...] = (
        ("turn_seconds", "How long the last turn took.", lambda turn: turn.took),
        ("last_turn_timestamp_seconds", "When the last turn began, in Unix time.", lambda turn: turn.at.timestamp()),
        ("questions", "Questions to the metrics store in the last turn.", lambda turn: turn.questions),
        ("unanswered", "Questions of the last turn that got no usable answer.", lambda turn: turn.unanswered),
    )
    for name, meaning, figure in figures:
        family = GaugeMetricFamily(f"autonomic_loop_{name}", meaning, labels=["loop"])
        for loop, turn in turns.items():
            family.add_metric([loop], figure(turn))
        yield family
    count = CounterMetricFamily("autonomic_loop_turns", "Turns since this replica began to lead.", labels=["loop"])
    for loop, turn in turns.items():
        count.add_metric([loop], turn.number)
    yield count


def _objectives(view: View) -> Iterator[Metric]:
    """From the contracts' statuses, so that a standby shows the same and nothing is judged for a scrape."""
    remaining = GaugeMetricFamily(
        "autonomic_slo_budget_remaining_ratio",
        "Share of the error budget that is left, negative when overspent; absent when Unknown.",
        labels=_OBJECTIVE,
    )
    alert = GaugeMetricFamily(
        "autonomic_slo_alert", "1 at the level that the objective's alert has now.", labels=(*_OBJECTIVE, "level")
    )
    burn = GaugeMetricFamily(
        "autonomic_slo_burn_rate",
        "Burn rate over a window when the contract's status was last written; absent when Unknown.",
        labels=(*_OBJECTIVE, "window"),
    )
    for labels, status in _statuses(view):
        if status.budget_remaining != "Unknown":
            remaining.add_metric(labels, _ratio(status.budget_remaining))
        for level in ALERTS:
            alert.add_metric([*labels, level], float(status.alert == level))
        for each in status.burn_rates:
            if each.rate != "Unknown":
                burn.add_metric([*labels, each.window], float(each.rate))
    yield from (remaining, alert, burn)


def _statuses(view: View) -> Iterator[tuple[tuple[str, str, str], ObjectiveStatus]]:
    for contract in view.contracts.values():
        meta = contract.metadata
        for objective in contract.status.objectives:
            yield (meta.namespace or "", meta.name, objective.name), objective


def _health(known: Mapping[Key, Standing]) -> Iterator[Metric]:
    score = GaugeMetricFamily(
        "autonomic_health_score", "How well it is, from 0 to 100; absent when Unknown.", labels=_SUBJECT
    )
    health = GaugeMetricFamily("autonomic_health", "1 at the health that it has now.", labels=(*_SUBJECT, "health"))
    for key, standing in known.items():
        if standing.score is not None:
            score.add_metric(key, standing.score)
        for word in get_args(HealthWord):
            health.add_metric((*key, word), float(standing.health == word))
    yield from (score, health)


def _ratio(percent: str) -> float:
    return float(Decimal(percent.removesuffix("%")) / 100)


def _plans(plans: Mapping[str, AdaptationPlan]) -> Metric:
    family = GaugeMetricFamily("autonomic_plans", "Plans by phase.", labels=["phase"])
    tally = Occurrences(plan.status.phase for plan in plans.values())
    for phase in get_args(Phase):
        family.add_metric([phase], tally[phase])
    return family


def _left_out(crowds: Crowds) -> Metric:
    family = GaugeMetricFamily(
        "autonomic_objects_left_out",
        "Objects that are not judged, for there are too many of their kind in their namespace.",
        labels=["kind", "namespace"],
    )
    for (kind, namespace), crowd in crowds.items():
        family.add_metric([kind, namespace], crowd.there - crowd.most)
    return family


def _unheard(reasons: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(
        "autonomic_signals_unheard", "Signals for playbooks that were turned away, by reason.", labels=["reason"]
    )
    for reason, number in reasons.items():
        family.add_metric([reason], number)
    return family
