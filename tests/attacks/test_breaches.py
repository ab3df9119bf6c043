"""An operator that ignores its own gate crosses no RedLine, and a kill switch stops it at once."""

from fractions import Fraction

import pytest

from benchmarks.redlines.field import SWITCHING, prepare
from benchmarks.redlines.lines import Line, Write, wrongs
from benchmarks.redlines.switches import latencies, p99
from benchmarks.redlines.tries import Mutant
from testbed.installation import Installation
from testbed.people import ADMIN
from testbed.waiting import until

TRIES, FEWER = 150, 40
BINDING = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/autonomic-redlines"


@pytest.fixture(scope="module")
def field(installed: Installation) -> Installation:
    """The namespaces, targets and lines of the harness."""
    prepare(installed)
    return installed


def test_a_mutated_operator_crosses_no_redline_and_is_refused_nothing_else(field: Installation) -> None:
    sums = Mutant(field, seed=7).run(TRIES)
    assert (sums.tries, sums.breaches, sums.needless) == (TRIES, [], [])
    assert 0 < sums.accepted < TRIES
    # Every kind of line was tried.
    assert {"minReplicas", "maxReplicas", "maxStep", "kill switch", "cooldown", "day of rest", "epoch"} <= set(
        sums.forbidden
    )


def test_the_harness_sees_breaches_where_redlines_only_audit(field: Installation) -> None:
    admin = field.cluster.api(ADMIN)
    admin.patch(BINDING, {"spec": {"validationActions": ["Audit"]}})
    try:
        until(lambda: not field.refuses("autonomic-redlines"), 10, "the lines to hold no more")
        sums = Mutant(field, seed=8).run(FEWER)
    finally:
        admin.patch(BINDING, {"spec": {"validationActions": ["Deny"]}})
    until(lambda: field.refuses("autonomic-redlines"), 10, "the lines to hold again")
    assert sums.breaches


def test_a_kill_switch_stops_the_last_write_within_a_second(field: Installation) -> None:
    assert p99(latencies(field, SWITCHING, switches=3)) < 1000


def test_the_99th_percentile_of_few_values_is_the_largest() -> None:
    assert p99([3.0, 1.0, 2.0]) == 3.0
    assert p99([float(value) for value in range(1, 201)]) == 198.0


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        (4, 8, []),
        (4, 2, []),
        (4, 9, ["maxStep"]),
        (4, 1, ["minReplicas", "maxStep"]),
        (40, 21, ["maxReplicas"]),
        (1, 1, []),
    ],
)
def test_the_oracle_counts_for_itself(before: int, after: int, named: list[str]) -> None:
    line = Line("calm", "calm", least=2, most=20, step=Fraction(1, 2))
    write = Write("calm", "Deployment", "web", {"replicas": before}, {"replicas": after})
    assert list(wrongs(write, (line,))) == named
    assert list(wrongs(write, (Line("other", "elsewhere", most=0),))) == []
