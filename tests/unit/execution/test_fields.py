"""Fields by JSON Pointer, changes and their inverse."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.plans import FieldChange
from autonomic.execution.fields import change, inverse, parts, pointer, read, standing
from autonomic.execution.patches import merge_patch
from autonomic.ports.memory.cluster import merged
from tests.unit.domain.specimens import target

keys = st.text(st.sampled_from('ab/~.%" 0'), max_size=4)
paths = st.lists(keys, min_size=1, max_size=4)
values = st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.lists(st.integers(), max_size=2)
trees = st.recursive(
    st.dictionaries(keys, values.filter(lambda value: value is not None), max_size=3),
    lambda inner: st.dictionaries(keys, inner | st.integers(), max_size=3),
    max_leaves=6,
)


@given(paths)
def test_a_pointer_comes_back_as_its_parts(path: list[str]) -> None:
    assert parts(pointer(*path)) == path


def test_a_pointer_escapes_what_rfc_6901_says() -> None:
    assert pointer("a/b", "m~n") == "/a~1b/m~0n"
    assert parts("/~01") == ["~1"]


@given(trees, paths)
def test_what_is_absent_reads_as_none(tree: dict[str, Any], path: list[str]) -> None:
    node: Any = tree
    for part in path:
        node = node.get(part) if isinstance(node, dict) else None
    assert read(tree, pointer(*path)) == node


def at(tree: dict[str, Any], path: list[str], value: object) -> tuple[FieldChange, ...]:
    raw = {"metadata": {}, **tree}
    return change(target(raw), pointer(*path), value)


def leaves(tree: dict[str, Any], path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for key, value in tree.items():
        found += leaves(value, (*path, key)) if isinstance(value, dict) else [(*path, key)]
    return found


@st.composite
def trees_and_leaves(draw: st.DrawFn) -> tuple[dict[str, Any], list[tuple[str, ...]]]:
    tree = draw(trees.filter(leaves))
    return tree, draw(st.lists(st.sampled_from(leaves(tree)), min_size=1, unique=True))


@given(trees_and_leaves(), st.lists(values, min_size=8, max_size=8))
def test_a_change_and_its_inverse_leave_everything_as_it_was(
    tree_and_leaves: tuple[dict[str, Any], list[tuple[str, ...]]], new: list[object]
) -> None:
    tree, chosen = tree_and_leaves
    changes = tuple(each for path, value in zip(chosen, new, strict=False) for each in at(tree, list(path), value))
    there = merged(tree, merge_patch(changes))
    assert standing(changes, there, "after") == ()
    assert merged(there, merge_patch(inverse(changes))) == tree


@given(trees, paths, values.filter(lambda value: value is not None))
def test_a_field_that_was_absent_is_absent_again(tree: dict[str, Any], path: list[str], value: object) -> None:
    blocked = any(not isinstance(read(tree, pointer(*path[:depth])), dict | None) for depth in range(1, len(path)))
    if blocked or isinstance(read(tree, pointer(*path)), dict):
        return
    changes = at(tree, path, value)
    there = merged(tree, merge_patch(changes))
    assert read(there, pointer(*path)) == value
    back = merged(there, merge_patch(inverse(changes)))
    assert read(back, pointer(*path)) == read(tree, pointer(*path))


def test_a_field_that_has_its_value_already_is_no_change() -> None:
    assert change(target(), "/spec/replicas", 2) == ()


def test_a_change_is_recorded_with_both_sides() -> None:
    (made,) = change(target(), "/spec/replicas", 4)
    assert (made.path, made.before, made.after) == ("/spec/replicas", "2", "4")
    assert inverse((made,)) == (FieldChange(path="/spec/replicas", before="4", after="2"),)


def test_what_stands_is_told_apart_by_json_value() -> None:
    made = (FieldChange(path="/spec/replicas", before="2", after="4"),)
    assert standing(made, {"spec": {"replicas": 2}}, "before") == ()
    assert standing(made, {"spec": {"replicas": "2"}}, "before") == ("/spec/replicas",)
    assert standing(made, {"spec": {}}, "before") == ("/spec/replicas",)
