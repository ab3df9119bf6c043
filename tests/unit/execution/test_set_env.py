"""SetEnv: one plain variable that the owner listed, and nothing that decides which code runs."""

from typing import Any

import pytest

from autonomic.domain.targets import Target
from tests.contract.actions.row import noted
from tests.contract.actions.workloads import deployment
from tests.unit.execution.samples import KINDS, fixed, placed, target_of

SET_ENV = KINDS["SetEnv"]


def of(env: list[dict[str, Any]] | None = None, listed: str = "MODE") -> Target:
    """A Deployment with these variables, of which those listed may be set."""
    return target_of(placed(deployment("it", env=env, annotations=noted(writable_env=listed))))


def said(target: Target, name: str = "MODE", value: str = "safe", container: str = "app") -> str | None:
    """What is objected."""
    wish = {"container": container, "name": name, "value": value}
    return SET_ENV.objection(fixed({"type": "SetEnv", "setEnv": wish}, target), target)


@pytest.mark.parametrize("name", ["LD_PRELOAD", "LD_ANYTHING", "PATH", "PYTHONPATH", "NODE_OPTIONS", "BASH_ENV"])
def test_what_decides_which_code_runs_is_never_set_whatever_is_listed(name: str) -> None:
    assert said(of(listed=name), name) == f"{name} decides which code runs: it is never set"


@pytest.mark.parametrize(("listed", "may"), [("MODE", True), ("A, MODE ,B", True), ("", False), ("MODEL,MOD", False)])
def test_only_what_the_owner_listed_is_set(listed: str, *, may: bool) -> None:
    assert (said(of(listed=listed)) is None) == may


def test_a_value_that_comes_from_elsewhere_is_left_alone() -> None:
    secret = {"name": "MODE", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}
    assert "only plain values are changed" in str(said(of([secret])))


def test_a_variable_that_is_set_twice_is_left_alone() -> None:
    twice = [{"name": "MODE", "value": "a"}, {"name": "MODE", "value": "b"}]
    assert said(of(twice)) == "Deployment shop/it sets MODE twice in container app"


def test_a_container_that_is_not_there_is_named() -> None:
    assert said(of(), container="sidecar") == "Deployment shop/it has no container sidecar"


def test_a_value_that_is_too_long_to_be_brought_back_is_left_alone() -> None:
    assert "more than the 32768 characters" in str(said(of([{"name": "MODE", "value": "x" * 40_000}])))


def test_a_long_value_is_shown_in_short() -> None:
    target = of([{"name": "MODE", "value": "x" * 300}])
    action = fixed({"type": "SetEnv", "setEnv": {"container": "app", "name": "MODE", "value": "safe"}}, target)
    assert SET_ENV.describe(action, target) == f"set a variable of container app (MODE: {'x' * 57}... -> safe)"


def test_a_variable_without_a_value_is_as_good_as_empty() -> None:
    target = of([{"name": "MODE"}])
    action = fixed({"type": "SetEnv", "setEnv": {"container": "app", "name": "MODE", "value": ""}}, target)
    assert SET_ENV.changes(action, target) == ()
