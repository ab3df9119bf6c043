"""How long the money lasts, and why a rate grew; calculated by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from autonomic.cost.anomaly import FALSE_ALARMS, bound, unusual
from autonomic.cost.forecast import forecast
from autonomic.cost.growth import split, why
from autonomic.cost.spend import Figures, Spend
from autonomic.cost.windows import Stretch

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)


def figures(hours: int, amount: str, tasks: str | None = None, tokens: str | None = None) -> Figures:
    of = (Decimal(each) if each else None for each in (tasks, tokens))
    return Figures(Stretch(AT - timedelta(hours=hours), AT), Decimal(amount), *of)


def spend(amount: str, long: str, short: str, *, rolling: bool = False, agents: dict[str, str] | None = None) -> Spend:
    """Of a day, at noon; `long` and `short` are money an hour."""
    whole = Stretch(AT - timedelta(days=1), AT) if rolling else Stretch(MIDNIGHT, MIDNIGHT + timedelta(days=1))
    lately = {"agent": {name: Decimal(each) for name, each in (agents or {}).items()}}
    return Spend(
        Decimal(amount), "USD", whole, AT, figures(1, long), figures(1, short), figures(24, "0"),
        {}, lately, {}, rolling,
    )  # fmt: skip


def test_the_rest_lasts_as_long_as_the_slower_rate_lets_it() -> None:
    found = forecast(spend("90", "5", "4"), Decimal(100))
    assert (found.exhausts_at, found.at_end, found.agreed) == (AT + timedelta(hours=2.5), Decimal(138), True)


@pytest.mark.parametrize(("long", "short"), [("5", "0.1"), ("0.1", "5")])
def test_a_spike_alone_and_what_is_over_foretell_nothing(long: str, short: str) -> None:
    found = forecast(spend("90", long, short), Decimal(100))
    assert (found.exhausts_at, found.agreed) == (None, False)


def test_money_that_lasts_to_the_last_moment_is_not_exhausted() -> None:
    found = forecast(spend("88", "1", "1"), Decimal(100))
    assert (found.exhausts_at, found.at_end) == (None, Decimal(100))


def test_what_is_spent_is_spent_whatever_the_rates() -> None:
    assert forecast(spend("100", "0", "0"), Decimal(100)).exhausts_at == AT


def test_a_rolling_window_loses_what_it_gains() -> None:
    steady = forecast(spend("24", "1", "1", rolling=True), Decimal(25))
    assert (steady.exhausts_at, steady.at_end) == (None, Decimal(24))
    faster = forecast(spend("24", "3", "3", rolling=True), Decimal(48))
    assert (faster.exhausts_at, faster.at_end) == (AT + timedelta(hours=12), Decimal(72))


def test_who_spends_more_than_half_is_named() -> None:
    by = {"model": {"large": Decimal(80), "small": Decimal(10)}, "agent": {"one": Decimal(45), "other": Decimal(45)}}
    assert forecast(replace(spend("90", "1", "1"), by=by), Decimal(100)).because == "89% of it by model large"
    alone = {"model": {"large": Decimal(90)}}
    assert forecast(replace(spend("90", "1", "1"), by=alone), Decimal(100)).because == ""


def test_what_is_not_exact_is_said() -> None:
    rough = replace(spend("90", "5", "5"), inexact=("allocation is sampled, not counted",))
    assert forecast(rough, Decimal(100)).because == "not exact: allocation is sampled, not counted"


def test_growth_is_split_among_tasks_tokens_and_price_without_a_rest() -> None:
    before, now = figures(24, "24", "240", "24000"), figures(1, "6", "20", "4000")
    factors = {each.name: (each.ratio, each.part) for each in split(before, now)}
    assert {name: ratio for name, (ratio, _) in factors.items()} == {
        "tasks": 2, "tokens a task": 2, "cost a token": Decimal("1.5"),
    }  # fmt: skip
    rest = sum(part for _, part in factors.values()) - (now.rate - before.rate)
    assert abs(rest) < Decimal("1e-25")
    assert factors["tasks"][1] == factors["tokens a task"][1] > factors["cost a token"][1] > 0


def test_words_name_what_grew_most() -> None:
    assert why(figures(24, "24", "240", "24000"), figures(1, "3", "10", "3000")) == (
        "the rate of spend grew 3.00x, most by tokens a task (tasks 1.00x, tokens a task 3.00x, cost a token 1.00x)"
    )
    assert why(figures(24, "24", "240"), figures(1, "3", "20")).startswith(
        "the rate of spend grew 3.00x, most by tasks"
    )


def test_what_did_not_grow_or_can_not_be_split_has_no_words() -> None:
    assert why(figures(24, "24", "240"), figures(1, "1.09", "10")) == ""
    assert why(figures(24, "24"), figures(1, "9")) == ""
    assert why(figures(24, "0", "0"), figures(1, "9", "3")) == ""


def test_an_agent_that_spends_far_more_than_its_peers_is_named() -> None:
    peers = {f"agent-{number}": str(10 + number % 3) for number in range(12)}
    (found,) = unusual(spend("90", "1", "1", agents={**peers, "runaway": "200"}))
    assert (found.who, round(found.times), found.against) == ("runaway", 18, "the median of its peers")
    assert unusual(spend("90", "1", "1", agents=peers)) == ()


def test_too_few_peers_say_nothing() -> None:
    assert unusual(spend("90", "1", "1", agents={"one": "1", "other": "1", "runaway": "1000"})) == ()


@pytest.mark.parametrize("days", [7, 14, 30])
def test_false_alarms_are_as_rare_as_is_stated(days: int) -> None:
    """Seeded: 10 agents, 2,000 looks, normal logarithms; up to twice the rate stated is let pass."""
    random, looks, agents = Random(20261123), 2000, 10
    alarms = sum(
        any(random.gauss(0, 1) > bound([random.gauss(0, 1) for _ in range(days)], agents) for _ in range(agents))
        for _ in range(looks)
    )
    assert alarms <= 2 * FALSE_ALARMS * looks
