"""Peers that fail, input that is wrong: nothing is done, and the reason is shown where people look."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from testbed.cluster import CommandFailedError
from testbed.opa import Opa
from testbed.prometheus import Prometheus
from testbed.remote_write import Sample, series
from testbed.service import Service
from testbed.waiting import until
from testbed.world import World, contract, phase, playbook


def test_an_invalid_contract_is_refused_at_admission_with_the_field_named(world: World) -> None:
    wrong = contract(world, target="100")
    with pytest.raises(CommandFailedError) as refused:
        world.apply(wrong)
    assert "spec.objectives[0].target" in refused.value.stderr


def test_a_tier_that_can_never_fire_is_refused_at_admission(world: World) -> None:
    windows = [{"long": "1h", "short": "5m", "factor": "14.4", "level": "Breach"}]
    with pytest.raises(CommandFailedError) as refused:
        world.apply(contract(world, target="90", alerting={"windows": windows}))
    assert "can never fire" in refused.value.stderr


def test_a_misspelt_field_is_refused_by_kubectl(world: World) -> None:
    wrong = contract(world)
    wrong["spec"]["objektives"] = []
    with pytest.raises(CommandFailedError) as refused:
        world.apply(wrong)
    assert "objektives" in refused.value.stderr


def test_a_promql_typo_is_shown_in_the_contracts_condition(world: World) -> None:
    ratio = {"bad": 'tasks_total{status="failed"', "total": "tasks_total"}
    world.apply(contract(world, indicator={"ratio": ratio}))
    until(lambda: world.condition("slacontract", "agent", "Ready").get("status") == "False", 60, "Ready to be False")
    ready = world.condition("slacontract", "agent", "Ready")
    assert ready["reason"] == "InvalidIndicator"
    assert "indicator.ratio.bad" in ready["message"]
    assert "unexpected end of input inside braces" in ready["message"]


def test_one_bad_contract_does_not_stop_another(world: World) -> None:
    ratio = {"bad": "sum(tasks_total)", "total": "tasks_total"}
    broken = contract(world, indicator={"ratio": ratio})
    broken["metadata"]["name"] = "broken"
    world.apply(broken, contract(world))
    until(lambda: world.condition("slacontract", "agent", "Ready").get("status") == "True", 60, "the good one to work")
    assert world.condition("slacontract", "broken", "Ready")["status"] == "False"


def test_no_series_is_unknown_and_proposes_nothing(world: World) -> None:
    ratio = {"bad": 'nothing{status="failed"}', "total": "nothing"}
    world.apply(contract(world, indicator={"ratio": ratio}))
    until(lambda: _data(world).get("reason") == "NoData", 60, "DataAvailable to say NoData")
    assert world.get("slacontract", "agent")["status"]["worst"]["alert"] == "Unknown"
    assert world.plans() == []


def test_nan_is_unknown_and_proposes_nothing(world: World) -> None:
    world.traffic.set(good=float("nan"), bad=float("nan"))
    world.apply(contract(world), playbook(world))
    world.traffic.set(wedged=float("nan"))
    until(lambda: _data(world).get("reason") == "NotANumber", 60, "DataAvailable to say NotANumber")
    assert world.plans() == []


def test_a_prometheus_that_answers_with_an_error_is_unknown_and_quoted(world: World, prometheus: Prometheus) -> None:
    """Two metrics with the same labels: `increase` drops their names, and Prometheus refuses to mix them."""
    twin = series("tasks_twin_total", workload=world.namespace, status="succeeded")
    now = datetime.now(UTC)
    prometheus.write({twin: [Sample(now - timedelta(seconds=left), 10.0 - left) for left in range(10, -1, -1)]})
    both = f'{{__name__=~"tasks_total|tasks_twin_total",workload="{world.namespace}"}}'
    ratio = {"bad": world.traffic.selector("tasks_total", status="failed"), "total": both}
    healthy = contract(world)
    healthy["metadata"]["name"] = "healthy"
    world.apply(contract(world, indicator={"ratio": ratio}), healthy)
    until(lambda: _data(world).get("reason") == "InvalidQuery", 60, "DataAvailable to say InvalidQuery")
    assert "same labelset" in _data(world)["message"]
    assert world.condition("slacontract", "healthy", "DataAvailable")["status"] == "True"
    assert world.plans() == []


def test_a_prometheus_that_is_down_is_unknown_and_proposes_nothing(world: World, prometheus: Prometheus) -> None:
    world.apply(contract(world, by=1))
    until(lambda: _data(world).get("status") == "True", 60, "data to be available")
    with stopped(prometheus.service):
        until(lambda: _data(world).get("reason") == "MetricsUnavailable", 60, "DataAvailable to say MetricsUnavailable")
        assert world.plans() == []
    until(lambda: _data(world).get("status") == "True", 60, "data to be available again")


def test_an_opa_that_is_down_approves_nothing_and_the_plan_says_so(world: World, opa: Opa) -> None:
    with stopped(opa.service):
        world.apply(contract(world, by=1))
        world.traffic.set(good=30, bad=20)
        plan = world.plan("Proposed")
        name = plan["metadata"]["name"]
        until(
            lambda: world.condition("adaptationplan", name, "Governed").get("reason") == "PolicyEngineUnavailable",
            60,
            "Governed to say PolicyEngineUnavailable",
        )
        assert world.replicas == 2
    world.plan("Verifying", "Executing", "Succeeded", "RolledBack")
    world.traffic.set(good=50, bad=0)
    assert phase(world.plan("Succeeded", "RolledBack", "Failed")) == "Succeeded"


def test_nothing_is_done_in_a_namespace_that_has_not_opted_in(world: World) -> None:
    world.cluster.kubectl("label", "namespace", world.namespace, "autonomic.maestro.dev/enabled-")
    world.apply(contract(world, by=1))
    world.traffic.set(good=30, bad=20)
    until(
        lambda: world.condition("slacontract", "agent", "Ready").get("reason") == "NamespaceNotEnabled",
        60,
        "Ready to say NamespaceNotEnabled",
    )
    assert world.plans() == []


def _data(world: World) -> dict[str, str]:
    found: dict[str, str] = world.condition("slacontract", "agent", "DataAvailable")
    return found


@contextmanager
def stopped(service: Service) -> Iterator[None]:
    """The service is down for the block, and up again after it."""
    service.stop()
    try:
        yield
    finally:
        service.start()


def test_what_the_schema_lets_through_is_told_on_the_contract(world: World) -> None:
    windows = [{"long": "3s", "short": "10s", "factor": "2", "level": "Breach"}]
    world.apply(contract(world, alerting={"windows": windows, "resolution": "1s"}))
    until(
        lambda: world.condition("slacontract", "agent", "Ready").get("reason") == "InvalidSpec", 20, "Ready to say so"
    )
    message = world.condition("slacontract", "agent", "Ready")["message"]
    assert "short window 10s must be shorter than the long window 3s" in message
