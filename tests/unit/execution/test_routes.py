"""ShiftTraffic and Reroute: weights of one rule, and how much of the traffic that moves."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.targets import Target
from autonomic.execution.action import Declined
from autonomic.execution.routes import moved, rule_digest
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


RULE: dict[str, Any] = {
    "matches": [{"path": {"value": "/a"}}],
    "backendRefs": [{"name": "a", "weight": 9}, {"name": "b", "port": 80}],
}


def of(*rules: object) -> str | None:
    """What tells the first rule from others."""
    return rule_digest({"spec": {"rules": list(rules)}}, 0)


@pytest.mark.parametrize(
    "alike",
    [
        {**RULE, "backendRefs": [{"name": "a", "weight": 0}, {"name": "b", "port": 80, "weight": 3}]},
        {**RULE, "backendRefs": [{"port": 80, "name": "b"}, {"name": "a"}]},
    ],
    ids=["other weights", "another order"],
)
def test_a_rule_is_known_again_by_all_but_its_weights(alike: dict[str, Any]) -> None:
    assert of(alike) == of(RULE)


@pytest.mark.parametrize(
    "other",
    [
        {**RULE, "matches": []},
        {**RULE, "name": "first"},
        {**RULE, "filters": [{"type": "RequestMirror"}]},
        {**RULE, "backendRefs": RULE["backendRefs"][:1]},
        {**RULE, "backendRefs": [RULE["backendRefs"][0], {"name": "b", "port": 81}]},
        {"matches": RULE["matches"]},
    ],
    ids=lambda each: ",".join(each),
)
def test_a_rule_of_other_requests_or_backends_is_another_one(other: dict[str, Any]) -> None:
    assert of(other) != of(RULE)


@pytest.mark.parametrize("rules", [[], ["odd"], [None]], ids=str)
def test_no_rule_has_no_digest_and_its_action_is_declined(rules: list[Any]) -> None:
    assert of(*rules) is None
    made = placed({**route("HTTPRoute", "it"), "spec": {"rules": rules}})
    with pytest.raises(Declined, match="has no rule 0"):
        reroute(target_of(made))


def test_backends_in_an_order_of_priority_have_no_shares_of_the_traffic() -> None:
    made = route("AIGatewayRoute", "it")
    made["spec"]["rules"][0]["backendRefs"] = [{"name": "a", "priority": 0}, {"name": "b", "priority": 1}]
    assert "orders its backends by priority" in str(shift(target_of(placed(made)), a=0))


def test_a_route_that_an_ai_gateway_makes_is_changed_where_it_is_made() -> None:
    made = placed(route("HTTPRoute", "it"))
    owner = {"apiVersion": "aigateway.envoyproxy.io/v1beta1", "kind": "AIGatewayRoute", "name": "models"}
    for refs, refused in (
        ([{**owner, "controller": True}], True),
        ([owner], False),
        ([{**owner, "apiVersion": "example.com/v1", "controller": True}], False),
    ):
        target = target_of({**made, "metadata": {**made["metadata"], "ownerReferences": refs}})
        said = shift(target, large=1)
        assert (said is not None) is refused
        assert said is None or "is made by AIGatewayRoute models, which writes over it: set targetRef" in said
