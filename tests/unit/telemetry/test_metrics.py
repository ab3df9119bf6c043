"""What Prometheus reads of the operator."""

from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from autonomic.adapters.telemetry.metrics import LayerCollector, MetricsJournal, exposition
from autonomic.cycle.loop_turn import TurnRecord
from autonomic.domain.findings import Fact
from autonomic.domain.meta import ObjectMeta
from autonomic.domain.plans import AdaptationPlan, AdaptationPlanStatus
from tests.unit.api.contracts import NOON, contract, judged, turn

TRIAGE = contract("shop")
LABELS = {"namespace": "shop", "contract": "triage", "objective": "success"}


class Operator:
    """What the collector reads: change it, then scrape."""

    def __init__(self) -> None:
        self.turns: dict[str, TurnRecord] = {}
        self.plans: dict[str, AdaptationPlan] = {}
        self.leads = False
        self.in_force = False
        self.registry = CollectorRegistry()
        self.registry.register(
            LayerCollector(lambda: self.turns, lambda: self.plans, lambda: self.leads, lambda: self.in_force)
        )

    def value(self, name: str, **labels: str) -> float | None:
        """The sample as it is now; None when there is none."""
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
    operator.turns["reliability"] = turn((TRIAGE, judged(remaining=shown)))
    assert operator.value("autonomic_slo_budget_remaining_ratio", **LABELS) == ratio


def test_a_budget_that_is_not_known_has_no_sample(operator: Operator) -> None:
    operator.turns["reliability"] = turn((TRIAGE, judged(alert="Unknown", remaining="Unknown")))
    assert operator.value("autonomic_slo_budget_remaining_ratio", **LABELS) is None
    assert operator.value("autonomic_slo_alert", **LABELS, level="Unknown") == 1


def test_an_alert_is_1_at_its_level_and_0_at_the_others(operator: Operator) -> None:
    operator.turns["reliability"] = turn((TRIAGE, judged(alert="Breach")))
    levels = {level: operator.value("autonomic_slo_alert", **LABELS, level=level) for level in ("Warning", "Breach")}
    assert levels == {"Warning": 0, "Breach": 1}


def test_two_loops_that_judge_one_objective_make_one_sample_of_the_newer_turn(operator: Operator) -> None:
    later = NOON + timedelta(seconds=1)
    operator.turns["a"] = turn((TRIAGE, judged(remaining="10.0%")), loop="a", at=later)
    operator.turns["b"] = turn((TRIAGE, judged(remaining="20.0%")), loop="b")
    page, _ = exposition(operator.registry)("")
    lines = [line for line in page.decode().splitlines() if line.startswith("autonomic_slo_budget_remaining_ratio{")]
    assert [line.split()[-1] for line in lines] == ["0.1"]


def test_plans_are_counted_in_every_phase_the_empty_ones_too(operator: Operator) -> None:
    nothing: Any = None
    waiting = AdaptationPlanStatus(phase="AwaitingApproval")
    plan = AdaptationPlan.model_construct(metadata=ObjectMeta(name="a"), spec=nothing, status=waiting)
    operator.plans = {"shop/a": plan, "shop/b": plan}
    assert operator.value("autonomic_plans", phase="AwaitingApproval") == 2
    assert operator.value("autonomic_plans", phase="Succeeded") == 0


def test_leadership_and_admission_are_read_at_the_scrape_not_before(operator: Operator) -> None:
    assert (operator.value("autonomic_leader"), operator.value("autonomic_admission_in_force")) == (0, 0)
    operator.leads = operator.in_force = True
    assert (operator.value("autonomic_leader"), operator.value("autonomic_admission_in_force")) == (1, 1)


def test_a_scraper_gets_the_format_that_it_prefers(operator: Operator) -> None:
    _, plain = exposition(operator.registry)("*/*")
    page, open_metrics = exposition(operator.registry)("application/openmetrics-text; version=1.0.0")
    assert plain.startswith("text/plain")
    assert open_metrics.startswith("application/openmetrics-text")
    assert page.endswith(b"# EOF\n")
