"""Whose fault it probably is."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from autonomic.health.causes import blame, cause, shared
from autonomic.health.standing import Look, Standing, follow
from autonomic.health.subjects import Key
from tests.unit.domain.specimens import NOW

DEPENDS = {"web": ["api"], "api": ["store", "queue"]}


def key(name: str) -> Key:
    return Key("shop", "Agent", name)


def ill(minute: int, score: float = 20.0) -> Standing:
    """Unwell since that minute."""
    return follow(None, Look(score, 0.0), NOW + timedelta(minutes=minute))


def blamed(of: str, standings: Mapping[str, Standing], depends: Mapping[str, Sequence[str]] = DEPENDS) -> str | None:
    known = {key(name): each for name, each in standings.items()}
    found = blame(key(of), known.get, lambda each: [key(name) for name in depends.get(each.name, ())])
    return found.key.name if found else None


def test_an_unwell_dependency_that_began_no_later_is_blamed() -> None:
    assert blamed("api", {"api": ill(5), "store": ill(5)}) == "store"
    assert blamed("api", {"api": ill(5), "store": ill(4)}) == "store"


def test_one_that_began_later_is_not() -> None:
    assert blamed("api", {"api": ill(5), "store": ill(6)}) is None


def test_one_that_is_well_or_unknown_or_was_never_judged_is_not() -> None:
    well, unknown = follow(None, Look(100.0, 0.0), NOW), follow(None, Look(None, 1.0), NOW)
    assert blamed("api", {"api": ill(5), "store": well, "queue": unknown}) is None


def test_who_is_well_blames_nobody() -> None:
    assert blamed("api", {"api": follow(None, Look(100.0, 0.0), NOW), "store": ill(0)}) is None


def test_blame_goes_down_to_the_last_that_is_unwell() -> None:
    standings = {"web": ill(7), "api": ill(6), "store": ill(5)}
    assert blamed("web", standings) == "store"
    known = {key(name): each for name, each in standings.items()}
    found = blame(key("web"), known.get, lambda each: [key(name) for name in DEPENDS.get(each.name, ())])
    assert found is not None
    said = cause(found, standings["store"])
    assert (said.kind, said.name) == ("Agent", "store")
    assert said.message == (
        "probably because of store: web depends on it, through api, and it has been unwell since 2025-01-01T12:05:00Z"
        " (Critical)"
    )


def test_of_several_the_one_that_began_first_is_blamed_then_the_worse() -> None:
    assert blamed("api", {"api": ill(5), "store": ill(4), "queue": ill(3)}) == "queue"
    assert blamed("api", {"api": ill(5), "store": ill(3, 10.0), "queue": ill(3, 40.0)}) == "store"


@given(st.dictionaries(st.sampled_from("abcd"), st.lists(st.sampled_from("abcd"), max_size=3)))
def test_a_circle_ends(depends: dict[str, list[str]]) -> None:
    standings = {name: ill(0) for name in "abcd"}
    assert all(blamed(name, standings, depends) != name for name in "abcd")


def test_a_group_blames_what_all_its_unwell_members_lead_to_and_nothing_where_they_differ() -> None:
    known = {key(name): ill(at) for at, name in enumerate(["store", "api", "web", "other"])}

    def of(*names: str) -> str | None:
        edges = lambda each: [key(name) for name in DEPENDS.get(each.name, ())]  # noqa: E731
        found = shared((key(name), blame(key(name), known.get, edges)) for name in names)
        return found.key.name if found else None

    assert of("web", "api", "store") == "store"
    assert of("web", "other") is None
    assert of("store") is None
    assert of() is None
