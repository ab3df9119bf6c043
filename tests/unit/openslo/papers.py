"""OpenSLO documents for tests; what a test is about is an argument."""

from typing import Any

from autonomic.openslo.importing import Imported, import_contracts
from autonomic.openslo.text import dump

TOTAL, GOOD = "sum(rate(http_requests_total[5m]))", 'sum(rate(http_requests_total{code!~"5.."}[5m]))'
ROLLING = [{"duration": "28d", "isRolling": True}]


def metric(query: str, **source: Any) -> dict[str, Any]:
    """A metric of Prometheus."""
    return {"metricSource": {"type": "Prometheus", "spec": {"query": query}, **source}}


def ratio(good: str = GOOD, total: str = TOTAL, **more: Any) -> dict[str, Any]:
    """The spec of an SLI of good events out of all."""
    return {"ratioMetric": {"good": metric(good), "total": metric(total), **more}}


def threshold(query: str) -> dict[str, Any]:
    """The spec of an SLI of a value that is held against a bound."""
    return {"thresholdMetric": metric(query)}


def paper(kind: str, name: str, spec: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    """Any document."""
    return {"apiVersion": "openslo/v1", "kind": kind, "metadata": {"name": name, **metadata}, "spec": spec}


def slo(
    sli: dict[str, Any] | None = None, name: str = "web", metadata: dict[str, Any] | None = None, **spec: Any
) -> dict[str, Any]:
    """An SLO of 99.5 % over 28 days; a field that is None is left out."""
    base = {
        "service": "agent",
        "indicator": {"metadata": {"name": "sli"}, "spec": ratio() if sli is None else sli},
        "timeWindow": ROLLING,
        "budgetingMethod": "Occurrences",
        "objectives": [{"target": 0.995}],
    }
    given = {field: value for field, value in {**base, **spec}.items() if value is not None}
    return paper("SLO", name, given, **(metadata or {}))


def policy(severity: str = "page", switches: dict[str, Any] | None = None, **condition: Any) -> dict[str, Any]:
    """An inline alert policy: 14.4 over an hour for 5 minutes."""
    burn = {"kind": "burnrate", "op": "gt", "threshold": 14.4, "lookbackWindow": "1h", "alertAfter": "5m", **condition}
    written = {field: value for field, value in burn.items() if value is not None}
    inline = {"kind": "AlertCondition", "metadata": {"name": "c"}, "spec": {"severity": severity, "condition": written}}
    target = {"targetRef": "autonomic-layer"}
    spec = {"alertWhenBreaching": True, "conditions": [inline], "notificationTargets": [target], **(switches or {})}
    return {"kind": "AlertPolicy", "metadata": {"name": "p"}, "spec": spec}


def imported(*documents: dict[str, Any]) -> Imported:
    """What becomes of the documents, all of one file."""
    return import_contracts([("slo.yaml", dump(documents))], target="deployment/agent")


def objectives(*documents: dict[str, Any]) -> list[dict[str, Any]]:
    """The objectives of the one contract that becomes of the documents."""
    (manifest,) = imported(*documents).manifests
    return list(manifest["spec"]["objectives"])


def losses(*documents: dict[str, Any]) -> dict[str, str]:
    """What is named, and why, by its path."""
    return {loss.path: loss.why for loss in imported(*documents).losses}
