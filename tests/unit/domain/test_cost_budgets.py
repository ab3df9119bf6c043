"""CostBudget: what is read, and what is refused with the field, the value and the way out."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from autonomic.domain.cost import CostBudget
from autonomic.domain.spending import Rungs
from tests.unit.domain.cost_specimens import FEWER, SWITCH, budget, budget_raw

RESTS = {"hours": [{"schedule": "0 20 * * *", "duration": "8h"}]}


def refusal(**spec: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        budget(**spec)
    return str(refused.value)


def limited(**limit: Any) -> dict[str, Any]:
    return {"limit": {"amount": "100", "currency": "USD", "per": "1d", **limit}}


def test_the_first_rung_is_at_nine_tenths_where_nothing_is_said() -> None:
    raw = budget_raw()
    del raw["spec"]["ladder"]
    read = CostBudget.read(raw)
    assert [(name, rung.at, rung.actions) for name, rung in read.spec.rungs()] == [(Rungs.CONSTRAINED, "0.9", ())]
    assert (read.spec.rollover, read.spec.mode, read.spec.release) == (False, "Enforce", "0.7")


def test_rungs_without_a_name_are_the_next_ones_up() -> None:
    ladder = [{"at": "0.5"}, {"at": "0.9"}, {"at": "1.1"}]
    named = [name for name, _ in budget(ladder=ladder, release="0.4").spec.rungs()]
    assert named == [Rungs.CONSTRAINED, Rungs.DOWNGRADE, Rungs.THROTTLE]


def test_a_named_rung_may_leave_out_those_below_it() -> None:
    assert [name for name, _ in budget().spec.rungs()] == [Rungs.CONSTRAINED, Rungs.THROTTLE]


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        (limited(amount="0"), "write an amount above 0"),
        (limited(amount=100), "write it in quotes"),
        (limited(amount="-5"), "should match pattern"),
        (limited(amount="NaN"), "should match pattern"),
        (limited(currency="usd"), "should match pattern"),
        (limited(currency="XXX"), "'XXX' is no currency of ISO 4217: write its three letters"),
        (limited(per="2d"), "Input should be '1h', '1d', '1w' or '1mo'"),
        (limited(timeZone="Europe/Atlantis"), "'Europe/Atlantis' is not a time zone"),
        ({"ladder": [{"at": "0.9"}, {"at": "0.9"}]}, "at '0.9' is not above the rung before it, at '0.9': raise it"),
        ({"ladder": [{"at": "1"}, {"at": "0.9"}]}, "at '0.9' is not above the rung before it, at '1': raise it"),
        ({"ladder": [{"at": "0"}]}, "'0' is not a share of the limit"),
        ({"ladder": [{"at": 0.9}]}, "0.9 is a number: write it in quotes"),
        ({"ladder": []}, "at least 1 item"),
        ({"idle": {"hours": []}}, "give hours, or requests by which they are measured"),
        ({"idle": RESTS, "targetRef": None, "ladder": [{"at": "1"}]}, "give targetRef, which rests in the idle hours"),
        (
            {"ladder": [{"at": "1", "actions": [{"type": "Rollback", "rollback": {}}]}]},
            "a Rollback can't be given back when the pressure ends: leave it out",
        ),
        ({"release": "0.9"}, "release: '0.9' is not below the first rung, at '0.9': lower it"),
        (
            {"ladder": [{"at": "0.9", "name": "Throttle"}, {"at": "1"}]},
            "ladder[1]: there is no rung above Throttle",
        ),
        (
            {"ladder": [{"at": "0.9", "name": "Throttle"}, {"at": "1", "name": "Downgrade"}]},
            "ladder[1]: Downgrade does not come after Throttle",
        ),
        ({"spend": {"type": "LiteLLM", "genAI": {}}}, "set liteLLM exactly when type is LiteLLM"),
        ({"spend": {"type": "LiteLLM", "liteLLM": {}, "genAI": {}}}, "set genAI exactly when type is GenAI"),
        ({"spend": {"type": "Query", "query": {"expr": "sum(cost)"}}}, "has no $window"),
        (
            {"targetRef": None, "ladder": [{"at": "1", "actions": [FEWER]}]},
            "give targetRef, or a targetRef to each action",
        ),
        ({"rollover": True, **limited(window="Rolling")}, "rollover is for calendar windows"),
        ({"ceiling": "1"}, "Extra inputs are not permitted"),
    ],
)
def test_what_can_not_be_meant_is_refused_with_the_way_out(spec: dict[str, Any], wanted: str) -> None:
    assert wanted in refusal(**spec)


def test_a_price_that_ends_before_it_begins_is_refused() -> None:
    price = {"model": "small", "from": "2026-02-01", "until": "2026-01-01", "input": "1", "output": "2"}
    assert "until 2026-01-01 is not after from 2026-02-01" in refusal(prices=[price])


def test_actions_that_name_their_targets_need_no_other() -> None:
    assert budget(targetRef=None, ladder=[{"at": "1", "actions": [SWITCH]}]).spec.target_ref is None


def test_the_example_of_the_documentation_is_a_budget() -> None:
    page = (Path(__file__).parents[3] / "docs" / "cost.md").read_text()
    read = CostBudget.read(yaml.safe_load(page.split("```yaml\n")[1].split("```")[0]))
    assert [name.value for name, _ in read.spec.rungs()] == ["Constrained", "Throttle"]
