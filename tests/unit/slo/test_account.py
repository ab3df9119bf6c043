"""The account of a contract, from an engine that asked a server in memory."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from autonomic.cycle.slo.accounting import account, judged_alone, status_of
from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.slo.account import ObjectiveAccount
from tests.unit.domain.specimens import contract, contract_raw, objective
from tests.unit.slo.judging import NOON, accounted, outage, view
from tests.unit.slo.traffic import Traffic

MONTH = {"calendar": {"unit": "Month", "timeZone": "UTC"}}


async def only(*contracts: SLAContract) -> ObjectiveAccount:
    """The one objective of the first contract, where an hour went badly."""
    (one,) = (await accounted(MemoryMetrics(outage().answer), *contracts)).objectives
    return one


@pytest.mark.parametrize("window", [{"rolling": "28d"}, {"rolling": "90m"}, MONTH], ids=["28d", "90m", "month"])
async def test_the_line_ends_at_the_budget_that_the_engine_says(window: dict[str, Any]) -> None:
    one = await only(contract(objectives=[objective(window=window)]))
    assert one.counted and one.burn_down
    assert one.burn_down.moments[-1].remaining == 1 - one.counted.bad / one.counted.allowed
    assert one.burn_down.moments[-1].at == NOON
    assert one.burn_down.moments[0].at == one.period_start


async def test_the_counts_are_those_of_the_period_and_the_allowed_number_is_exact() -> None:
    one = await only(contract())
    assert one.counted
    # 28 d x 1,440 min x 100 tasks; 60 min x 10 failed; 0.5 % may.
    assert [one.counted.bad, one.counted.total, one.counted.allowed] == [600, 4_032_000, 20_160]
    assert one.model_dump(mode="json")["counted"]["allowed"] == "20160"


async def test_the_line_shows_when_the_budget_was_spent() -> None:
    one = await only(contract(objectives=[objective(window={"rolling": "10h"})]))
    assert one.burn_down
    assert one.burn_down.shows == "Spending"
    left = {moment.at.hour: moment.remaining for moment in one.burn_down.moments if moment.at.minute == 0}
    # 600 min x 100 x 0.5 % = 300 are allowed, and 600 were bad from 10:00 to 11:00.
    assert [left[hour] for hour in (9, 10, 11, 12)] == [1, 1, -1, -1]


async def test_a_line_has_at_most_sixty_steps_of_one_length_and_the_rest_comes_first() -> None:
    one = await only(contract(objectives=[objective(window={"rolling": "67m"}, alerting=SHORT)]))
    assert one.burn_down
    times = [moment.at for moment in one.burn_down.moments]
    steps = [(later - sooner).total_seconds() / 60 for sooner, later in pairwise(times)]
    assert steps == [1, *[2] * 33]


SHORT = {"windows": [{"long": "30m", "short": "5m", "factor": "10", "level": "Breach"}]}


async def test_each_tier_says_how_fast_both_windows_burn_and_whether_it_fires() -> None:
    (tier,) = (await only(contract())).tiers
    assert (tier.long, tier.short, tier.factor) == ("1h", "5m", "14.4")
    assert (tier.long_burn, tier.short_burn) == (Decimal(0), Decimal(0))
    assert (tier.firing, tier.unknown) == (False, None)


async def test_a_composite_burns_down_as_its_parts_do() -> None:
    parts = [{"objective": "agent/success", "weight": 3}, {"objective": "well/success", "weight": 1}]
    mixed = contract("mixed", objectives=[objective(indicator={"composite": parts})])
    calm = objective(indicator={"ratio": {"bad": "never_total", "total": "tasks_total"}})
    one = await only(mixed, contract(), contract("well", objectives=[calm]))
    assert one.counted and one.burn_down
    assert one.burn_down.moments[-1].remaining == 1 - one.counted.bad / one.counted.allowed
    assert one.counted.total == 4


async def test_the_figures_are_of_the_worst_group_and_every_group_is_named() -> None:
    tenants = Traffic(tenants={"acme": outage(10), "zen": outage(60)})
    grouped = contract(objectives=[objective(groupBy=["tenant"])])
    (one,) = (await accounted(MemoryMetrics(tenants.answer), grouped)).objectives
    assert [each.group for each in one.groups] == ["tenant=acme", "tenant=zen"]
    assert one.group == "tenant=zen"
    assert one.counted and one.burn_down
    assert one.counted.bad == 600
    assert one.burn_down.moments[-1].remaining == 1 - one.counted.bad / one.counted.allowed


async def test_without_data_the_reason_is_told_and_there_is_no_line() -> None:
    metrics = MemoryMetrics({})
    (one,) = (await accounted(metrics, contract())).objectives
    assert one.unknown and one.unknown.reason == "NoData"
    assert (one.burn_down, one.counted) == (None, None)
    assert [tier.firing for tier in one.tiers] == [None]


async def test_a_contract_whose_indicator_is_wrong_says_so() -> None:
    wrong = {"ratio": {"bad": "tasks_total", "total": "tasks_total"}}
    raw = contract_raw(objectives=[objective(indicator=wrong)])
    message = "indicator.ratio.bad: it is the same as total"
    told = {"type": "Ready", "status": "False", "reason": "InvalidIndicator", "message": message}
    at = {"lastTransitionTime": NOON.isoformat()}
    one = await only(SLAContract.read({**raw, "status": {"conditions": [{**told, **at}]}}))
    assert one.unknown and one.unknown.message == message


async def test_a_silent_server_is_no_account() -> None:
    metrics = MemoryMetrics(outage().answer)
    metrics.failure = Unavailable("connection refused")
    with pytest.raises(Unavailable, match="connection refused"):
        await accounted(metrics, contract())


async def test_a_server_that_falls_silent_before_the_line_is_read_is_no_account_either() -> None:
    metrics, one = MemoryMetrics(outage().answer), contract()
    engine = await judged_alone(metrics, one, view(one))
    metrics.failure = Unavailable("connection reset")
    with pytest.raises(Unavailable, match="connection reset"):
        await account(engine, one, status_of(engine, one, NOON), NOON)


async def test_where_the_server_refuses_the_line_the_figures_are_shown_without_it() -> None:
    metrics, one = MemoryMetrics(outage().answer), contract()
    engine = await judged_alone(metrics, one, view(one))
    metrics.failure = Invalid("the query would load too many samples")
    (found,) = (await account(engine, one, status_of(engine, one, NOON), NOON)).objectives
    assert found.counted
    assert found.burn_down is None
