"""OTLP metrics in protobuf: https://opentelemetry.io/docs/specs/otlp. Gauges are levels, sums of deltas are occurrences."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, DataPointFlags

from autonomic.domain.signals.catalogue import PUSHED
from autonomic.domain.signals.lookup import TYPES
from autonomic.domain.signals.received import Signal
from autonomic.signals.checking import Checks
from autonomic.signals.refusal import Reason, Refused

SOURCE = "otlp"
_READ = ("gauge", "sum")
_DELTA = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
_NONE = DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK
_NANOSECONDS = 1_000_000_000
_LATEST = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp()) * _NANOSECONDS
_NAMESPACE = ("k8s.namespace.name", "namespace")
_OF_THE_RESOURCE = {
    "k8s.deployment.name": "deployment",
    "k8s.statefulset.name": "statefulset",
    "k8s.job.name": "job",
    "k8s.pod.name": "pod",
    "k8s.node.name": "node",
    "service.name": "service",
}
"""What is kept of who measured, and as which label: resources have many more attributes, and each would make a series."""
_ILLEGAL = re.compile(r"[^a-zA-Z0-9_]")
_FOLDED = {each.lower(): each for each in (*TYPES, *PUSHED)}


@dataclass(frozen=True, slots=True)
class Point:
    """One data point, still unread, of the metric and the resource that it belongs to."""

    metric: Any
    resource: Mapping[str, str]
    data: Any


def points(body: bytes, most: int) -> list[Point]:
    """Every data point of a request, those that can't be read among them. Raises Refused for no OTLP, and for too many."""
    try:
        request = ExportMetricsServiceRequest.FromString(body)
    except DecodeError as error:
        raise Refused(Reason.MALFORMED, f"the body is no ExportMetricsServiceRequest in protobuf: {error}") from None
    number = sum(len(_data(metric)) for _, metric in _metrics(request))
    if number > most:
        raise Refused(Reason.TOO_MANY_EVENTS, f"the request holds {number} data points: send at most {most} at once")
    return [
        Point(metric, resource, each)
        for held, metric in _metrics(request)
        for resource in (_attributes(held.resource.attributes),)
        for each in _data(metric)
    ]


def signal(point: Point, namespace: str | None, now: datetime, checks: Checks) -> Signal | None:
    """One data point; None of a delta of nothing. Raises Refused."""
    metric, data = point.metric, point.data
    value = _value(metric, data)
    if value == 0 and _is_delta(metric):
        return None
    own = _attributes(data.attributes)
    where = next((found for found in (*_named(own), *_named(point.resource)) if found), namespace)
    labels = {label: point.resource[name] for name, label in _OF_THE_RESOURCE.items() if name in point.resource}
    labels |= {_ILLEGAL.sub("_", name): text for name, text in own.items() if name not in _NAMESPACE}
    id_ = f"{metric.name}{sorted(labels.items())}{where}{data.start_time_unix_nano}/{data.time_unix_nano}"
    digest = blake2b(id_.encode(), digest_size=16).hexdigest()
    return checks.signal(type_of(metric.name), where, labels, value, _moment(data, now), SOURCE, digest, now)


def type_of(name: str) -> str:
    """The catalogue's type where a metric bears its name, such as `task.failure.count`; else the metric's own name."""
    return _FOLDED.get(_ILLEGAL.sub("", name.removeprefix("maestro.")).replace("_", "").lower(), name)


def answer(refused: int, why: str) -> bytes:
    """The response in protobuf: how many data points were not accepted, and why the first was not."""
    response = ExportMetricsServiceResponse()
    if refused:
        response.partial_success.rejected_data_points = refused
        response.partial_success.error_message = why
    return bytes(response.SerializeToString())


def _metrics(request: Any) -> Iterator[tuple[Any, Any]]:
    for held in request.resource_metrics:
        for scope in held.scope_metrics:
            for metric in scope.metrics:
                yield held, metric


def _data(metric: Any) -> Any:
    kind = metric.WhichOneof("data")
    return getattr(metric, kind).data_points if kind else ()


def _is_delta(metric: Any) -> bool:
    return bool(metric.WhichOneof("data") == "sum" and metric.sum.aggregation_temporality == _DELTA)


def _value(metric: Any, data: Any) -> float:
    """Raises Refused for what is no level and no delta."""
    kind = metric.WhichOneof("data")
    if kind not in _READ:
        raise Refused(Reason.MALFORMED, f"{metric.name[:80]} is a {kind}: only gauges and sums are read")
    if kind == "sum" and metric.sum.is_monotonic and not _is_delta(metric):
        raise Refused(
            Reason.MALFORMED,
            f"{metric.name[:80]} is a sum since a start: send deltas"
            " (OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta), or let Prometheus take it",
        )
    form = data.WhichOneof("value")
    if form is None or data.flags & _NONE:
        raise Refused(Reason.NOT_FINITE, f"{metric.name[:80]} has no recorded value")
    return float(getattr(data, form))


def _moment(data: Any, now: datetime) -> datetime:
    if not data.time_unix_nano:
        return now
    return datetime.fromtimestamp(min(data.time_unix_nano, _LATEST) / _NANOSECONDS, UTC)


def _attributes(attributes: Any) -> dict[str, str]:
    """As text; what is a list or a map is left out."""
    found = ((each.key, _text(each.value)) for each in attributes)
    return {name: text for name, text in found if text is not None}


def _text(value: Any) -> str | None:
    form = value.WhichOneof("value")
    if form == "bool_value":
        return "true" if value.bool_value else "false"
    return str(getattr(value, form)) if form in ("string_value", "int_value", "double_value") else None


def _named(attributes: Mapping[str, str]) -> Iterator[str]:
    return (attributes[name] for name in _NAMESPACE if name in attributes)
