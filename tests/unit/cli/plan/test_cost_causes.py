"""What a cost budget asked a plan for, as a plan's story tells it."""

from typing import Any

import pytest

from autonomic.cli.plan.story import cause
from autonomic.domain.plans import Trigger


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"rung": "Downgrade"}, "reached Downgrade"),
        ({"rung": "Normal", "givesBack": "saved"}, "gives back what plan saved changed"),
        ({"rung": "Normal", "saves": "1.92"}, "looks for what is never used"),
        ({"rung": "Normal", "until": "2025-01-01T13:00:00Z"}, "lets its workload rest until 2025-01-01 13:00 UTC"),
    ],
)
def test_a_story_says_what_the_budget_asked_for(asked: dict[str, Any], told: str) -> None:
    trigger = Trigger.model_validate({"type": "Budget", "budget": {"budget": "team", **asked}})
    assert cause(trigger) == (None, f"cost budget team {told}")
