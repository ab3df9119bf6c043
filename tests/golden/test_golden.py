"""The golden table: what a hand works out, what an independent count says, and what the engine says of a real Prometheus."""

import ast
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from testbed.run import Run
from tests.golden.agreement import engine_differences, oracle_differences
from tests.golden.case import NOON, Case
from tests.golden.fallback import BOUND, drifts
from tests.golden.holding import start_holding
from tests.golden.report import PATH, report
from tests.golden.table import CASES
from tests.golden.turning import CARRIED, Said, Sayings, sayings, together
from tests.oracle.judging import judge

ORACLE = Path(__file__).parents[1] / "oracle"
ROUGHLY = Fraction(1, 100)
named = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


Told = Callable[[str], Sayings]


@pytest.fixture(scope="module")
def url(testbed_run: Run) -> str:
    """Where the Prometheus is that holds the table."""
    return start_holding(testbed_run, CASES).url


@pytest.fixture(scope="module")
def told(url: str) -> Told:
    """What the engine says of the case of that name; asked once."""
    return cache(lambda name: sayings(url, next(case for case in CASES if case.name == name)))


def test_the_table_holds_at_least_65_cases_of_different_names() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 65


def test_the_oracle_shares_no_code_with_the_operator() -> None:
    imported = {
        name
        for path in ORACLE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    }
    assert "fractions" in imported
    assert [name for name in imported if name.split(".")[0] == "autonomic"] == []


@named
def test_an_independent_count_agrees_with_the_hand(case: Case) -> None:
    recorded = case.recorded()
    at = int(case.at.timestamp())
    for key, wanted in case.expected.items():
        name, _, group = key.partition("/")
        judged = judge(case.objectives, name, recorded, at, case.maintenance)
        assert group in judged, sorted(judged)
        assert oracle_differences(judged[group], wanted) == [], key


@named
def test_a_fresh_engine_agrees_with_the_hand(case: Case, told: Told) -> None:
    assert _differences(case, told(case.name).cold) == {}


@named
def test_an_engine_that_was_there_before_agrees_with_the_hand(case: Case, told: Told) -> None:
    assert _differences(case, told(case.name).carried) == {}


@named
def test_an_engine_that_slept_for_half_an_hour_agrees_with_the_hand(case: Case, told: Told) -> None:
    assert _differences(case, told(case.name).slept) == {}


@pytest.mark.parametrize("turns", [(0,), CARRIED, range(150, -1, -1)], ids=["fresh", "carried", "carried for hours"])
def test_one_engine_says_of_all_contracts_of_a_moment_what_it_says_of_each_alone(
    turns: Iterable[int], url: str
) -> None:
    at_once = [case for case in CASES if (case.at, case.late) == (NOON, timedelta(0))]
    assert len(at_once) > 50
    said = together(url, at_once, turns)
    wrong = {case.name: differences for case in at_once if (differences := _differences(case, said[case.key]))}
    assert wrong == {}


@pytest.mark.parametrize("case", [case for case in CASES if case.steady], ids=lambda case: case.name)
def test_without_exact_ranges_the_counts_of_steady_traffic_are_close(case: Case, told: Told) -> None:
    for drift in drifts(case, told(case.name).approximate):
        assert drift.said_approximate, drift
        assert drift.worst <= BOUND, drift


@pytest.mark.parametrize("case", [case for case in CASES if case.maintenance], ids=lambda case: case.name)
def test_without_exact_ranges_maintenance_does_not_count_either(case: Case, told: Told) -> None:
    for drift in drifts(case, told(case.name).approximate):
        assert drift.total < ROUGHLY, drift


def test_one_event_more_in_an_expectation_is_noticed(told: Told) -> None:
    case = CASES[0]
    key, wanted = next(iter(case.expected.items()))
    wrong = replace(case, expected={key: replace(wanted, bad=wanted.bad + 1)})
    assert "bad" in str(_differences(wrong, told(case.name).cold))


def test_the_report_in_the_tree_is_that_of_the_table(told: Told) -> None:
    assert PATH.read_text() == report({case.name: told(case.name) for case in CASES}), "run `make golden-report`"


def _differences(case: Case, said: Said) -> dict[str, list[str]]:
    found = {key: engine_differences(case, said.get(key), wanted) for key, wanted in case.expected.items()}
    return {key: differences for key, differences in found.items() if differences}
