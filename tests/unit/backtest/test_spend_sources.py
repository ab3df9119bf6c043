"""Spend of every source in a replay: pieces add up to what the operator counts in one, and what can't be read is Unknown."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from autonomic.backtest.report import Backtest
from autonomic.backtest.running import Policies, Wish, backtest
from autonomic.cycle.unions import NUMBER
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.domain.readings import Abilities, Sample, Vector
from autonomic.domain.units import span
from autonomic.domain.words import ENABLED_LABEL, FREE_QUERIES_LABEL
from autonomic.ports.memory.metrics import Answer, MemoryMetrics
from autonomic.ports.memory.policy import MemoryPolicyEngine
from autonomic.simulate.scenario import Scenario
from tests.unit.cycle.world import DENY
from tests.unit.domain.cost_specimens import budget_raw
from tests.unit.domain.specimens import NOW, loop_raw, redline_raw

UNTIL = NOW + timedelta(hours=6)
LIMIT = {"amount": "10", "currency": "USD", "per": "1d"}
TOKENS = {"input": 600.0, "output": 50.0, "cached_input": 200.0}
"""A minute."""
QUERY = {"type": "Query", "query": {"expr": "sum(increase(bill_total[$window]))"}}
SOURCES: dict[str, dict[str, Any]] = {
    "LiteLLM": {"type": "LiteLLM", "liteLLM": {}},
    "GenAI": {"type": "GenAI", "genAI": {}},
    "OpenCost": {"type": "OpenCost", "openCost": {}},
    "Query": QUERY,
}


class Steady:
    """So many tokens a minute, or half a cent, of one model. While it is `down` nothing about spend is answered."""

    def __init__(self, model: str = "gpt-4o", down: tuple[int, int] = (0, 0)) -> None:
        self._model, self._down = model, down

    def answer(self, expr: str, at: datetime) -> Answer:
        """The vector at that time."""
        if NUMBER in expr:
            return Invalid("one by one")
        if "timestamp(" in expr:
            return Vector((Sample({}, str(at.timestamp())),))
        if not (found := re.search(r"\[(\w+)[\]:]", expr)) or expr.startswith("count"):
            return Vector((Sample({}, "1"),))
        if self._down[0] <= (at - NOW) / timedelta(minutes=1) < self._down[1]:
            return Unavailable("it is down")
        minutes = span(found[1]) / timedelta(minutes=1)
        if "gen_ai_client_token_usage" in expr:
            named = {"gen_ai_request_model": self._model, "gen_ai_provider_name": "openai"}
            return Vector(
                tuple(
                    Sample({**named, "gen_ai_token_type": kind}, repr(minutes * each)) for kind, each in TOKENS.items()
                )
            )
        named = {"namespace": "shop", "model": self._model}
        return Vector((Sample({} if "bill" in expr else named, repr(minutes * 0.005)),))


async def replayed(steady: Steady, source: dict[str, Any], kept: timedelta | None = None) -> Backtest:
    room = {"name": "shop", "labels": {ENABLED_LABEL: "true", FREE_QUERIES_LABEL: "true"}}
    objects = (
        {"apiVersion": "v1", "kind": "Namespace", "metadata": room},
        loop_raw("Cost"), redline_raw(), budget_raw(limit=LIMIT, spend=source),
    )  # fmt: skip
    metrics = MemoryMetrics(steady.answer)
    metrics.can = Abilities(anchored=True, retention=kept)
    return await backtest(
        Wish(Scenario(objects=objects), NOW, UNTIL, [Policies("", MemoryPolicyEngine(DENY))]), metrics
    )


@pytest.mark.parametrize("source", SOURCES)
async def test_pieces_of_every_source_add_up_to_what_the_operator_counts_in_one(source: str) -> None:
    told = await replayed(Steady(), SOURCES[source])
    (line,) = told.money
    assert line.unknown == ()
    # Of a minute's tokens 400 are read anew at 2.50 a million, 200 again at 1.25, and 50 are written at 10.
    a_minute = (400 * 2.5 + 200 * 1.25 + 50 * 10) / 1_000_000 if source == "GenAI" else 0.005
    assert line.spent[-1] == pytest.approx(a_minute * 18 * 60 / 10, rel=1e-3)
    assert not any("add up" in each for each in told.notes)


async def test_tokens_of_a_model_whose_price_nobody_knows_are_unknown() -> None:
    (line,) = (await replayed(Steady("a-model-of-ours"), SOURCES["GenAI"])).money
    (gap,) = line.unknown
    assert (gap.since, gap.until) == (NOW, UNTIL)
    assert gap.reason.startswith("nobody knows the price of model a-model-of-ours")


async def test_what_the_server_keeps_no_more_is_unknown_until_a_window_begins_after_it() -> None:
    (line,) = (await replayed(Steady(), SOURCES["LiteLLM"], kept=timedelta(hours=8))).money
    (gap,) = line.unknown
    assert gap.reason.startswith("the metrics server keeps 8h: ")
    assert (gap.since, gap.until) == (NOW, UNTIL)


async def test_what_was_not_answered_is_unknown_in_every_window_that_it_lies_in() -> None:
    (line,) = (await replayed(Steady(down=(60, 65)), SOURCES["LiteLLM"])).money
    assert line.unknown[-1].until == UNTIL
    assert "it is down" in line.unknown[-1].reason
    assert line.stands == ()
