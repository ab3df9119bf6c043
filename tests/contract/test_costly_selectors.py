"""On a real Prometheus that reads so many samples and no more: who has more series than that harms nobody else."""

from collections.abc import Iterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from autonomic.adapters.prometheus import PrometheusMetrics
from autonomic.cycle.slo.engine import SloEngine
from autonomic.domain.budgets import Assessment, ErrorBudget
from autonomic.domain.contracts import SLAContract
from autonomic.domain.readings import Unknown
from autonomic.domain.view import NamespaceView, View
from autonomic.domain.words import ENABLED_LABEL
from autonomic.environment.server import MetricsServer
from testbed.prometheus import Prometheus, start_prometheus
from testbed.remote_write import Sample, Samples, series
from testbed.run import Run
from tests.contract.conftest import TIMEOUT
from tests.unit.domain.specimens import contract_raw, objective

AT = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=1)
MINUTE = timedelta(minutes=1)
MINUTES = 5
MOST_SAMPLES, PODS = 4_000, 6_000


def tasks(tenant: str, pod: int) -> Samples:
    """Tasks of one pod, of which 3 fail each minute."""
    labels = {"tenant": tenant, "app": tenant, "pod": str(pod), "job": "tasks", "instance": f"{tenant}-{pod}"}
    at = [AT - (MINUTES - past) * MINUTE for past in range(MINUTES + 1)]
    return {
        series("tasks_total", status=status, **labels): [Sample(when, n * past) for past, when in enumerate(at)]
        for status, n in (("ok", 97.0), ("failed", 3.0))
    }


def promise(tenant: str, name: str) -> SLAContract:
    """What the tenant promises for all of its pods."""
    ratio: dict[str, Any] = {
        "bad": f'tasks_total{{app="{tenant}",status="failed"}}',
        "total": f'tasks_total{{app="{tenant}"}}',
    }
    raw = contract_raw(name, objectives=[objective(window={"rolling": "1h"}, indicator={"ratio": ratio}, minEvents=1)])
    raw["metadata"]["namespace"] = tenant
    return SLAContract.read(raw)


async def judged(url: str, *contracts: SLAContract) -> dict[str, Assessment]:
    """What an engine knows of each tenant's contract after three turns."""
    async with aclosing(PrometheusMetrics(MetricsServer(url, TIMEOUT))) as metrics:
        engine = SloEngine(metrics)
        rooms = {name: NamespaceView(name, {ENABLED_LABEL: "true"}, {}) for name in ("shop", "landlord")}
        by_key = {each.key: each for each in contracts}
        for minute in (2, 1, 0):
            await engine.turn(View(AT - minute * MINUTE, by_key, namespaces=rooms, tenant_label="tenant"))
        return {each.metadata.namespace or "": engine.assessments(each.key)[0] for each in contracts}


@pytest.fixture
def small(testbed_run: Run) -> Iterator[Prometheus]:
    """A server that reads few samples."""
    server = start_prometheus(testbed_run, flags=[f"--query.max-samples={MOST_SAMPLES}"])
    yield server
    server.service.stop()


async def test_more_series_than_the_server_reads_at_once_leave_another_tenants_figures_as_they_are(
    small: Prometheus,
) -> None:
    small.write(tasks("shop", 0))
    small.write({one: samples for pod in range(PODS) for one, samples in tasks("landlord", pod).items()})
    shop, landlord = promise("shop", "agent"), promise("landlord", "huge")
    alone = await judged(small.url, shop)
    both = await judged(small.url, shop, landlord)
    assert isinstance(alone["shop"].budget, ErrorBudget)
    assert alone["shop"].budget.count.bad == 3 * MINUTES
    assert both["shop"] == alone["shop"]
    assert isinstance(both["landlord"].unknown, Unknown)
    assert "too many samples" in both["landlord"].unknown.message
