"""Money in a replay: rungs are those of the loop that lived through it, plans those that it would have made."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autonomic.backtest.report import Backtest
from autonomic.backtest.running import Policies, Wish, backtest
from autonomic.domain.words import WRITABLE_KEYS_ANNOTATION
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.ports.memory.policy import MemoryPolicyEngine
from autonomic.simulate.scenario import Scenario
from tests.unit.backtest.lived_money import FIRST, MINUTE, Spent, lived, replayed_levels
from tests.unit.cycle.world import APPROVE, DENY, PERSON
from tests.unit.domain.cost_specimens import FEWER, SWITCH, budget_raw
from tests.unit.domain.specimens import deployment, loop_raw, meta, redline_raw

HOURLY = {"amount": "36", "currency": "USD", "per": "1h"}
LADDER = [{"at": "0.8", "actions": [SWITCH]}, {"at": "1", "name": "Throttle", "actions": [FEWER]}]
MODELS: dict[str, Any] = {
    "apiVersion": "v1", "kind": "ConfigMap", "metadata": meta("models", annotations={WRITABLE_KEYS_ANNOTATION: "model"}),
    "data": {"model": "large"},
}  # fmt: skip
OBJECTS = (loop_raw("Cost"), redline_raw(), deployment(), MODELS)


async def replayed(
    model: Spent, *answers: dict[str, Any], hours: int = 4, budgets: Any = None, **spec: Any
) -> Backtest:
    asked = budgets or (budget_raw(**{"limit": HOURLY, "ladder": LADDER, **spec}),)
    policies = [Policies(f"set {number}", MemoryPolicyEngine(each)) for number, each in enumerate(answers)]
    wish = Wish(Scenario(objects=(*OBJECTS, *asked)), FIRST, FIRST + timedelta(hours=hours), policies)
    return await backtest(wish, MemoryMetrics(model.answer))


def dear() -> Spent:
    """Nothing for an hour; in the second all is spent after forty minutes; then little."""
    return Spent((60, "1.5"), (120, "0.1"))


async def test_a_rung_is_entered_and_left_when_the_money_says_so_with_the_forecast_of_that_moment() -> None:
    (line,) = (await replayed(dear(), DENY)).money
    first, second = line.stands
    assert [(each.rung, (each.entered - FIRST) // MINUTE) for each in line.stands] == [
        ("Constrained", 95),
        ("Throttle", 100),
    ]
    assert first.left == second.entered
    assert second.left == FIRST + 125 * MINUTE  # the first look at the new hour
    assert (first.amount, first.spent, first.forecast) == ("31.50 USD", "88%", "54.00 USD")
    assert first.exhausts_at == FIRST + 100 * MINUTE
    assert (line.highest, line.pressed_seconds) == ("Throttle", 1800)
    assert max(each or 0 for each in line.spent) == 1.5


async def test_what_policy_approves_acts_once_and_what_is_spent_afterwards_is_not_known() -> None:
    told = await replayed(dear(), APPROVE)
    (run,), (one,) = told.runs, told.runs[0].plans
    assert (one.about, one.outcome, one.verdict, one.course) == (
        "budget shop/team Constrained", "WouldAct", "Approve", "Known"
    )  # fmt: skip
    assert one.acts_at == FIRST + 95 * MINUTE
    (doubt,) = run.not_known
    assert (doubt.about, doubt.since, doubt.until) == ("budget shop/team", one.acts_at, FIRST + 125 * MINUTE)
    assert one.saved is not None
    # 22.50 USD in the 25 minutes to the hour, and .30 in the five until it was looked at again.
    assert one.saved.least == 0
    assert one.saved.most == pytest.approx(22.8 / 36, abs=1e-5)


async def test_a_rung_that_nobody_approves_is_asked_for_once_and_withdrawn_when_the_pressure_is_over() -> None:
    (run,) = (await replayed(dear(), PERSON)).runs
    assert [(each.about, each.outcome) for each in run.plans] == [
        ("budget shop/team Constrained", "Superseded"), ("budget shop/team Throttle", "Superseded")
    ]  # fmt: skip
    assert run.approvals.asked == 2
    assert run.not_known == ()


async def test_two_sets_of_policies_are_compared_over_the_same_money() -> None:
    told = await replayed(dear(), APPROVE, DENY)
    assert {(each.about, each.answers) for each in told.differences} == {
        ("budget shop/team Constrained", ("Approve", "Deny")), ("budget shop/team Throttle", ("", "Deny"))
    }  # fmt: skip


async def test_spend_that_nobody_heard_of_is_unknown_is_listed_and_moves_nothing() -> None:
    model = Spent((60, "1.5"), (120, "0.1"), unscraped=range(96, 180))
    told = await replayed(model, DENY)
    (line,) = told.money
    (gap,) = line.unknown
    assert gap.reason.startswith("the newest sample of the spend is")
    assert (gap.since, gap.until) == (FIRST + 105 * MINUTE, FIRST + 180 * MINUTE)
    assert line.stands[-1].left == FIRST + 180 * MINUTE
    assert None in line.spent


async def test_a_number_that_is_none_is_unknown_for_as_long_as_it_lies_in_a_window() -> None:
    model = dear()
    model.broken = "NaN"
    told = await replayed(model, APPROVE)
    (line,) = told.money
    assert [each.reason[:38] for each in line.unknown] == ['the server answered NaN for {model="la']
    assert (line.stands, told.runs[0].plans) == ((), ())


async def test_a_budget_that_presses_the_one_below_is_named_and_both_courses_end_with_one_plan() -> None:
    below = budget_raw("below", limit={**HOURLY, "amount": "1000"}, ladder=LADDER, parent={"name": "team"})
    above = budget_raw(limit=HOURLY, ladder=[{"at": "0.8", "actions": [FEWER]}])
    told = await replayed(dear(), APPROVE, budgets=(below, above))
    lines = {each.budget: each for each in told.money}
    assert {each.pressed_by for each in lines["shop/below"].stands} == {"shop/team"}
    plans = sorted((each.at, each.course) for each in told.runs[0].plans)
    assert [course for _, course in plans] == ["Known", "NotKnown"]


async def test_idle_hours_and_a_parent_elsewhere_are_named_as_not_replayed() -> None:
    idle = {"hours": [{"schedule": "0 0 * * *", "duration": "23h"}]}
    told = await replayed(dear(), APPROVE, idle=idle, parent={"name": "company", "where": "Platform"})
    (said,) = [each for each in told.notes if "shop/team" in each]
    assert said.startswith(
        "budget shop/team is replayed without its idle hours and its parent in the operator's namespace"
    )
    assert [each.about for each in told.runs[0].plans] == ["budget shop/team Constrained"]


async def test_pieces_that_do_not_add_up_to_what_the_operator_counts_are_named() -> None:
    class Whole(Spent):
        """What is asked in one is a tenth more than its parts."""

        def _sum(self, began: datetime, at: datetime, what: str) -> Decimal:
            return super()._sum(began, at, what) * (Decimal("1.1") if at - began > 10 * MINUTE else 1)

    told = await replayed(Whole((60, "0.1")), DENY, hours=2)
    (said,) = [each for each in told.notes if "add up" in each]
    assert "shop/team: at the end its five-minute pieces add up to 3.60 USD, the operator counts 3.96" in said
    assert not any("add up" in each for each in (await replayed(dear(), DENY)).notes)


LIMITS = (
    HOURLY,
    {**HOURLY, "window": "Rolling"},
    {"amount": "100", "currency": "USD", "per": "1d", "timeZone": "Asia/Kathmandu"},
    {"amount": "100", "currency": "USD", "per": "1d", "window": "Rolling"},
)


@settings(max_examples=8)
@example(
    # At a quarter past, the rate of the last five minutes would spend exactly what is left.
    [(168, "0.8"), (12, "0"), (439, "0.05"), (-200, "0"), (144, "0"), (-25, "2"), (-267, "2"), (41, "2")],
    [(454, 12), (111, 11)],
)
@given(
    st.lists(
        st.tuples(st.integers(-1440, 700), st.sampled_from(["0", "0.05", "0.2", "0.8", "2"])), min_size=1, max_size=8
    ),
    st.lists(st.tuples(st.integers(0, 700), st.integers(1, 90)), max_size=2),
)
async def test_the_rungs_of_a_replay_are_those_of_the_loop_that_lived_through_it(
    tasks: list[tuple[int, str]], gaps: list[tuple[int, int]]
) -> None:
    """Windows of all kinds, a hierarchy, money left over, gaps; whatever was spent when."""
    unscraped = {minute for begins, length in gaps for minute in range(begins, begins + length)}
    model = Spent(*tasks, unscraped=unscraped)
    raws = [budget_raw(f"b{at}", limit=each, ladder=LADDER) for at, each in enumerate(LIMITS)]
    raws.append(budget_raw("left-over", limit=HOURLY, ladder=LADDER, rollover=True, parent={"name": "b2"}))
    told = await replayed(model, DENY, hours=12, budgets=raws)
    for key, moments in (await lived(model, told.until, *raws)).items():
        seen = [(level, known) for level, _, known in moments[:-1]]  # the last look has no time after it
        assert replayed_levels(told, key, len(seen)) == seen, key
