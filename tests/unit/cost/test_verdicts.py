"""Whether a plan saved money: at the same traffic, or by the rate, and not by less work alone."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from autonomic.cost.spend import Figures
from autonomic.cost.verdicts import Effect, effect
from autonomic.cost.windows import Stretch
from autonomic.domain.readings import Unknown
from autonomic.domain.savings import CostVerification

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def wanted(**more: Any) -> CostVerification:
    """An hour before, 36 USD for 3,600 tasks."""
    base = {"budget": "team", "window": "5m", "basis": "Task", "over": "1h", "spent": "36", "tasks": "3600",
            "least": "0.05", "currency": "USD"}  # fmt: skip
    return CostVerification.model_validate(base | more)


def after(amount: str, tasks: str | None, tokens: str | None = None) -> Figures:
    """Five minutes."""
    count = [None if each is None else Decimal(each) for each in (tasks, tokens)]
    return Figures(Stretch(NOW - timedelta(minutes=5), NOW), Decimal(amount), *count)


def seen(figures: Figures | Unknown, **more: Any) -> Effect:
    return effect(wanted(**more), figures)


def test_a_cheaper_task_saves_though_there_are_more_of_them() -> None:
    found = seen(after("6", "1200"))
    assert (found.enough, found.daily) == (True, Decimal(1728))
    assert found.message == "it saves 1728.00 USD a day (a task cost 0.01 USD, now 0.005 USD)"


def test_less_work_alone_saves_nothing() -> None:
    found = seen(after("1", "100"))
    assert found.enough is False and found.message.startswith("it saves nothing")


def test_a_saving_below_a_twentieth_is_none_and_one_of_a_twentieth_is() -> None:
    assert seen(after("2.87", "300")).enough is False
    assert seen(after("2.85", "300")).enough is True


def test_a_dearer_task_saves_nothing() -> None:
    assert seen(after("6", "300")).enough is False


def test_without_tasks_afterwards_nothing_is_known() -> None:
    assert seen(after("0", "0")).enough is None
    assert seen(after("3", None)).enough is None


def test_tokens_stand_in_where_nothing_counts_tasks() -> None:
    assert seen(after("3", None, "60000"), tasks=None, tokens="360000").enough is True


def test_by_the_rate_less_work_is_what_was_wanted() -> None:
    found = seen(after("1", "100"), basis="Rate")
    assert (found.enough, found.daily) == (True, Decimal(864) - Decimal(288))


def test_what_could_not_be_asked_is_neither_a_saving_nor_a_failure() -> None:
    assert seen(Unknown("Absent", "no series")) == Effect(None, "no series")
