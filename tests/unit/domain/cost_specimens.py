"""CostBudgets for tests, and accounts of them; what a test is about is an argument."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from autonomic.domain.accounts import Account
from autonomic.domain.cost import CostBudget
from autonomic.domain.words import API_VERSION
from tests.unit.domain.specimens import NOW, meta

CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "name": "models"}
SWITCH = {"type": "SwitchModel", "targetRef": CONFIG, "switchModel": {"key": "model", "model": "small"}}
FEWER = {"type": "Scale", "scale": {"by": -1, "min": 1, "max": 10}}
AGENT = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent"}


def budget_raw(name: str = "team", status: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """100 USD a day by LiteLLM's counters: a cheaper model at 90%, fewer replicas at all of it."""
    base = {
        "limit": {"amount": "100", "currency": "USD", "per": "1d"},
        "spend": {"type": "LiteLLM", "liteLLM": {}},
        "targetRef": AGENT,
        "ladder": [{"at": "0.9", "actions": [SWITCH]}, {"at": "1", "name": "Throttle", "actions": [FEWER]}],
        "mode": "Enforce",
    }
    body = {"apiVersion": API_VERSION, "kind": "CostBudget", "metadata": meta(name), "spec": {**base, **spec}}
    return body | ({"status": status} if status else {})


def budget(name: str = "team", status: dict[str, Any] | None = None, **spec: Any) -> CostBudget:
    """The same, read."""
    return CostBudget.read(budget_raw(name, status, **spec))


def account(amount: str = "10", **more: Any) -> Account:
    """So much of 100 USD is spent; lately 4 USD an hour for 400 tasks."""
    base: dict[str, Any] = {
        "at": NOW,
        "amount": Decimal(amount),
        "limit": Decimal(100),
        "currency": "USD",
        "began": NOW - timedelta(hours=12),
        "window": "1h",
        "lately": Decimal(4),
        "per_day": Decimal(96),
        "tasks": Decimal(400),
    }
    return Account(**base | more)
