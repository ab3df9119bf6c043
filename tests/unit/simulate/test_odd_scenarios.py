"""Whatever is sent, there is an answer or a refusal that names a field; never a fault."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autonomic.simulate import Unfit
from tests.unit.domain.specimens import playbook_raw
from tests.unit.simulate.scenes import FAILING, NAMESPACE, OBJECTS, tried

ROUTE = {
    "apiVersion": OBJECTS[0]["apiVersion"],
    "kind": "AdaptiveRoute",
    "metadata": {"name": "chat", "namespace": "shop"},
    "spec": {"taskTypes": ["summary"], "candidates": [{"name": "a"}, {"name": "b"}], "baseline": "a"},
}
WHOLE = {
    "at": "2025-01-01T12:00:00Z",
    "objects": [NAMESPACE, *OBJECTS, playbook_raw(), ROUTE],
    "figures": [FAILING, {"contract": "shop/*", "errorRatio": "1%", "lasting": "1h", "before": "0.1", "events": 1000}],
    "signals": [{"type": "OOMKilled", "namespace": "shop", "labels": {"deployment": "agent"}, "ago": "1m", "times": 2}],
    "metrics": [{"expr": "up", "value": "1"}],
    "down": ["a"],
    "without": ["RedLine/default"],
}
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.just([]), st.just({}),
    st.just("x" * 300), st.just([{}]), st.just({"a": {"b": [1]}}), st.just(-1), st.just(10**30), st.just("99999w"),
    st.just("0001-01-01T00:00:00Z"), st.just("9999-12-31T23:59:59Z"), st.just("shop/agent"), st.just("100%"),
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value within."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, each in inner for found in places(each, (*path, key)))]


PLACES = places(WHOLE)[1:]


def changed(path: tuple[Any, ...], odd: Any) -> Any:
    """The whole with something odd in one place."""
    whole = deepcopy(WHOLE)
    holder: Any = whole
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = odd
    return whole


@given(st.sampled_from(PLACES), ODD)
@settings(max_examples=300)
async def test_something_odd_in_any_place_is_no_fault(path: tuple[Any, ...], odd: Any) -> None:
    whole = changed(path, odd)
    try:
        await tried(objects=whole.pop("objects"), **whole)
    except Unfit as refused:
        assert all(flaw.field and flaw.detail for flaw in refused.flaws)


async def test_the_whole_itself_is_tried() -> None:
    found = await tried(**WHOLE)  # type: ignore[arg-type]
    assert found.routes


@pytest.mark.parametrize("spec", [{"replicas": "three"}, {"replicas": None, "template": "none"}])
async def test_a_workload_that_is_none_is_named(spec: Any) -> None:
    odd = {**OBJECTS[3], "spec": spec}
    try:
        await tried(objects=[*OBJECTS[:3], odd, OBJECTS[4]], figures=[FAILING])
    except Unfit as refused:
        assert [flaw.field for flaw in refused.flaws] == ["objects.3"]
