"""A trigger as a question, and the comparison itself."""

from decimal import Decimal
from typing import Any

import pytest

from autonomic.domain.errors import Invalid
from autonomic.domain.playbooks import PlaybookTrigger
from autonomic.domain.words import Comparison
from autonomic.healing.matching import held, holds, present, quiet
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
