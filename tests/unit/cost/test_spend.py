"""What was spent, by hand-calculated examples, and why it is sometimes not known."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from autonomic.cost.recipes import Server, Surroundings
from autonomic.cost.spend import Spend, spent
from autonomic.cost.survey import Survey, Told
from autonomic.domain.promql import Matcher
from autonomic.domain.readings import Sample, Unknown
from tests.unit.cost.spending import AT, GENAI, LITELLM, NOWHERE, budget, fresh, looked, sample, told

PRICES = [{"model": "house-llm", "from": "2026-11-01", "input": "2", "output": "8", "cachedInput": "0.5"}]


def known(found: Spend | Unknown) -> Spend:
    assert isinstance(found, Spend), found
    return found


def unknown(found: Spend | Unknown) -> Unknown:
    assert isinstance(found, Unknown), found
    return found


def tokens(type_: str, count: str, model: str = "house-llm") -> Sample:
    return sample(count, gen_ai_response_model=model, gen_ai_token_type=type_, service_name="agent")


def test_money_counted_by_litellm_is_summed_and_told_by_who_spent_it() -> None:
    rows = (
        sample("0.1", team_alias="search", api_key_alias="triage", model="gpt-4o"),
        sample("0.2", team_alias="search", api_key_alias="answer", model="gpt-4o"),
    )
    found = known(looked(budget(), fresh(*rows)))
    assert found.amount == Decimal("0.3")
    assert found.by == {
        "workstream": {"search": Decimal("0.3")},
        "agent": {"triage": Decimal("0.1"), "answer": Decimal("0.2")},
        "model": {"gpt-4o": Decimal("0.3")},
    }
    assert (found.long.rate, found.short.rate) == (Decimal("0.3") / 3600, Decimal("0.3") / 300)
    assert [value for _, value in found.sources] == ["0.3", "0.3", "0.3"]


def test_tokens_are_priced_by_direction_and_a_cached_token_is_no_other_one() -> None:
    rows = (tokens("input", "1e+06"), tokens("cached_input", "400000"), tokens("output", "250000"))
    found = known(looked(budget(GENAI, prices=PRICES), fresh(*rows)))
    # .6 M x 2 + .4 M x .5 + .25 M x 8, a million each
    assert found.amount == Decimal("3.4")
    assert found.long.tokens == 1_250_000


def test_each_day_has_its_own_price() -> None:
    table = [*PRICES, {"model": "house-llm", "from": "2026-11-23", "input": "1", "output": "4"}]
    of = budget(GENAI, prices=table, limit={"window": "Rolling"})
    found = known(looked(of, fresh(tokens("input", "1000000"))))
    assert [part.seconds for part in (found.whole,)] == [86400]
    assert found.amount == Decimal(2) + Decimal(1)  # one answer for the evening before, one for the morning


def test_the_price_of_a_model_that_nobody_knows_makes_all_of_it_unknown() -> None:
    found = unknown(looked(budget(GENAI), fresh(tokens("input", "1000"))))
    assert found.reason == "UnknownPrice"
    assert "house-llm" in found.message


def test_the_provider_is_told_by_the_label_that_the_budget_names() -> None:
    named: dict[str, Any] = {"type": "GenAI", "genAI": {"provider": "vendor"}}
    row = sample(
        "1000000", gen_ai_response_model="gpt-4o", gen_ai_token_type="input", vendor="house", gen_ai_system="openai"
    )
    assert "model gpt-4o of house" in unknown(looked(budget(named), fresh(row))).message
    assert known(looked(budget(GENAI), fresh(row))).amount == Decimal("2.5")


def test_a_model_that_was_not_used_needs_no_price() -> None:
    assert known(looked(budget(GENAI), fresh(tokens("input", "0")))).amount == 0


@pytest.mark.parametrize(
    ("value", "reason"), [("NaN", "NotANumber"), ("+Inf", "NotANumber"), ("-1", "Negative"), ("", "NotANumber")]
)
def test_what_is_no_amount_of_money_is_unknown_and_named(value: str, reason: str) -> None:
    found = unknown(looked(budget(), fresh(sample("1", model="a"), sample(value, model="b"))))
    assert found.reason == reason
    assert 'model="b"' in found.message


def test_spend_that_was_never_heard_of_is_unknown_not_nothing() -> None:
    assert unknown(looked(budget(), lambda _: ())).reason == "Absent"


def test_spend_that_was_heard_of_long_ago_is_unknown() -> None:
    stale = fresh(sample("1"), at=AT - timedelta(minutes=6))
    assert unknown(looked(budget(), stale)).message.startswith("the newest sample of the spend is 360 seconds old")
    assert isinstance(looked(budget(), fresh(sample("1"), at=AT - timedelta(minutes=5))), Spend)


def test_nothing_new_since_a_restart_is_nothing_spent() -> None:
    assert known(looked(budget(), fresh())).amount == 0


def test_a_failed_question_makes_the_spend_unknown_with_its_reason() -> None:
    why = Unknown("MetricsUnavailable", "refused")
    assert unknown(looked(budget(), lambda _: why)) == why
    survey = Survey([(budget(), NOWHERE)], AT)
    nothing: Told = {}
    assert unknown(spent(survey, "shop/search", nothing)).reason == "NotAsked"


def test_a_window_longer_than_the_server_keeps_is_unknown() -> None:
    month = budget(limit={"per": "1mo", "window": "Rolling"})
    short = Server(retention=timedelta(days=15))
    found = unknown(looked(month, fresh(sample("1")), server=short))
    assert (found.reason, "15 days" in found.message) == ("RetentionTooShort", True)


def test_a_scope_counts_its_own_rows_alone() -> None:
    rows = (sample("1", team_alias="search", model="a"), sample("10", team_alias="ads", model="a"),
            sample("100", team_alias="search", model="b"))  # fmt: skip
    of = budget(scope={"workstreams": ["search"], "models": ["a"]})
    assert known(looked(of, fresh(*rows))).amount == 1


def test_a_scope_that_no_label_names_is_an_error_with_the_way_out() -> None:
    cost: dict[str, Any] = {"type": "OpenCost", "openCost": {}}
    found = unknown(looked(budget(cost, scope={"models": ["a"]}), fresh()))
    assert found == Unknown(
        "InvalidSpec", "scope: series of OpenCost name no model: name the label that does in spend.labels.model"
    )


def test_tenants_that_share_a_server_count_their_own_rows_alone() -> None:
    rows = (sample("1", namespace="shop"), sample("10", namespace="bank"))
    around = Surroundings(tenant=Matcher("namespace", "=", "shop"))
    answers = lambda question: (  # noqa: E731
        (sample(str(AT.timestamp()), namespace="shop"),) if "timestamp(" in question.expr else rows
    )
    survey = Survey([(budget(), around)], AT)
    assert all('namespace="shop"' in each.expr for each in survey.questions)
    assert known(spent(survey, "shop/search", told(survey, answers))).amount == 1


def test_budgets_of_one_template_share_their_questions() -> None:
    one, other = (budget(name=team, scope={"workstreams": [team]}) for team in ("search", "ads"))
    alone, together = Survey([(one, NOWHERE)], AT), Survey([(one, NOWHERE), (other, NOWHERE)], AT)
    assert len(together.questions) == len(alone.questions)
    assert all('team_alias=~"ads|search"' in each.expr for each in together.questions if "increase" in each.expr)
    rows = (sample("1", team_alias="search"), sample("10", team_alias="ads"))
    answers = told(together, fresh(*rows))
    assert [known(spent(together, f"shop/{team}", answers)).amount for team in ("search", "ads")] == [1, 10]


def test_questions_about_days_that_are_over_stay_the_same() -> None:
    month = budget(limit={"per": "1mo"})
    first, second = (Survey([(month, NOWHERE)], AT + timedelta(minutes=late)) for late in (1, 2))
    over = {each for each in first.questions if each.at <= AT.replace(hour=0) and each in second.questions}
    assert len([each for each in over if "[1d] anchored" in each.expr]) == 22


def test_a_whole_query_needs_an_administrators_leave() -> None:
    own: dict[str, Any] = {"type": "Query", "query": {"expr": "sum(increase(cost_total[$window]))"}}
    refused = unknown(looked(budget(own), fresh(sample("1"))))
    assert refused.message.startswith("spend.query.expr: whole queries are not allowed in namespace shop")
    found = known(looked(budget(own), fresh(sample("7.5")), around=Surroundings(free_queries=True)))
    assert (found.amount, found.inexact) == (Decimal("7.5"), ("a whole query is taken at its word",))
    survey = Survey([(budget(own), Surroundings(free_queries=True))], AT)
    assert survey.questions[0].expr == "(sum(increase(cost_total[12h])))"


def test_a_query_that_returns_nothing_is_unknown() -> None:
    own: dict[str, Any] = {"type": "Query", "query": {"expr": "sum(increase(cost_total[$window]))"}}
    assert unknown(looked(budget(own), fresh(), around=Surroundings(free_queries=True))).reason == "Absent"


def test_what_was_before_decides_nothing_where_it_is_not_known() -> None:
    """Spend that was counted for a day only has no week to be held against."""
    survey = Survey([(budget(), NOWHERE)], AT)
    before = survey.asked["shop/search"].before.spend
    for bad in ((sample("NaN"),), Unknown("QueryWarning", "partial")):
        answers = {**told(survey, fresh(sample("1"))), before: bad}
        assert known(spent(survey, "shop/search", answers)).before is None
    never = told(survey, lambda each: () if each.expr.startswith("count (") else fresh(sample("1"))(each))
    assert known(spent(survey, "shop/search", never)).before is None
    assert known(looked(budget(), fresh(sample("1")))).before is not None


def test_what_was_before_is_asked_once_an_hour() -> None:
    first, second = (
        Survey([(budget(), NOWHERE)], AT + timedelta(minutes=late)).asked["shop/search"] for late in (1, 2)
    )
    assert first.before == second.before


def test_a_server_that_extrapolates_is_said_to() -> None:
    found = known(looked(budget(LITELLM), fresh(sample("1")), server=Server(anchored=False)))
    assert found.inexact == ("the metrics server extrapolates what counters counted",)
