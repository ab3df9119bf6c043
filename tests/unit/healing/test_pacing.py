"""How often a playbook may act."""

from datetime import timedelta
from typing import Any

from autonomic.domain.plans import AdaptationPlan
from autonomic.healing.pacing import too_soon
from tests.unit.domain.specimens import NOW, condition, plan, playbook

PLAYBOOK = playbook(cooldown="5m", limit={"count": 2, "per": "1h"})


def of_playbook(
    number: int = 0, *, made: float = 10, ended: float | None = None, name: str = "crashes", namespace: str = "shop"
) -> AdaptationPlan:
    """A plan of a playbook, made and ended so many minutes ago."""
    status: dict[str, Any] = {}
    if ended is not None:
        at = (NOW - timedelta(minutes=ended)).isoformat()
        status = {"conditions": [condition("Finished", "True", "Succeeded", at)]}
    signal = {"playbook": name, "trigger": "errors", "value": "1", "since": "2025-01-01T11:00:00Z"}
    drawn = plan(f"p{number}", status=status, trigger={"type": "Signal", "signal": signal})
    told = {"creation_timestamp": NOW - timedelta(minutes=made), "namespace": namespace}
    return drawn.model_copy(update={"metadata": drawn.metadata.model_copy(update=told)})


def test_a_playbook_that_never_acted_may_act() -> None:
    assert too_soon(PLAYBOOK, [], NOW) is None


def test_nothing_is_proposed_within_the_cooldown() -> None:
    assert too_soon(PLAYBOOK, [of_playbook(ended=4.99)], NOW) == ("the last plan ended at 11:55:00, the cooldown is 5m")
    assert too_soon(PLAYBOOK, [of_playbook(ended=5)], NOW) is None


def test_the_cooldown_starts_with_the_latest_end() -> None:
    assert too_soon(PLAYBOOK, [of_playbook(0, ended=1), of_playbook(1, ended=50, made=70)], NOW) is not None


def test_so_many_plans_in_the_window_are_the_limit() -> None:
    two = [of_playbook(0, made=59, ended=58), of_playbook(1, made=30, ended=29)]
    assert too_soon(PLAYBOOK, two, NOW) == "2 plans in the last 1h, the limit is 2"
    assert too_soon(PLAYBOOK, two[1:], NOW) is None


def test_a_plan_leaves_the_window_when_it_is_that_old() -> None:
    assert too_soon(PLAYBOOK, [of_playbook(0, made=60), of_playbook(1, made=30)], NOW) is None


def test_plans_of_others_do_not_count() -> None:
    others = [of_playbook(name="another", ended=1), of_playbook(namespace="lab", ended=1), plan("slo")]
    assert too_soon(PLAYBOOK, others, NOW) is None
