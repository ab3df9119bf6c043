"""The messages that others send us, as the documentation shows them: media types, what each must have, and an example.

They are not read by way of these descriptions: what is wrong with one event or alert is said of it alone.
"""

from typing import Any

STRUCTURED, BATCH, JSON = "application/cloudevents+json", "application/cloudevents-batch+json", "application/json"
PROTOBUF = "application/x-protobuf"

_TEXT = {"type": "string"}
_EVENT = {
    "specversion": "1.0",
    "type": "dev.maestro.signal.TaskFailureCount.v1",
    "source": "/conductor/shop",
    "id": "8d1c",
    "namespace": "shop",
    "data": {"value": 2, "labels": {"deployment": "triage-agent", "code": "429"}},
}
_ALERT = {
    "status": "firing",
    "labels": {"alertname": "QueueStuck", "namespace": "shop", "queue": "triage"},
    "annotations": {},
    "startsAt": "2026-01-05T08:00:00Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "fingerprint": "c4d1f0a2b3e59687",
}
_ENVELOPE = {
    "type": "object",
    "title": "CloudEvent",
    "required": ["specversion", "type", "source", "id"],
    "properties": {
        **dict.fromkeys(("type", "source", "id"), _TEXT),
        "specversion": {"type": "string", "pattern": r"^1\."},
    },
}
_BATCH = {"type": "array", "title": "CloudEvents", "description": "Each is read by itself; a bad one fails alone."}
_WEBHOOK = {
    "type": "object",
    "title": "AlertmanagerWebhook",
    "required": ["version", "alerts"],
    "properties": {
        "version": {"const": "4"},
        "alerts": {"type": "array", "description": "Each is read by itself; a bad one fails alone."},
        "truncatedAlerts": {
            "type": "integer",
            "description": "How many more there were: Prometheus is asked for them.",
        },
    },
}
_BINARY = {
    "description": "The data of an event whose attributes are headers: `ce-specversion`, `ce-type`, `ce-source`, `ce-id`."
}

EVENTS = {
    STRUCTURED: {"schema": _ENVELOPE, "example": _EVENT},
    BATCH: {"schema": _BATCH, "example": [_EVENT]},
    JSON: {"schema": _BINARY, "example": _EVENT["data"]},
}
"""CloudEvents 1.0."""
ALERTS = {JSON: {"schema": _WEBHOOK, "example": {"version": "4", "truncatedAlerts": 0, "alerts": [_ALERT]}}}
"""The webhook of Alertmanager, version 4."""
METRICS: dict[str, dict[str, Any]] = {PROTOBUF: {"schema": {}}}
"""An ExportMetricsServiceRequest of OTLP."""
