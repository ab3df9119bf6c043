"""What Prometheus reads of the operator."""

import threading
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from autonomic.adapters.prometheus.tally import Cost, Tally
from autonomic.adapters.telemetry.metrics import LayerCollector, MetricsJournal, QuestionCollector, Scene, exposition
from autonomic.cycle.loop_turn import TurnRecord
from autonomic.domain.contracts import SLAContract
from autonomic.domain.crowding import Crowd
from autonomic.domain.findings import Fact
from autonomic.domain.meta import ObjectMeta
from autonomic.domain.plans import AdaptationPlan, AdaptationPlanStatus
from autonomic.domain.view import View
from autonomic.health.standing import Look, Standing, follow
from autonomic.health.subjects import Key
from tests.unit.api.contracts import NOON, contract, judged, turn

TRIAGE = contract("shop")
LABELS = {"namespace": "shop", "contract": "triage", "objective": "success"}


class Operator:
    """What the collector reads: change it, then scrape."""

    def __init__(self) -> None:
        self.turns: dict[str, TurnRecord] = {}
        self.plans: dict[str, AdaptationPlan] = {}
        self.contracts: dict[str, SLAContract] = {}
        self.health: dict[Key, Standing] = {}
        self.leads = False
        self.in_force = False
        self.registry = CollectorRegistry()
        self.collector = LayerCollector(self.scene)
        self.registry.register(self.collector)

    def scene(self) -> Scene:
        """As it is now."""
        return Scene(self.turns, View(NOON, self.contracts, plans=self.plans), self.leads, self.in_force, self.health)

    def judge(self, status: dict[str, Any]) -> None:
        """The contract's status says this."""
        self.contracts[TRIAGE.key] = contract("shop", status=status)

    def value(self, name: str, **labels: str) -> float | None:
        """The sample as it is now; None when there is none."""
        self.collector.look()
        return self.registry.get_sample_value(name, labels)


@pytest.fixture
def operator() -> Operator:
    return Operator()


async def test_facts_are_counted_by_name() -> None:
    registry = CollectorRegistry()
    journal = MetricsJournal(registry)
    for name in ("PlanCreated", "PlanCreated", "PlanDenied"):
        await journal.record(Fact(name, TRIAGE.ref, "so"))
    assert registry.get_sample_value("autonomic_facts_total", {"name": "PlanCreated"}) == 2


def test_a_turn_shows_how_long_it_took_when_it_was_and_what_it_could_not_ask(operator: Operator) -> None:
    operator.turns["reliability"] = turn()
    assert operator.value("autonomic_loop_turn_seconds", loop="reliability") == 0.25
    assert operator.value("autonomic_loop_last_turn_timestamp_seconds", loop="reliability") == NOON.timestamp()
    assert operator.value("autonomic_loop_turns_total", loop="reliability") == 7
    assert operator.value("autonomic_loop_questions", loop="reliability") == 3
    assert operator.value("autonomic_loop_unanswered", loop="reliability") == 1


@pytest.mark.parametrize(("shown", "ratio"), [("41.7%", 0.417), ("-20.0%", -0.2), ("100.0%", 1.0), ("0.0%", 0.0)])
def test_the_budget_that_is_left_is_a_ratio(operator: Operator, shown: str, ratio: float) -> None:
    operator.judge(judged(remaining=shown))
    assert operator.value("autonomic_slo_budget_remaining_ratio", **LABELS) == ratio


def test_a_budget_that_is_not_known_has_no_sample(operator: Operator) -> None:
    operator.judge(judged(alert="Unknown", remaining="Unknown"))
    assert operator.value("autonomic_slo_budget_remaining_ratio", **LABELS) is None
    assert operator.value("autonomic_slo_alert", **LABELS, level="Unknown") == 1


def test_an_alert_is_1_at_its_level_and_0_at_the_others(operator: Operator) -> None:
    operator.judge(judged(alert="Breach"))
    levels = {level: operator.value("autonomic_slo_alert", **LABELS, level=level) for level in ("Warning", "Breach")}
    assert levels == {"Warning": 0, "Breach": 1}


def test_the_burn_rate_over_each_window_is_shown(operator: Operator) -> None:
    operator.judge(judged())
    assert operator.value("autonomic_slo_burn_rate", **LABELS, window="5m") == 15.2


def test_a_contract_that_is_gone_has_no_samples(operator: Operator) -> None:
    operator.judge(judged())
    assert operator.value("autonomic_slo_alert", **LABELS, level="Breach") == 1
    operator.contracts.clear()
    assert operator.value("autonomic_slo_alert", **LABELS, level="Breach") is None


async def test_the_page_is_rendered_outside_the_event_loop_from_a_picture_taken_in_it(operator: Operator) -> None:
    threads: dict[str, int] = {}

    class Witness(Collector):
        def collect(self) -> list[Metric]:
            threads["rendered"] = threading.get_ident()
            return []

    def look() -> None:
        threads["looked"] = threading.get_ident()

    operator.registry.register(Witness())
    await exposition(operator.registry, look)("")
    assert threads["looked"] == threading.get_ident() != threads["rendered"]


def test_plans_are_counted_in_every_phase_the_empty_ones_too(operator: Operator) -> None:
    nothing: Any = None
    waiting = AdaptationPlanStatus(phase="AwaitingApproval")
    plan = AdaptationPlan.model_construct(metadata=ObjectMeta(name="a"), spec=nothing, status=waiting)
    operator.plans = {"shop/a": plan, "shop/b": plan}
    assert operator.value("autonomic_plans", phase="AwaitingApproval") == 2
    assert operator.value("autonomic_plans", phase="Succeeded") == 0


def test_signals_that_were_turned_away_are_counted_by_reason() -> None:
    scene = Scene({}, View(NOON), leads=True, in_force=True, unheard={"Flooded": 7, "TooOld": 1})
    registry = CollectorRegistry()
    registry.register(LayerCollector(lambda: scene))
    assert registry.get_sample_value("autonomic_signals_unheard_total", {"reason": "Flooded"}) == 7
    assert registry.get_sample_value("autonomic_signals_unheard_total", {"reason": "TooOld"}) == 1


def test_how_many_are_left_out_is_told_by_kind_and_namespace() -> None:
    crowds = {("SLAContract", "shop"): Crowd("SLAContract", "shop", most=500, there=612, last=(0.0, "c"))}
    scene = Scene({}, View(NOON, crowds=crowds), leads=True, in_force=True)
    registry = CollectorRegistry()
    registry.register(LayerCollector(lambda: scene))
    labels = {"kind": "SLAContract", "namespace": "shop"}
    assert registry.get_sample_value("autonomic_objects_left_out", labels) == 112


def test_leadership_and_admission_are_read_at_the_scrape_not_before(operator: Operator) -> None:
    assert (operator.value("autonomic_leader"), operator.value("autonomic_admission_in_force")) == (0, 0)
    operator.leads = operator.in_force = True
    assert (operator.value("autonomic_leader"), operator.value("autonomic_admission_in_force")) == (1, 1)


def test_questions_to_prometheus_are_shown_as_they_are_tallied_at_the_scrape() -> None:
    registry = CollectorRegistry()
    tally = Tally()
    registry.register(QuestionCollector(lambda: {"default": tally, "eu": Tally()}))
    assert (
        registry.get_sample_value("autonomic_prometheus_queries_total", {"server": "default", "result": "unavailable"})
        == 0
    )
    tally = tally.ended("answered", Cost(0.25, 1000)).ended("answered", Cost(0.5, 24)).ended("invalid").retried()
    by_result = {
        result: registry.get_sample_value("autonomic_prometheus_queries_total", {"server": "default", "result": result})
        for result in ("answered", "invalid", "unavailable")
    }
    assert by_result == {"answered": 2, "invalid": 1, "unavailable": 0}
    figures = {"query_seconds": 0.75, "samples_read": 1024, "retries": 1}
    for name, figure in figures.items():
        found = [
            registry.get_sample_value(f"autonomic_prometheus_{name}_total", {"server": each})
            for each in ("default", "eu")
        ]
        assert found == [figure, 0]


async def test_a_scraper_gets_the_format_that_it_prefers(operator: Operator) -> None:
    render = exposition(operator.registry, operator.collector.look)
    _, plain = await render("*/*")
    page, open_metrics = await render("application/openmetrics-text; version=1.0.0")
    assert plain.startswith("text/plain")
    assert open_metrics.startswith("application/openmetrics-text")
    assert page.endswith(b"# EOF\n")


def test_the_health_of_a_subject_is_its_score_and_the_word_that_it_has_now(operator: Operator) -> None:
    web, new = Key("shop", "Agent", "web"), Key("shop", "Agent", "new")
    operator.health = {web: follow(None, Look(60.5, 0.0), NOON), new: follow(None, Look(None, 1.0), NOON)}

    def sample(family: str, subject: Key, **more: str) -> float | None:
        operator.collector.look()
        labels = {"namespace": subject.namespace, "kind": subject.kind, "name": subject.name, **more}
        return operator.registry.get_sample_value(family, labels)

    assert sample("autonomic_health_score", web) == 60.5
    assert sample("autonomic_health_score", new) is None
    assert sample("autonomic_health", web, health="Healthy") == 0.0
    assert sample("autonomic_health", web, health="Degraded") == 1.0
    assert sample("autonomic_health", new, health="Unknown") == 1.0
