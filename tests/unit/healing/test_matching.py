"""A trigger as a question, and the comparison itself."""

from decimal import Decimal
from typing import Any

import promql_parser
import pytest

from autonomic.domain.errors import Invalid
from autonomic.domain.readings import Absent, Known, Reading, Unknown
from autonomic.domain.triggers import PlaybookTrigger
from autonomic.domain.words import Comparison
from autonomic.healing.matching import held, holds, present, questions, quiet, seen, still
from tests.unit.domain.specimens import NOW, playbook


def trigger(**more: Any) -> PlaybookTrigger:
    body = {"name": "errors", "prometheus": {"selector": "errors"}, "op": "GT", "value": "1", "for": "30s", **more}
    return playbook(triggers=[body]).spec.triggers[0]


@pytest.mark.parametrize("op", ["GT", "GE"])
def test_a_rising_signal_is_judged_by_the_least_it_was_all_the_time(op: str) -> None:
    wanted = "max(min_over_time(errors[30s]) and errors and (errors offset 30s))"
    assert held(trigger(op=op), NOW, None).expr == wanted
    assert quiet(trigger(op=op), None) == "max(errors)"


@pytest.mark.parametrize("op", ["LT", "LE"])
def test_a_falling_signal_is_judged_by_the_most_it_was_all_the_time(op: str) -> None:
    wanted = "min(max_over_time(errors[30s]) and errors and (errors offset 30s))"
    assert held(trigger(op=op), NOW, None).expr == wanted
    assert quiet(trigger(op=op), None) == "min(errors)"


def test_whether_anything_is_known_is_asked_apart() -> None:
    assert present(trigger(), NOW, None).expr == "count(errors)"
    assert present(trigger(), NOW, None).at == held(trigger(), NOW, None).at == NOW


@pytest.mark.parametrize("selector", ["sum(errors)", "errors offset 1m", "errors[1m]", "errors) or vector(1"])
def test_what_is_no_plain_selector_is_refused_with_the_field_s_name(selector: str) -> None:
    odd = trigger(prometheus={"selector": selector})
    for ask in (held, present):
        with pytest.raises(Invalid, match=r"prometheus\.selector") as refused:
            ask(odd, NOW, None)
        assert repr(selector) in str(refused.value)


@pytest.mark.parametrize(
    ("op", "below", "at", "above"),
    [("GT", False, False, True), ("GE", False, True, True), ("LT", True, False, False), ("LE", True, True, False)],
)
def test_a_comparison_is_what_its_word_says(op: str, below: bool, at: bool, above: bool) -> None:
    bound = Decimal("0.05")
    values = (Decimal("0.0499999999"), bound, Decimal("0.0500000001"))
    assert tuple(holds(value, Comparison(op), bound) for value in values) == (below, at, above)


def rated(**more: Any) -> PlaybookTrigger:
    return trigger(prometheus={"selector": "errors_total", "rate": "5m"}, **more)


def test_of_a_counter_the_rate_is_compared_over_the_whole_time() -> None:
    mildest = "min_over_time(rate(errors_total[5m])[30s:7500ms]) and (rate(errors_total[5m] offset 30s))"
    wanted = f"max({mildest} and rate(errors_total[5m]))"
    assert held(rated(), NOW, None).expr == wanted
    assert quiet(rated(), None) == "max(rate(errors_total[5m]))"
    assert present(rated(), NOW, None).expr == "count(errors_total)"


def test_within_any_moment_of_a_time_is_enough() -> None:
    wanted = "max(max_over_time((min_over_time(errors[30s]) and (errors offset 30s))[5m:7500ms]))"
    assert held(trigger(within="5m"), NOW, None).expr == wanted
    falling = "min(min_over_time((max_over_time(errors[30s]) and (errors offset 30s))[5m:7500ms]))"
    assert held(trigger(within="5m", op="LT"), NOW, None).expr == falling


def absent() -> PlaybookTrigger:
    return trigger(op=None, value=None, absent=True)


def test_an_absence_asks_for_what_is_there_and_for_what_was() -> None:
    assert held(absent(), NOW, None).expr == "count(last_over_time(errors[30s]))"
    assert present(absent(), NOW, None).expr == "count(last_over_time(errors[1h] offset 30s))"
    assert quiet(absent(), None) == "count(errors)"


@pytest.mark.parametrize("rule", [trigger(), trigger(within="5m"), rated(), rated(within="5m"), absent()])
def test_whatever_is_asked_is_promql(rule: PlaybookTrigger) -> None:
    for expr in (held(rule, NOW, None).expr, present(rule, NOW, None).expr, quiet(rule, None)):
        assert promql_parser.parse(expr) is not None


@pytest.mark.parametrize(
    ("there", "now", "truth", "still_truth"),
    [
        (Known(Decimal(1)), Absent(), "True", "True"),
        (Known(Decimal(1)), Known(Decimal(1)), "False", "False"),
        (Absent(), Absent(), "Unknown", "True"),
        (Unknown("MetricsUnavailable", "down"), Absent(), "Unknown", "True"),
        (Known(Decimal(1)), Unknown("MetricsUnavailable", "down"), "Unknown", "Unknown"),
    ],
)
def test_what_was_never_there_is_not_missed(there: Reading, now: Reading, truth: str, still_truth: str) -> None:
    asked = questions(absent(), NOW, None)
    assert seen(absent(), asked, {asked[0]: now, asked[1]: there}).truth == truth
    assert still(absent(), now).truth == still_truth
