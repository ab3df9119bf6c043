"""Attempts: their names, escalation, backoff, parameters, and a cure that brings its own trouble back."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from autonomic.domain.cures import SignalParameter
from autonomic.domain.errors import Invalid
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.steps import PlaybookStep
from autonomic.domain.words import Truth
from autonomic.healing.attempts import cure, next_attempt, used_up
from autonomic.healing.filling import filled
from autonomic.healing.pacing import backing_off, dealt_with, too_soon
from autonomic.healing.retriggering import retriggers
from autonomic.healing.seen import Seen
from tests.unit.domain.specimens import NOW, condition, execution, plan, playbook, playbook_raw

SCALE = {"type": "Scale", "scale": {"by": 1, "max": 4}}
RUNGS = [{"after": 1, "actions": [SCALE]}, {"after": 3, "actions": [SCALE | {"scale": {"by": 2, "max": 8}}]}]


def attempt(name: str, ended: float, reason: str = "RolledBack", since: float = 60, target: str | None = None) -> Any:
    """A plan that was carried out and ended so many minutes ago, of an incident that began so many ago."""
    end, begin = (NOW - timedelta(minutes=ago) for ago in (ended, since))
    signal: dict[str, Any] = {"playbook": "crashes", "trigger": "errors", "value": "1", "since": begin.isoformat()}
    if target:
        signal["target"] = target
    status = {
        "conditions": [condition("Finished", "True", reason, end.isoformat())],
        "execution": execution((end - timedelta(minutes=1)).isoformat()),
    }
    return plan(name, status=status, trigger={"type": "Signal", "signal": signal})


def history(book: SelfHealingPlaybook, *reasons: str) -> dict[str, AdaptationPlan]:
    """An attempt after the other, as they were named."""
    plans: dict[str, AdaptationPlan] = {}
    for number, reason in enumerate(reasons):
        following = next_attempt(book, None, NOW, plans)
        assert following is not None
        made = attempt(following.name, 10 - number, reason)
        plans[made.key] = made
    return plans


def test_attempts_that_did_not_help_climb_the_escalation() -> None:
    book = playbook(escalation=RUNGS)
    seen = []
    for number in range(5):
        following = next_attempt(book, None, NOW, history(book, *["RolledBack"] * number))
        assert following is not None
        seen.append(cure(book, following.tried)[0].wire().get("scale", {}).get("by"))
    assert seen == [None, 1, 1, 2, 2]


@pytest.mark.parametrize("reason", ["Denied", "Expired"])
def test_after_a_no_or_no_answer_there_is_no_next_attempt(reason: str) -> None:
    book = playbook()
    assert next_attempt(book, None, NOW, history(book, "RolledBack", reason)) is None


def test_each_target_has_attempts_of_its_own() -> None:
    book = playbook()
    names = {following.name for name in ("a", "b") if (following := next_attempt(book, name, NOW, {}))}
    assert len(names) == 2


def test_attempts_are_used_up_at_their_limit() -> None:
    book = playbook(attempts={"limit": 2})
    tried = [next_attempt(book, None, NOW, history(book, *["Failed"] * number)) for number in (1, 2)]
    assert [used_up(book, each) is not None for each in tried if each] == [False, True]


def test_the_time_between_attempts_doubles_up_to_the_longest_with_a_jitter_of_its_own() -> None:
    book = playbook(attempts={"backoff": "1m", "most": "5m", "jitter": "0.5"})
    waits = []
    for tried in range(1, 7):
        earliest = backing_off(book, tried, NOW, f"plan-{tried}")
        assert earliest is not None
        waits.append((earliest - NOW) / timedelta(minutes=1))
    for wait, least in zip(waits, (1, 2, 4, 5, 5, 5), strict=True):
        assert least <= wait <= least * 1.5
    assert len({wait / least for wait, least in zip(waits, (1, 2, 4, 5, 5, 5), strict=True)}) == 6
    assert backing_off(book, 1, NOW, "plan-1") == backing_off(book, 1, NOW, "plan-1")


def test_the_first_attempt_waits_for_nothing() -> None:
    assert backing_off(playbook(attempts={"backoff": "1m"}), 0, None, "plan") is None
    assert backing_off(playbook(), 3, NOW, "plan") is None


def test_what_was_heard_is_answered_by_the_end_of_what_helped_and_the_deed_of_what_did_not() -> None:
    assert dealt_with([attempt("a", 5, "Succeeded")]) == NOW - timedelta(minutes=5)
    assert dealt_with([attempt("a", 5, "RolledBack")]) == NOW - timedelta(minutes=6)
    assert dealt_with([plan("never")]) is None


def test_the_pace_of_one_target_is_not_that_of_another() -> None:
    book = playbook(cooldown="10m")
    plans = [attempt("a", 5, target="web")]
    assert too_soon(book, plans, NOW, "web") is not None
    assert too_soon(book, plans, NOW, "other") is None


def rounds(*starts: float) -> list[AdaptationPlan]:
    """Incidents that began so many minutes ago, each cured two minutes later."""
    return [attempt(f"p{ago}", ago - 2, "Succeeded", since=ago) for ago in starts]


def test_a_cure_that_brings_its_trouble_back_three_times_is_a_loop() -> None:
    book, begin = playbook(), NOW - timedelta(minutes=1)
    assert "cured 3 times" in (retriggers(book, None, begin, rounds(30, 20, 10), NOW) or "")
    assert retriggers(book, None, begin, rounds(20, 10), NOW) is None


def test_incidents_that_are_far_apart_are_no_loop() -> None:
    book = playbook(limit={"count": 9, "per": "5h"})
    assert retriggers(book, None, NOW, rounds(200, 150, 50), NOW) is None
    assert retriggers(playbook(), None, NOW, rounds(100, 90, 80), NOW) is None


def test_who_edits_the_playbook_forgives_what_was_before() -> None:
    stopped = condition("Stopped", "False", "Resumed", (NOW - timedelta(minutes=5)).isoformat())
    book = SelfHealingPlaybook.read(playbook_raw() | {"status": {"conditions": [stopped]}})
    assert retriggers(book, None, NOW, rounds(30, 20, 10), NOW) is None


SWITCH = PlaybookStep.model_validate({"type": "SwitchModel", "switchModel": {"key": "model", "model": "none"}})
SHED = PlaybookStep.model_validate({"type": "ShedLoad", "shedLoad": {"key": "shed", "percent": 5}})
MODEL = SignalParameter.model_validate(
    {"field": "switchModel.model", "label": "fallback", "allow": ["claude-*", "gpt"]}
)
PERCENT = SignalParameter.model_validate({"field": "shedLoad.percent", "min": 0, "max": 50})


def told(value: str = "1", **labels: str) -> Seen:
    return Seen(Truth.TRUE, "Held", "", Decimal(value), "t", labels)


def test_a_parameter_fills_its_field_whole() -> None:
    (action,) = filled((SWITCH,), (0,), (MODEL,), told(fallback="claude-small"))
    assert action.switch_model is not None
    assert action.switch_model.model == "claude-small"
    (shed,) = filled((SHED,), (0,), (PERCENT,), told("40"))
    assert shed.shed_load is not None
    assert shed.shed_load.percent == 40


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ({}, "has no label fallback"),
        ({"fallback": "other"}, "'other' of label fallback is not allowed, which is claude-\\*, gpt"),
        ({"fallback": "gpt-4"}, "not allowed"),
        ({"fallback": "claude-" + "x" * 300}, "not allowed"),
    ],
)
def test_what_is_not_allowed_fills_nothing(labels: dict[str, str], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        filled((SWITCH,), (0,), (MODEL,), told(**labels))


@pytest.mark.parametrize("value", ["51", "-1", "7.5"])
def test_a_number_out_of_its_bounds_fills_nothing(value: str) -> None:
    with pytest.raises(Invalid, match="no whole number from 0 to 50"):
        filled((SHED,), (0,), (PERCENT,), told(value))


def test_what_the_action_itself_forbids_stays_forbidden() -> None:
    loose = PERCENT.model_copy(update={"max": 1000})
    with pytest.raises(Invalid, match=r"shedLoad\.percent: 96 is refused"):
        filled((SHED,), (0,), (loose,), told("96"))
    with pytest.raises(Invalid, match="has no such field"):
        filled((SWITCH,), (0,), (PERCENT,), told("5"))
