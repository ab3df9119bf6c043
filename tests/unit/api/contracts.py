"""Contracts, statuses and a turn for tests of what is shown of them."""

from datetime import UTC, datetime
from typing import Any

from autonomic.cycle.loop_turn import TurnRecord
from autonomic.domain.contracts import SLAContract
from autonomic.domain.findings import Analysis

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def contract(namespace: str, name: str = "triage", status: dict[str, Any] | None = None) -> SLAContract:
    """A contract with one objective, `success`, of 99.5 %."""
    objective = {
        "name": "success",
        "target": "99.5",
        "window": {"rolling": "28d"},
        "indicator": {"ratio": {"bad": 'tasks_total{status="failed"}', "total": "tasks_total"}},
        "alerting": {"windows": [{"long": "1h", "short": "5m", "factor": "14.4", "level": "Breach"}]},
    }
    spec = {
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "triage"},
        "objectives": [objective],
    }
    return SLAContract.read({"metadata": {"name": name, "namespace": namespace}, "spec": spec, "status": status})


def judged(alert: str = "Breach", remaining: str = "41.7%", sli: str = "99.708%") -> dict[str, Any]:
    """The status of such a contract, as it is stored."""
    return {
        "objectives": [
            {
                "name": "success",
                "sli": sli,
                "budgetRemaining": remaining,
                "burnRates": [{"window": "5m", "rate": "15.2"}],
                "alert": alert,
                "since": NOON.isoformat(),
                "exactness": "Exact",
            }
        ]
    }


def turn(loop: str = "reliability") -> TurnRecord:
    """A turn that took a quarter of a second."""
    return TurnRecord(loop, number=7, at=NOON, took=0.25, questions=3, unanswered=1, analysis=Analysis())
