"""What contracts say of what they depend on."""

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.words import Truth
from autonomic.health.dependencies import judge
from tests.unit.domain.specimens import contract


def judged(edges: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, str]]:
    """Reason and message of each contract that depends on another."""
    made = {
        f"shop/{name}": contract(name, dependsOn=[{"name": each} for each in dict.fromkeys(names)])
        for name, names in edges.items()
    }
    found = judge(made)
    assert all((status is Truth.TRUE) == (reason == "Resolved") for _, status, reason, _ in found.values())
    return {key.partition("/")[2]: (reason, message) for key, (_, _, reason, message) in found.items()}


def test_a_dependency_that_is_there_is_resolved_and_who_has_none_says_nothing() -> None:
    assert judged({"a": ["b"], "b": []}) == {"a": ("Resolved", "every contract in dependsOn is there")}


def test_a_missing_dependency_is_named_with_the_way_out() -> None:
    reason, message = judged({"a": ["b", "store"], "b": []})["a"]
    assert reason == "Missing"
    assert message.startswith("dependsOn names store, and there is no such SLAContract in namespace shop: create it")


def test_what_is_left_out_is_not_missed_and_is_told_nothing() -> None:
    made = {f"shop/{name}": contract(name, dependsOn=[{"name": on}]) for name, on in (("a", "b"), ("b", "none"))}
    found = judge(made, lambda each: each.metadata.name != "b")
    assert {key: reason for key, (_, _, reason, _) in found.items()} == {"shop/a": "Resolved"}


def test_a_circle_is_shown_to_each_that_is_in_it_and_to_nobody_else() -> None:
    found = judged({"a": ["b"], "b": ["c"], "c": ["a"], "outside": ["a"]})
    assert {name: reason for name, (reason, _) in found.items()} == {
        "a": "Cycle",
        "b": "Cycle",
        "c": "Cycle",
        "outside": "Resolved",
    }
    assert "a -> b -> c -> a" in found["a"][1]


def test_a_contract_that_depends_on_itself_is_a_circle() -> None:
    reason, message = judged({"a": ["a"]})["a"]
    assert reason == "Cycle"
    assert "a -> a" in message


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=4)))
def test_exactly_those_that_can_reach_themselves_are_in_a_circle(edges: dict[str, list[str]]) -> None:
    whole = {name: edges.get(name, []) for name in "abcdef"}

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        ahead = [*whole[start]]
        while ahead:
            name = ahead.pop()
            if name not in seen:
                seen.add(name)
                ahead += whole[name]
        return seen

    circles = {name for name, (reason, _) in judged(whole).items() if reason == "Cycle"}
    assert circles == {name for name in whole if name in reached(name)}
