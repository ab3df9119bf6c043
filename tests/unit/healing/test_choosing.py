"""Steps with conditions: what the signal decides, and what nobody knows takes nothing."""

from decimal import Decimal
from typing import Any

import pytest

from autonomic.domain.steps import PlaybookStep
from autonomic.domain.words import Truth
from autonomic.healing.choosing import chosen
from autonomic.healing.linting import mistakes
from autonomic.healing.seen import Seen
from tests.unit.domain.specimens import playbook

RESTART = {"type": "Restart", "restart": {}}
LIMITED = {"label": {"name": "code", "values": ["429", "5*"]}}
MANY = {"value": {"op": "GT", "value": "10"}}
SIGNAL = {"name": "failed", "type": "Signal", "signal": {"type": "TaskFailureCount"}}


def steps(*when: dict[str, Any] | None) -> tuple[PlaybookStep, ...]:
    """Restarts, each under its condition."""
    return tuple(PlaybookStep.model_validate(RESTART | ({"when": each} if each else {})) for each in when)


def told(value: str | None = None, **labels: str) -> Seen:
    """A signal that triggers."""
    return Seen(Truth.TRUE, "Held", "it holds", Decimal(value) if value else None, "failed", labels)


def taken(seen: Seen, *when: dict[str, Any] | None) -> tuple[int, ...]:
    """The numbers of the steps that are taken."""
    return chosen(steps(*when), seen).taken


def test_a_step_without_a_condition_is_always_taken() -> None:
    assert taken(told(), None, None) == (0, 1)


@pytest.mark.parametrize(("code", "wanted"), [("429", (0,)), ("503", (0,)), ("404", ()), ("x429", ()), ("", ())])
def test_a_step_asks_for_the_value_of_a_label(code: str, wanted: tuple[int, ...]) -> None:
    assert taken(told(code=code), LIMITED) == wanted


@pytest.mark.parametrize(("value", "wanted"), [("11", (0,)), ("10", ()), ("10.0000001", (0,)), ("-11", ())])
def test_a_step_asks_for_the_value_of_the_signal(value: str, wanted: tuple[int, ...]) -> None:
    assert taken(told(value), MANY) == wanted


def test_all_that_a_condition_says_must_hold() -> None:
    assert taken(told("11", code="429"), LIMITED | MANY) == (0,)
    assert taken(told("9", code="429"), LIMITED | MANY) == ()
    assert taken(told("11", code="404"), LIMITED | MANY) == ()


@pytest.mark.parametrize(("code", "wanted"), [("429", (0, 2)), ("404", (1,))])
def test_a_step_asks_what_became_of_the_one_before_it(code: str, wanted: tuple[int, ...]) -> None:
    assert taken(told(code=code), LIMITED, {"before": "LeftOut"}, {"before": "LeftOut"}) == wanted


def test_what_is_taken_after_what_was_taken() -> None:
    assert taken(told(code="429"), LIMITED, {"before": "Taken"}) == (0, 1)
    assert taken(told(code="404"), LIMITED, {"before": "Taken"}, {"before": "Taken"}) == ()


@pytest.mark.parametrize("when", [LIMITED, MANY], ids=["label", "value"])
def test_what_the_signal_does_not_say_takes_neither_the_step_nor_the_one_that_is_there_instead(when: Any) -> None:
    choice = chosen(steps(when, {"before": "LeftOut"}, {"before": "Taken"}), told())
    assert choice.taken == ()
    assert "step 0 (Restart) is left out: the signal has no" in choice.left_out[0]
    assert "it is not known whether the step before it was to be taken" in choice.left_out[1]


def test_what_is_known_not_to_hold_decides_though_something_else_is_not_known() -> None:
    assert taken(told("9"), LIMITED | MANY, {"before": "LeftOut"}) == (1,)


def test_a_step_that_is_left_out_says_why() -> None:
    choice = chosen(steps(LIMITED, MANY), told("3", code="404"))
    assert choice.left_out == (
        "step 0 (Restart) is left out: label code is '404', not 429 or 5*",
        "step 1 (Restart) is left out: the value is 3, not > 10",
    )


def test_a_label_is_compared_and_never_read_as_anything_else() -> None:
    wanted = {"label": {"name": "code", "values": ["429"]}}
    for odd in ("429 or true", "${code}", "429\n", "[4]29", "{{ 429 }}", "*"):
        assert taken(told(code=odd), wanted) == ()


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        (
            {"actions": [RESTART, RESTART | {"when": {"before": "LeftOut"}}]},
            "actions[1] is never taken: the step before",
        ),
        (
            {"actions": [RESTART | {"when": MANY}]},
            "actions[0] is never taken: the trigger failed holds for other values",
        ),
        (
            {"escalation": [{"after": 1, "actions": [RESTART | {"when": MANY}]}]},
            "escalation[0].actions[0] is never taken: the trigger failed",
        ),
        (
            {"actions": [RESTART | {"when": LIMITED}]},
            "actions[0] is never taken: the trigger failed wants code to be 404",
        ),
    ],
    ids=["after one that always is", "value", "escalation", "label"],
)
def test_a_step_that_can_never_be_taken_is_a_mistake(spec: dict[str, Any], says: str) -> None:
    narrow = SIGNAL | {
        "signal": {"type": "TaskFailureCount", "matchLabels": {"code": "404"}},
        "op": "LT",
        "value": "10",
    }
    (found,) = mistakes(playbook(triggers=[narrow], **spec))
    assert found.startswith(says)


def test_a_label_of_a_query_is_a_mistake() -> None:
    (found,) = mistakes(playbook(actions=[RESTART | {"when": LIMITED}]))
    assert found == "actions[0] is never taken: no trigger hears a signal whose labels could be looked at"


def test_steps_that_can_be_taken_are_none() -> None:
    steps = [RESTART | {"when": LIMITED | MANY}, RESTART | {"when": {"before": "LeftOut"}}]
    assert list(mistakes(playbook(triggers=[SIGNAL], actions=steps))) == []
