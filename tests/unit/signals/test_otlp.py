"""OTLP metrics over HTTP: gauges and deltas become signals, under the promise of every other sender."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

from autonomic.signals.limits import Limits
from tests.unit.signals.sending import NOON, World

PROTOBUF, METRICS = "application/x-protobuf", "/autonomic/v1/metrics"
DELTA, CUMULATIVE = 1, 2
TRIAGE = {"k8s.namespace.name": "shop", "k8s.deployment.name": "triage", "telemetry.sdk.name": "x"}


def attributes(into: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        each = into.add()
        each.key = name
        setattr(each.value, "int_value" if isinstance(value, int) else "string_value", value)


def request(*metrics: Metric, resource: Mapping[str, str] = TRIAGE) -> bytes:
    """One resource with these metrics."""
    made = ExportMetricsServiceRequest()
    held = made.resource_metrics.add()
    attributes(held.resource.attributes, resource)
    held.scope_metrics.add().metrics.extend(metrics)
    return bytes(made.SerializeToString())


def point(into: Any, value: float, labels: Mapping[str, Any], seconds: float) -> None:
    data = into.data_points.add()
    data.as_double = value
    data.time_unix_nano = int((NOON + timedelta(seconds=seconds)).timestamp() * 1e9)
    attributes(data.attributes, labels)


def gauge(name: str, value: float, seconds: float = 0, **labels: Any) -> Metric:
    made = Metric(name=name)
    point(made.gauge, value, labels, seconds)
    return made


def counted(name: str, value: float, temporality: Any = DELTA, monotonic: bool = True, **labels: Any) -> Metric:
    made = Metric(name=name)
    made.sum.aggregation_temporality, made.sum.is_monotonic = temporality, monotonic
    point(made.sum, value, labels, 0)
    return made


def bare(name: str, kind: str) -> Metric:
    """One data point of that kind, in which nothing stands."""
    made = Metric(name=name)
    getattr(made, kind).data_points.add()
    return made


async def send(world: World, body: bytes, **more: Any) -> httpx.Response:
    return await world.send(body, PROTOBUF, to=METRICS + more.pop("query", ""), **more)


def rejected(answer: httpx.Response) -> tuple[int, str]:
    """How many data points were rejected, and why."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == PROTOBUF
    said = ExportMetricsServiceResponse.FromString(answer.content).partial_success
    return said.rejected_data_points, said.error_message


async def test_gauges_and_deltas_are_signals_of_the_catalogue_by_their_names() -> None:
    world = World()
    body = request(gauge("maestro.queue.depth", 120, queue="in"), counted("task_failure_count", 2, code=429))
    assert rejected(await send(world, body)) == (0, "")
    depth, failures = world.delivered
    assert (depth.type, depth.namespace, depth.value, depth.at) == ("QueueDepth", "shop", 120, NOON)
    assert depth.labels == {"deployment": "triage", "queue": "in"}
    assert (failures.type, failures.value) == ("TaskFailureCount", 2)
    assert failures.labels == {"deployment": "triage", "code": "429"}


async def test_what_is_sent_again_is_known_again() -> None:
    world = World()
    body = request(gauge("QueueDepth", 120))
    assert rejected(await send(world, body)) == rejected(await send(world, body)) == (0, "")
    assert len(world.delivered) == 1
    assert rejected(await send(world, request(gauge("QueueDepth", 120, seconds=5)))) == (0, "")
    assert len(world.delivered) == 2


async def test_what_was_accepted_is_in_the_log_when_it_is_answered() -> None:
    world = World()
    await send(world, request(gauge("QueueDepth", 120)))
    world.begin()
    assert 'signal="QueueDepth"' in world.metric("autonomic_signal_last{")[0]


async def test_a_delta_of_nothing_tells_nothing() -> None:
    world = World()
    assert rejected(await send(world, request(counted("TaskFailureCount", 0), gauge("QueueDepth", 0)))) == (0, "")
    assert [each.type for each in world.delivered] == ["QueueDepth"]


async def test_what_goes_up_and_down_is_a_level_though_it_is_a_sum() -> None:
    world = World()
    assert rejected(await send(world, request(counted("QueueDepth", 7, CUMULATIVE, monotonic=False)))) == (0, "")
    assert world.delivered[0].value == 7


async def test_an_unknown_metric_is_kept_and_visible_and_not_acted_on() -> None:
    world = World()
    assert rejected(await send(world, request(gauge("http.server.active_requests", 3)))) == (0, "")
    assert world.delivered == []
    assert 'signal="http.server.active_requests"' in world.metric("autonomic_signal_last{")[0]


@pytest.mark.parametrize(
    ("metric", "why"),
    [
        (counted("TaskFailureCount", 9, CUMULATIVE), "is a sum since a start: send deltas"),
        (bare("TaskLatency", "histogram"), "is a histogram: only gauges and sums"),
        (gauge("QueueDepth", float("nan")), "only finite numbers can be kept"),
        (gauge("QueueDepth", 1, seconds=-7200), "more than 1:00:00 ago"),
        (gauge("QueueDepth", 1, seconds=1e10), "ahead of our clock"),
        (bare("QueueDepth", "gauge"), "has no recorded value"),
        (gauge("HumanRating", 4), "a HumanRating speaks of a task"),
    ],
    ids=["since a start", "histogram", "nan", "ancient", "future", "none", "no task"],
)
async def test_one_bad_data_point_fails_alone_with_its_reason(metric: Metric, why: str) -> None:
    world = World()
    number, said = rejected(await send(world, request(metric, gauge("QueueDepth", 1))))
    assert number == 1
    assert why in said
    assert len(world.delivered) == 1
    assert world.metric("autonomic_signals_refused_total{")


async def test_a_namespace_that_is_not_the_senders_is_refused_and_one_may_be_named_for_all() -> None:
    world = World()
    foreign = await send(world, request(gauge("QueueDepth", 1), resource={"k8s.namespace.name": "bank"}))
    assert foreign.status_code == 403
    nowhere = await send(world, request(gauge("QueueDepth", 1), resource={}))
    assert nowhere.status_code == 422
    assert rejected(await send(world, request(gauge("QueueDepth", 1), resource={}), query="?namespace=shop")) == (0, "")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"\xff\xff\xff", PROTOBUF, 400),
        (b"{}", "application/json", 415),
        (request(*(gauge("QueueDepth", at) for at in range(11))), PROTOBUF, 413),
        (b"x" * 5_000, PROTOBUF, 413),
    ],
    ids=["no otlp", "json", "too many points", "too large"],
)
async def test_what_is_no_request_is_refused_as_a_whole(body: bytes, kind: str, status: int) -> None:
    world = World(Limits(events=10, body_bytes=4_096))
    answer = await world.send(body, kind, to=METRICS)
    assert answer.status_code == status, answer.text
    assert world.delivered == []


async def test_who_has_no_token_is_nobody() -> None:
    assert (await send(World(), request(gauge("QueueDepth", 1)), sender="strangers")).status_code == 401
