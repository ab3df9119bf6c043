"""What budgets ask is what a real Prometheus understands, and comes to the sums that were calculated by hand."""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from autonomic.adapters.prometheus import PrometheusMetrics
from autonomic.cost.recipes import Server, Surroundings
from autonomic.cost.spend import Spend, spent
from autonomic.cost.survey import Survey
from autonomic.cycle.unions import ask_all
from autonomic.domain.cost import CostBudget
from autonomic.domain.readings import Question, Unknown
from testbed.prometheus import Prometheus
from testbed.remote_write import Sample, Series, series
from tests.unit.cost.spending import budget

AT = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
MINUTE = timedelta(minutes=1)
ROLLING = {"window": "Rolling", "per": "1d"}


@pytest.fixture
def job() -> str:
    """A job of its own, since the server is shared."""
    return f"proxy-{secrets.token_hex(4)}"


async def asked(metrics: PrometheusMetrics, one: CostBudget, at: datetime = AT,
                server: Server | None = None) -> Spend | Unknown:  # fmt: skip
    survey = Survey([(one, Surroundings(free_queries=True))], at, server)
    found = await ask_all(metrics, survey.questions, 64)
    told: dict[Question, Any] = {each: rows for each, rows in found.items() if isinstance(each, Question)}
    return spent(survey, one.key, told)


def known(found: Spend | Unknown) -> Spend:
    assert isinstance(found, Spend), found
    return found


def litellm(job: str, **more: Any) -> CostBudget:
    selector = f'litellm_spend_metric_total{{job="{job}"}}'
    return budget({"type": "LiteLLM", "liteLLM": {"selector": selector}}, limit=ROLLING, **more)


def counter(job: str, values: Iterable[tuple[int, float]], **labels: str) -> dict[Series, list[Sample]]:
    """Values by how many minutes before AT they were scraped."""
    name = labels.pop("metric", "litellm_spend_metric_total")
    one = series(name, job=job, instance="a", **labels)
    return {one: [Sample(AT - back * MINUTE, value) for back, value in values]}


def up(job: str, minutes: int, name: str = "up") -> dict[Series, list[Sample]]:
    return counter(job, ((back, 1.0) for back in range(minutes, -1, -1)), metric=name)


async def test_a_day_of_money_is_what_was_counted_across_midnight_a_reset_and_a_new_series(
    prometheus: Prometheus, real: PrometheusMetrics, job: str
) -> None:
    day = 24 * 60
    steady = [(back, 0.25 * (day + 60 - back)) for back in range(day + 60, -1, -1)]  # .25 a minute, an hour before too
    reset = [(back, 10.0 + (300 - back) * 0.5 if back > 100 else (100 - back) * 0.125) for back in range(300, -1, -1)]
    prometheus.write(up(job, day + 60))
    prometheus.write(counter(job, steady, team_alias="search", api_key_alias="triage", model="gpt-4o"))
    prometheus.write(counter(job, reset, team_alias="search", api_key_alias="answer", model="gpt-4o"))
    found = known(await asked(real, litellm(job)))
    begun = Decimal(10) + Decimal("0.5") * 199 + Decimal("0.125") * 100  # first value, up to the reset, after it
    assert found.by["agent"] == {"triage": Decimal(360), "answer": begun}
    assert found.amount == 360 + begun
    assert (found.long.amount, found.short.amount) == (Decimal(15) + Decimal("7.5"), Decimal("1.25") + Decimal("0.625"))
    assert found.inexact == ()
    assert found.before
    assert found.before.amount == 360 + Decimal(10) + Decimal("0.5") * 199 + Decimal("0.125") * 40


async def test_a_scope_and_the_counters_beside_are_asked_with_its_labels(
    prometheus: Prometheus, real: PrometheusMetrics, job: str
) -> None:
    ends = ((1500, 0.0), (1450, 0.0), (30, 4.0), (0, 6.0))
    for team in ("search", "ads+more"):
        prometheus.write(counter(job, ends, team_alias=team, model="m"))
        for metric, times in (("litellm_requests_metric_total", 10), ("litellm_total_tokens_metric_total", 500)):
            prometheus.write(
                counter(job, ((back, value * times) for back, value in ends), metric=metric, team_alias=team)
            )
    found = known(await asked(real, litellm(job, scope={"workstreams": ["ads+more"]})))
    assert found.by["workstream"] == {"ads+more": Decimal(6)}
    assert (found.long.amount, found.long.tasks, found.long.tokens) == (Decimal(6), Decimal(60), Decimal(3000))


async def test_a_restarted_proxy_that_is_scraped_has_spent_nothing_since(
    prometheus: Prometheus, real: PrometheusMetrics, job: str
) -> None:
    prometheus.write(counter(job, ((300, 1.0), (240, 2.0)), model="m"))
    silent = await asked(real, litellm(job))
    assert isinstance(silent, Unknown)
    assert silent.reason == "Absent"
    prometheus.write(up(job, 10))
    found = known(await asked(real, litellm(job)))
    assert (found.short.amount, found.before) == (Decimal(0), None)  # nobody counted a day before


async def test_what_was_spent_after_a_restart_in_the_night_is_counted_though_nobody_spent_at_midnight(
    prometheus: Prometheus, real: PrometheusMetrics, job: str
) -> None:
    midnight = AT.hour * 60 or 24 * 60  # minutes before AT; in the first hours of a day, the window has one edge less
    values = [(midnight + 60, 40.0), (midnight + 50, 50.0), (midnight - 50, 3.0), (midnight - 60, 4.0)]
    prometheus.write(up(job, 10) | counter(job, [each for each in values if each[0] >= 0], model="m"))
    found = known(await asked(real, litellm(job)))
    assert found.amount == (14 if AT.hour else 10)


async def test_all_is_counted_of_a_process_that_began_in_the_window(
    prometheus: Prometheus, real: PrometheusMetrics, job: str
) -> None:
    """A new pod: nobody scraped it before, and its counters began at zero."""
    began = (AT - timedelta(minutes=65)).timestamp()
    prometheus.write(counter(job, ((60, began), (0, began)), metric="process_start_time_seconds"))
    prometheus.write(counter(job, ((60, 5.0), (0, 7.0)), model="m"))
    assert known(await asked(real, litellm(job))).amount == 7
    assert known(await asked(real, litellm(job))).long.amount == 2  # its hour began after the process did


async def test_tokens_of_opentelemetry_are_priced(prometheus: Prometheus, real: PrometheusMetrics, job: str) -> None:
    for kind, count in (("input", 1_000_000), ("output", 100_000), ("total", 1_100_000)):
        prometheus.write(
            counter(job, ((1500, 0), (1441, 0), (10, count), (0, count)), metric="gen_ai_client_token_usage_sum",
                    gen_ai_token_type=kind, gen_ai_request_model="gpt-4o", gen_ai_provider_name="openai", service_name="triage")
        )  # fmt: skip
    source = {"type": "GenAI", "genAI": {"selector": f'gen_ai_client_token_usage_sum{{job="{job}"}}'}}
    found = known(await asked(real, budget(source, limit=ROLLING)))
    assert found.amount == Decimal("3.5")  # 1 M x 2.50 and .1 M x 10
    assert (found.by["model"], found.by["agent"]) == ({"gpt-4o": found.amount}, {"triage": found.amount})


async def test_what_pods_were_given_costs_what_opencost_says(
    prometheus: Prometheus, real: PrometheusMetrics, job: str
) -> None:
    day = [(back, 1.0) for back in range(1445, -1, -1)]
    pod = {"namespace": "shop", "pod": f"{job}-1", "container": "agent", "node": job}
    given = {"container_cpu_allocation": 2, "container_memory_allocation_bytes": 4 * 1024**3}
    for metric, amount in given.items():
        prometheus.write(counter(job, ((back, amount) for back, _ in day), metric=metric, **pod))
    for metric, rate in (("node_cpu_hourly_cost", 0.05), ("node_ram_hourly_cost", 0.01)):
        prometheus.write(counter(job, ((back, rate) for back, _ in day), metric=metric, node=job))
    source = {"type": "OpenCost", "openCost": {"matchers": f'{{pod="{job}-1"}}'}}
    found = known(await asked(real, budget(source, limit=ROLLING)))
    assert abs(found.amount - Decimal("3.36")) < Decimal("1e-9")  # 24 hours of 2 x .05 + 4 x .01
    assert abs(found.long.amount - Decimal("0.14")) < Decimal("1e-9")
    assert found.by["agent"] == {"agent": found.amount}


async def test_any_query_is_asked_over_the_window(prometheus: Prometheus, real: PrometheusMetrics, job: str) -> None:
    prometheus.write(counter(job, ((1500, 0.0), (1441, 0.0), (30, 4.0), (0, 6.0)), model="m"))
    source = {
        "type": "Query",
        "query": {"expr": f'sum(delta(litellm_spend_metric_total{{job="{job}"}}[$window] anchored))'},
    }
    refused = await asked(real, budget(source, limit=ROLLING))
    assert isinstance(refused, Unknown)  # the parser here knows no `anchored`
    plain = {
        "type": "Query",
        "query": {"expr": f'sum(max_over_time(litellm_spend_metric_total{{job="{job}"}}[$window]))'},
    }
    assert known(await asked(real, budget(plain, limit=ROLLING))).amount == 6


async def test_not_a_number_in_one_series_is_unknown_for_all(
    prometheus: Prometheus, real: PrometheusMetrics, job: str
) -> None:
    prometheus.write(counter(job, ((60, 1.0), (0, float("nan"))), model="m"))
    found = await asked(real, litellm(job))
    assert isinstance(found, Unknown)
    assert found.reason == "NotANumber"


async def test_a_server_without_anchored_is_asked_plainly(
    prometheus: Prometheus, real: PrometheusMetrics, job: str
) -> None:
    prometheus.write(counter(job, ((back, (1500 - back) * 0.5) for back in range(1500, -1, -1)), model="m"))
    found = known(await asked(real, litellm(job), server=Server(anchored=False)))
    assert abs(found.amount - 720) < 1
    assert found.inexact
