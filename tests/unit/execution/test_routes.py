"""ShiftTraffic and Reroute: weights of one rule, and how much of the traffic that moves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.targets import Target
from autonomic.execution.action import Declined
from autonomic.execution.routes import moved
from tests.contract.actions.routes import route
from tests.unit.execution.samples import KINDS, fixed, placed, target_of

NAMES = ("a", "b", "c")
weights_of = st.fixed_dictionaries({name: st.integers(0, 1_000_000) for name in NAMES})


def http(**weights: int | None) -> Target:
    """A route of one rule with these backends; None says no weight."""
    made = route("HTTPRoute", "it")
    backends = [{"name": name, **({} if weight is None else {"weight": weight})} for name, weight in weights.items()]
    return target_of(placed({**made, "spec": {"rules": [{"backendRefs": backends}]}}))


def shift(target: Target, **weights: int) -> str | None:
    """What is objected to these weights."""
    action = fixed({"type": "ShiftTraffic", "shiftTraffic": {"weights": weights}}, target)
    return KINDS["ShiftTraffic"].objection(action, target)


def reroute(target: Target, source: str = "a", destination: str = "b") -> list[tuple[str, str | None]]:
    """What is changed."""
    action = fixed({"type": "Reroute", "reroute": {"source": source, "destination": destination}}, target)
    assert KINDS["Reroute"].objection(action, target) is None
    return [(each.path.split("/")[5], each.after) for each in KINDS["Reroute"].changes(action, target)]


def test_a_rule_that_would_serve_nobody_is_refused() -> None:
    assert shift(http(a=1, b=1), a=0, b=0) == "no backend of rule 0 of HTTPRoute shop/it would get any traffic"
    assert shift(http(a=1, b=1), a=0) is None


def test_a_backend_that_is_not_there_is_named_with_those_that_are() -> None:
    assert shift(http(a=1, b=1), z=5) == "rule 0 of HTTPRoute shop/it has no backend z; it has a, b"


def test_a_backend_that_says_no_weight_has_one() -> None:
    assert reroute(http(a=None, b=3)) == [("[name=a]", "0"), ("[name=b]", "4")]


def test_a_source_that_gets_nothing_is_declined() -> None:
    with pytest.raises(Declined, match="a gets no traffic"):
        reroute(http(a=0, b=3))


def test_a_backend_is_not_rerouted_to_itself_nor_to_one_of_another_rule() -> None:
    target = http(a=1, b=1)
    for destination, why in (("a", "same backend"), ("elsewhere", "has no backend elsewhere")):
        action = fixed({"type": "Reroute", "reroute": {"source": "a", "destination": destination}}, target)
        assert why in str(KINDS["Reroute"].objection(action, target))


def test_the_share_that_moves_is_told_in_percent() -> None:
    assert moved({"a": 90, "b": 10}, {"a": 50, "b": 50}) == 40
    assert moved({"a": 90, "b": 10}, {"a": 0, "b": 100}) == 90
    assert moved({"a": 3, "b": 0}, {"a": 2, "b": 1}) == 34
    assert moved({"a": 0}, {"a": 1}) == 100


@given(weights_of, weights_of)
def test_a_share_is_a_share_and_moves_back_as_it_came(before: dict[str, int], after: dict[str, int]) -> None:
    there, back = moved(before, after), moved(after, before)
    assert 0 <= there <= 100
    assert there == back
    assert moved(before, before) in (0, 100)
    if sum(before.values()):
        assert moved(before, {}) == 0


@given(weights_of)
def test_rerouting_loses_no_weight(before: dict[str, int]) -> None:
    if before["a"]:
        after = before | {name[6:7]: int(str(value)) for name, value in reroute(http(**before))}
        assert sum(after.values()) == sum(before.values())
        assert after["a"] == 0
