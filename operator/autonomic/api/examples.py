"""Examples of answers, as the documentation shows them. A test holds each against the description of its route."""

from typing import Any

_AT = "2026-11-23T08:00:00Z"
_DIGEST = "sha256:9f2c41d07a5be3865d1a0c9be77f40a6c2f3a1548d9b6e2c70f3d5a4b1c8e697"
_ALERT = {"contract": "triage-agent", "objective": "task-success", "level": "Breach", "since": _AT}
_PLAN = {
    "namespace": "shop",
    "name": "triage-agent-task-success-x7k2",
    "phase": "AwaitingApproval",
    "loop": "reliability",
    "contract": "triage-agent",
    "trigger": {"type": "SLOAlert", "sloAlert": _ALERT},
    "actions": [{"type": "Scale", "target": "Deployment triage-agent"}],
    "justification": "task-success of triage-agent burns 15.2 times too fast over 1h.",
    "verdict": "RequireApproval",
    "reasons": ["tiers: Gold needs two reviewers"],
    "review": None,
    "reviewedBy": None,
    "outcome": None,
    "createdAt": _AT,
    "expiresAt": "2026-11-23T09:00:00Z",
    "digest": _DIGEST,
}
_SLO = {
    "contract": "triage-agent",
    "namespace": "shop",
    "objective": "task-success",
    "target": "99.5",
    "sli": "99.708%",
    "budgetRemaining": "41.7%",
    "burnRates": [{"window": "1h", "rate": "15.2"}],
    "alert": "Breach",
    "since": _AT,
    "incident": _AT,
    "exhaustsAt": "2026-11-25T17:30:00Z",
    "history": "",
    "exactness": "Exact",
    "groups": [],
    "evaluatedAt": _AT,
}
_ROUTE = {
    "namespace": "shop",
    "name": "triage",
    "mode": "Enforce",
    "baseline": "sonnet",
    "approved": True,
    "weights": [],
    "conditions": [],
}
_HEALTH = {"items": [], "total": 0, "continue": None, "evaluatedAt": _AT}
_EVENT = {
    "event": "PlanChanged",
    "id": "3f9a1c20-8d5e0b1c7a2f4936b0c1d2e3f4a596871122aabb33cc44dd",
    "data": '{"namespace":"shop","at":"2026-11-23T08:00:00+00:00","plan":"triage-agent-task-success-x7k2",'
    '"from":"Proposed","to":"AwaitingApproval","message":"tiers: Gold needs two reviewers"}',
}

PLACES = {
    "/autonomic/slo/": "triage-agent",
    "/autonomic/plans/": "triage-agent-task-success-x7k2",
    "/autonomic/routes/": "triage",
}
"""Names of objects in the namespace `shop`, by what the paths of their routes begin with."""

EXAMPLES: dict[str, Any] = {
    "GET /autonomic/slo": {"items": [_SLO], "total": 1, "continue": None},
    "GET /autonomic/plans": {"items": [_PLAN], "total": 214, "continue": "WyJzaG9wIiwidHJpYWdlLXg3azIiXQ"},
    "GET /autonomic/routes": {"items": [_ROUTE], "total": 1, "continue": None},
    "GET /autonomic/health": _HEALTH,
    "GET /autonomic/cost": {"items": [], "total": 0, "continue": None},
    "GET /autonomic/events": _EVENT,
    "POST /autonomic/plans/{namespace}/{name}/reviews": {
        "namespace": "shop",
        "plan": "triage-agent-task-success-x7k2",
        "review": {"decision": "Approved", "by": "alice@example.com", "message": "load test", "digest": _DIGEST},
    },
}
"""By method and path."""

REVIEW = {"decision": "Approved", "digest": _DIGEST, "message": "load test"}
"""What is sent to approve a plan."""
