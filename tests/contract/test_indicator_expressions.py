"""What indicators ask is what a real Prometheus understands, and what it answers is understood."""

from datetime import UTC, datetime
from typing import Any

import pytest

from autonomic.domain.objectives import Objective
from autonomic.domain.readings import Sample, Vector
from autonomic.domain.signals.catalogue import SIGNALS
from autonomic.domain.signals.shapes import Signal
from autonomic.slo.indicators import Options, measure
from autonomic.slo.measures import Measure
from autonomic.slo.validity import borders_question, expressions, wrong_border
from testbed import remote_write
from testbed.prometheus import Prometheus
from tests.unit.domain.specimens import NAMESPACE, objective
from tests.unit.slo.test_typed_signals import given_for

AT = datetime(2025, 1, 1, 12, 0, tzinfo=UTC)
OPTIONS = Options(namespace=NAMESPACE, tenant_label="namespace", free_queries=False, contract="agent")


def promise(indicator: dict[str, Any], **more: Any) -> tuple[Objective, Measure]:
    made = Objective.model_validate(objective(indicator=indicator, **more))
    return made, measure(made, OPTIONS)


@pytest.mark.parametrize("entry", SIGNALS, ids=lambda entry: f"{entry.type}-{entry.source}")
def test_prometheus_understands_every_entry_of_the_catalogue(prometheus: Prometheus, entry: Signal) -> None:
    given, more = given_for(entry)
    _, found = promise({"signal": given}, **more)
    asked = [str(each) for _, each in expressions(found)]
    for text in [*asked, *([borders_question(found)] if borders_question(found) else [])]:
        assert prometheus.query(str(text), AT) == []


def borders(prometheus: Prometheus, name: str, written: str, at: datetime) -> str | None:
    """What is judged of a latency of 800 ms when the tenant's histogram has these borders, as a store keeps them."""
    made, found = promise({"latency": {"histogram": name, "threshold": "800ms"}})
    for tenant, le in [(NAMESPACE, each) for each in written.split()] + [("bank", "0.8")]:
        bucket = remote_write.series(f"{name}_bucket", namespace=tenant, le=le)
        prometheus.write({bucket: [remote_write.Sample(at, 1.0)]})
    rows = prometheus.query(str(borders_question(found)), at)
    return wrong_border(made, found, Vector(tuple(Sample(row["metric"], row["value"][1]) for row in rows)))


def test_the_neighbours_of_a_wrong_threshold_are_read_from_the_tenants_own_buckets(prometheus: Prometheus) -> None:
    at = datetime.now(UTC)
    wrong = "indicator.latency.threshold: 800ms is between the buckets 0.5 and 1: choose one of them"
    assert borders(prometheus, "narrow_seconds", "0.5 1.0 +Inf", at) == wrong
    assert borders(prometheus, "right_seconds", "0.5 0.8 1.0 +Inf", at) is None
    assert borders(prometheus, "absent_seconds", "", at) is None
