"""Weights that can be chosen by, and those that can't."""

import pytest

from autonomic.domain.errors import Invalid
from autonomic.routing.choice import checked


def test_weights_of_which_one_is_above_nothing_can_be_chosen_by() -> None:
    assert checked({"a": 0, "b": 3}) == {"a": 0, "b": 3}


@pytest.mark.parametrize("weights", [{}, {"a": 0}, {"a": 0, "b": 0}])
def test_where_no_weight_is_above_nothing_the_way_out_is_named(weights: dict[str, int]) -> None:
    with pytest.raises(Invalid, match="give one candidate a weight"):
        checked(weights)


@pytest.mark.parametrize("weight", [-1, float("nan"), float("inf")])
def test_a_weight_that_is_no_share_is_named(weight: float) -> None:
    with pytest.raises(Invalid, match=f"weight of b: {weight} is no share"):
        checked({"a": 1, "b": weight})
