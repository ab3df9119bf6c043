"""The Store knows who has a place in each namespace, and counts again only when somebody comes or goes."""

from datetime import timedelta
from typing import Any

import pytest

from autonomic.cycle.crowding import BOUNDED
from autonomic.cycle.store import WATCHED, Store
from autonomic.domain.crowding import leaving_out
from tests.unit.domain.specimens import NOW, contract_raw, meta, playbook_raw


def raw(name: str, minute: int, version: int = 1, namespace: str = "shop", **spec: Any) -> dict[str, Any]:
    """A contract that was made in that minute."""
    at = (NOW + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")
    made = meta(name, namespace, creationTimestamp=at, resourceVersion=str(version))
    return {**contract_raw(name, **spec), "metadata": made}


def store(*raws: dict[str, Any], most: int | None = 2) -> Store:
    made = Store(per_namespace=most)
    for each in raws:
        made.apply(each["kind"], each)
    return made


def left_out(held: Store) -> set[str]:
    view = held.view(NOW)
    return {each.metadata.name for each in view.contracts.values() if view.crowd(each)}


def test_the_oldest_of_each_namespace_and_kind_stay() -> None:
    held = store(raw("a", 3), raw("b", 1), raw("c", 2), raw("d", 9, namespace="other"), playbook_raw("a"))
    assert left_out(held) == {"a"}
    crowd = held.crowds["SLAContract", "shop"]
    assert (crowd.there, crowd.most) == (3, 2)
    assert len(held.crowds) == 1


def test_without_a_bound_nobody_is_left_out() -> None:
    held = store(*(raw(f"c{each}", each) for each in range(9)), most=None)
    assert (left_out(held), held.crowds) == (set(), {})


def test_who_is_left_out_comes_in_when_another_goes_by_whatever_way() -> None:
    held = store(raw("a", 1), raw("b", 2), raw("c", 3), raw("d", 4))
    assert left_out(held) == {"c", "d"}
    held.remove("SLAContract", raw("a", 1))
    assert left_out(held) == {"d"}
    held.replace("SLAContract", [raw("b", 2), raw("d", 4)], held.held("SLAContract"))
    assert left_out(held) == set()


def test_one_that_is_made_again_goes_to_the_end() -> None:
    held = store(raw("a", 1), raw("b", 2), raw("c", 3))
    held.apply("SLAContract", raw("a", 7, version=2))
    assert left_out(held) == {"a"}


def test_edits_count_nobody_again_and_what_can_t_be_read_keeps_its_place() -> None:
    held = store(raw("a", 1), raw("b", 2), raw("c", 3))
    before = held.crowds
    held.apply("SLAContract", raw("a", 1, version=2, window="never"))
    assert len(held.view(NOW).unreadable) == 1
    assert left_out(held) == {"c"}
    held.apply("SLAContract", raw("a", 1, version=3))
    assert left_out(held) == {"c"}
    assert held.crowds is before


def test_a_time_that_is_none_makes_no_place_and_no_trouble() -> None:
    odd = raw("b", 1)
    odd["metadata"]["creationTimestamp"] = "yesterday"
    held = store(raw("a", 1), odd, most=1)
    assert [each.ref.name for each in held.view(NOW).unreadable] == ["b"]
    assert left_out(held) == set()


def test_what_begins_like_another_store_has_its_bound_and_its_own_mind() -> None:
    held = store(raw("a", 1), raw("b", 2), raw("c", 3))
    other = Store()
    other.like(held)
    other.remove("SLAContract", raw("a", 1))
    assert (left_out(held), left_out(other)) == ({"c"}, set())
    other.apply("SLAContract", raw("d", 4))
    assert left_out(other) == {"d"}


@pytest.mark.parametrize("kind", [each for each in WATCHED if each not in BOUNDED])
def test_what_only_administrators_and_the_layer_write_has_no_bound(kind: str) -> None:
    assert kind in ("AdaptationPlan", "RedLine", "ControlLoop", "Namespace")


def test_nobody_is_left_out_of_a_view_that_knows_no_crowd() -> None:
    held = store(raw("a", 1), raw("b", 2), raw("c", 3))
    view = held.view(NOW)
    assert leaving_out({}, view.contracts["shop/c"]) is None
    assert not view.judges(view.contracts["shop/a"])  # its namespace has not opted in
