"""The operator's own metrics: facts are counted, everything else is read from the layer when it is asked for."""

from collections import Counter as Tally
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import get_args

from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from autonomic.cycle.loop_turn import TurnRecord, newest_judgements
from autonomic.domain.contracts import ObjectiveStatus
from autonomic.domain.findings import Fact
from autonomic.domain.plans import AdaptationPlan, Phase
from autonomic.ports.journal import Journal

ALERTS = ("Warning", "Breach", "Exhausted", "Unknown")
_OBJECTIVE = ("namespace", "contract", "objective")


class MetricsJournal(Journal):
    """Counts facts by name."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._facts = Counter("autonomic_facts", "Facts that were told, by name.", ["name"], registry=registry)

    async def record(self, fact: Fact) -> None:
        """One more of that name."""
        self._facts.labels(fact.name).inc()


class LayerCollector(Collector):
    """Renders what the layer knows at the moment of the scrape; keeps nothing.

    `turns` are the last turns by loop, `plans` all plans that are known, `leads` whether this replica may act,
    `in_force` whether the admission policies are proven.
    """

    def __init__(
        self,
        turns: Callable[[], Mapping[str, TurnRecord]],
        plans: Callable[[], Mapping[str, AdaptationPlan]],
        leads: Callable[[], bool],
        in_force: Callable[[], bool],
    ) -> None:
        self._turns = turns
        self._plans = plans
        self._leads = leads
        self._in_force = in_force

    def collect(self) -> Iterator[Metric]:
        """All families, in the order in which a person would read them."""
        turns = self._turns()
        yield _flag("autonomic_leader", "1 when this replica may act.", self._leads())
        yield _flag("autonomic_admission_in_force", "1 when the admission policies are proven.", self._in_force())
        yield from _loops(turns)
        yield from _objectives(turns)
        yield _plans(self._plans())


def exposition(registry: CollectorRegistry) -> Callable[[str], tuple[bytes, str]]:
    """A function from an Accept header to the page of all metrics and its content type."""

    def render(accept: str) -> tuple[bytes, str]:
        encode, content_type = choose_encoder(accept)
        return encode(registry), content_type

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


def _objectives(turns: Mapping[str, TurnRecord]) -> Iterator[Metric]:
    remaining = GaugeMetricFamily(
        "autonomic_slo_budget_remaining_ratio",
        "Share of the error budget that is left, negative when overspent; absent when Unknown.",
        labels=_OBJECTIVE,
    )
    alert = GaugeMetricFamily(
        "autonomic_slo_alert", "1 at the level that the objective's alert has now.", labels=(*_OBJECTIVE, "level")
    )
    for labels, status in _newest(turns).items():
        if status.budget_remaining != "Unknown":
            remaining.add_metric(labels, _ratio(status.budget_remaining))
        for level in ALERTS:
            alert.add_metric([*labels, level], float(status.alert == level))
    yield remaining
    yield alert


def _newest(turns: Mapping[str, TurnRecord]) -> dict[tuple[str, str, str], ObjectiveStatus]:
    """By labels: Prometheus refuses a page that has a series twice."""
    return {
        (about.namespace or "", about.name, objective.name): objective
        for about, (_, status) in newest_judgements(turns.values()).items()
        for objective in status.objectives
    }


def _ratio(percent: str) -> float:
    return float(Decimal(percent.removesuffix("%")) / 100)


def _plans(plans: Mapping[str, AdaptationPlan]) -> Metric:
    family = GaugeMetricFamily("autonomic_plans", "Plans by phase.", labels=["phase"])
    tally = Tally(plan.status.phase for plan in plans.values())
    for phase in get_args(Phase):
        family.add_metric([phase], tally[phase])
    return family
