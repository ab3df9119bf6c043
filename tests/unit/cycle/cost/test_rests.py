"""The measured rests: asked once an hour, of its own tenant, and Unknown where they can not be told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from autonomic.cycle.cost.books import CostBooks
from autonomic.cycle.cost.rests import RestBook
from autonomic.domain.errors import Unavailable
from autonomic.domain.idling import Rest
from autonomic.domain.readings import Abilities, Sample, Unknown, Vector
from autonomic.domain.view import View
from autonomic.ports.memory.metrics import MemoryMetrics
from tests.unit.domain.cost_specimens import budget
from tests.unit.domain.specimens import NOW, namespace

IDLE: Mapping[str, Any] = {"requests": "requests_total", "weeks": 2}


def view(**spec: Any) -> View:
    one = budget(idle={**IDLE, **spec})
    return View(NOW, budgets={one.key: one}, namespaces={"shop": namespace()})


def silent() -> MemoryMetrics:
    """Nobody ever asked anything."""
    return MemoryMetrics(
        lambda expr, _: Vector((Sample({}, "0"),) if "requests_total" in expr and "litellm" not in expr else ())
    )


def book(metrics: MemoryMetrics) -> RestBook:
    return RestBook(metrics, CostBooks(metrics))


async def test_what_nobody_asked_rests_always_and_is_asked_about_once_an_hour() -> None:
    metrics = silent()
    kept = book(metrics)
    for minutes in (0, 20, 40):
        found = await kept.opened(replace(view(), now=NOW + timedelta(minutes=minutes)))
        assert found.rests == {"shop/team": (Rest(0, 168),)}
    assert len(metrics.asked_ranges) == 1
    await kept.opened(replace(view(), now=NOW + timedelta(minutes=60)))
    assert (len(metrics.asked_ranges), len(kept.kept)) == (2, 1)


async def test_tenants_that_share_a_server_look_at_their_own_requests() -> None:
    metrics = silent()
    await book(metrics).opened(replace(view(), tenant_label="tenant"))
    assert 'requests_total{tenant="shop"}' in metrics.asked_ranges[0].expr


@pytest.mark.parametrize("wrong", ["extrapolates", "down", "no selector", "no such server"])
async def test_what_can_not_be_told_is_unknown(wrong: str) -> None:
    metrics, asking = silent(), view()
    if wrong == "extrapolates":
        metrics.can = Abilities(anchored=False)
    if wrong == "down":
        metrics.failure = Unavailable("Prometheus is down")
    if wrong == "no selector":
        asking = view(requests="sum(requests_total)")
    if wrong == "no such server":
        asking = view(server="elsewhere")
    found = (await book(metrics).opened(asking)).rests["shop/team"]
    assert isinstance(found, Unknown)


async def test_nobody_is_asked_about_who_did_not_ask_or_did_not_opt_in() -> None:
    metrics = silent()
    scheduled = view(requests=None, hours=[{"schedule": "0 20 * * *", "duration": "8h"}])
    for each in (scheduled, replace(view(), namespaces={"shop": namespace(enabled=False)})):
        assert (await book(metrics).opened(each)).rests == {}
    assert metrics.asked_ranges == []
