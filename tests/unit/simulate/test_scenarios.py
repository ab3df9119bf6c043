"""A scenario that can't be tried says which field is wrong, what stands there, and the way out."""

from typing import Any

import pytest

from autonomic.simulate import Unfit, scenario
from autonomic.simulate.scenario import ratio
from tests.unit.domain.specimens import contract_raw
from tests.unit.simulate.scenes import CONTRACT, FAILING, tried

NESTED: Any = "x"
for _ in range(100):
    NESTED = [NESTED]


@pytest.mark.parametrize(("share", "value"), [("3%", 0.03), ("0.03", 0.03), ("100%", 1.0), ("0", 0.0), ("1", 1.0)])
def test_a_share_is_written_in_percent_or_as_a_number_up_to_1(share: str, value: float) -> None:
    assert ratio(share) == pytest.approx(value)


@pytest.mark.parametrize(
    ("content", "field", "says"),
    [
        ([], "body", "valid dictionary"),
        ({"figure": []}, "figure", "not permitted"),
        ({"figures": [{"contract": "shop/agent"}]}, "figures.0.errorRatio", "required"),
        ({"figures": [{**FAILING, "errorRatio": "300%"}]}, "figures.0.errorRatio", "write a share"),
        ({"figures": [{**FAILING, "errorRatio": 3}]}, "figures.0.errorRatio", "write it in quotes"),
        ({"figures": [{**FAILING, "contract": "agent"}]}, "figures.0.contract", "pattern"),
        ({"figures": [{**FAILING, "lasting": "long"}]}, "figures.0.lasting", "whole units"),
        ({"at": "2026-01-05T10:00:00"}, "at", "write a time with its offset"),
        ({"signals": [{"type": "X", "namespace": "shop", "value": float("nan")}]}, "signals.0.value", "finite"),
        ({"objects": [{"x": NESTED}]}, "body", "levels"),
    ],
)
def test_what_can_not_be_read_is_named(content: Any, field: str, says: str) -> None:
    with pytest.raises(Unfit) as refused:
        scenario(content)
    (flaw,) = refused.value.flaws
    assert flaw.field == field
    assert says in flaw.detail


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"kind": "SLAContract", "metadata": {"name": "x"}}, "objects.0"),
        ({"apiVersion": "v1", "kind": "SLAContract", "metadata": {"name": "x"}}, "objects.0.apiVersion"),
        ({"apiVersion": "v1", "kind": "Pod"}, "objects.0.metadata"),
        ({"apiVersion": "v1", "kind": "Pod", "metadata": {}}, "objects.0.metadata.name"),
        (
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "labels": {"a": 1}}},
            "objects.0.metadata.labels",
        ),
        ({**CONTRACT, "spec": {**CONTRACT["spec"], "tier": "Iron"}}, "objects.0.spec.tier"),
        ({**CONTRACT, "spec": {}}, "objects.0.spec.targetRef"),
    ],
)
async def test_an_object_that_is_none_is_named(raw: Any, field: str) -> None:
    with pytest.raises(Unfit) as refused:
        await tried(objects=[raw])
    assert field in [each.field for each in refused.value.flaws]


@pytest.mark.parametrize(
    ("parts", "field", "says"),
    [
        ({"figures": [{**FAILING, "contract": "shop/nobody"}]}, "figures.0.contract", "there are shop/agent"),
        ({"figures": [{**FAILING, "objective": "speed"}]}, "figures.0.objective", "has success"),
        ({"without": ["RedLine/nothing"]}, "without.0", "there is no RedLine nothing"),
        ({"without": ["Pod/shop/x"]}, "without.0", "kinds are"),
        ({"down": ["acme"]}, "down.0", "there is no AdaptiveRoute"),
    ],
)
async def test_what_is_supposed_of_nothing_is_named_with_what_there_is(parts: Any, field: str, says: str) -> None:
    with pytest.raises(Unfit) as refused:
        await tried(**parts)
    (flaw,) = refused.value.flaws
    assert flaw.field == field
    assert says in flaw.detail


async def test_a_later_figure_stands_in_place_of_an_earlier_one() -> None:
    found = await tried(figures=[{"contract": "*", "errorRatio": "10%"}, {**FAILING, "errorRatio": "0%"}])
    assert found.plans == ()


BOTH = contract_raw(objectives=[{**CONTRACT["spec"]["objectives"][0], "name": name} for name in ("success", "speed")])
WHOLE = {"contract": "shop/*", "errorRatio": "0%"}
SPEED = {**FAILING, "objective": "speed"}


@pytest.mark.parametrize(
    ("figures", "success", "speed"),
    [
        ([SPEED], "Unknown", "97.0%"),
        ([WHOLE, SPEED], "100.0%", "97.0%"),
        ([SPEED, WHOLE], "100.0%", "100.0%"),
        ([SPEED, {**SPEED, "objective": "success", "errorRatio": "0%"}], "100.0%", "97.0%"),
    ],
    ids=["one_alone", "the_whole_then_one", "one_then_the_whole", "each"],
)
async def test_a_figure_of_one_objective_is_its_own_and_one_of_the_contract_is_everybodys(
    figures: list[Any], success: str, speed: str
) -> None:
    found = await tried(objects=[BOTH], figures=figures)
    told = {each.objective: each.budget_remaining for each in found.objectives}
    assert told == {"success": success, "speed": speed}
