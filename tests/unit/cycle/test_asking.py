"""Many questions in few queries, each answered on its own merits."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.cycle.asking import UNION, ask
from autonomic.cycle.unions import Asked, ask_all, joined
from autonomic.domain.errors import AutonomicError, Forbidden, Invalid, Unavailable
from autonomic.domain.readings import (
    Absent,
    Known,
    Question,
    RangeQuestion,
    Reading,
    Sample,
    Series,
    Unknown,
    Vector,
)
from autonomic.ports.memory.metrics import Answer, MemoryMetrics
from tests.unit.cycle.several_servers import with_eu
from tests.unit.domain.specimens import NOW

_MEMBER = re.compile(r'label_replace\((\w+), "autonomic_question", "(\d+)", "", ""\)')


def server(**values: str | list[str] | Vector | AutonomicError) -> MemoryMetrics:
    """A server whose metrics have these values; an error or a warning of one member is one of its whole query."""

    def answer(expr: str, _: datetime) -> Answer:
        members = _MEMBER.findall(expr) or [(expr, None)]
        samples: list[Sample] = []
        for name, number in members:
            value = values.get(name, [])
            if isinstance(value, AutonomicError):
                return value
            if isinstance(value, Vector):
                return value
            labels = {"autonomic_question": number} if number is not None else {}
            samples += [Sample(labels, each) for each in ([value] if isinstance(value, str) else value)]
        return Vector(tuple(samples))

    return MemoryMetrics(answer)


async def read(metrics: MemoryMetrics, *names: str) -> list[Reading]:
    answers = await ask(metrics, [Question(name, NOW) for name in names])
    return [answers[Question(name, NOW)] for name in names]


async def test_questions_of_one_time_are_one_query() -> None:
    metrics = server(a="1", b="2.5")
    assert await read(metrics, "a", "b", "c", "a") == [
        Known(Decimal(1)),
        Known(Decimal("2.5")),
        Absent(),
        Known(Decimal(1)),
    ]
    assert len(metrics.asked) == 1


async def test_questions_of_different_times_are_different_queries() -> None:
    metrics = server(a="1")
    earlier = NOW - timedelta(minutes=1)
    answers = await ask(metrics, [Question("a", NOW), Question("a", earlier)])
    assert set(answers) == {Question("a", NOW), Question("a", earlier)}
    assert {each.at for each in metrics.asked} == {NOW, earlier}


async def test_a_server_that_gave_no_answer_is_asked_no_further_and_another_is() -> None:
    silent, other = server(a=Unavailable("eu is down")), server(a="1")
    metrics, _ = with_eu(other, silent)
    asked = [Question("a", NOW - timedelta(minutes=at), server="eu") for at in range(6)]
    answers = await ask(metrics, [*asked, Question("a", NOW)])
    assert {type(answers[each]) for each in asked} == {Unknown}
    assert answers[Question("a", NOW)] == Known(Decimal(1))
    assert len(silent.asked) < len(asked)


async def test_no_question_is_no_query() -> None:
    metrics = server()
    assert await ask(metrics, []) == {}
    assert metrics.asked == []


@given(st.sets(st.integers(0, 400), max_size=200))
async def test_every_question_is_answered_with_its_own_value_in_as_few_queries_as_fit(numbers: set[int]) -> None:
    metrics = server(**{f"m{number}": str(number) for number in numbers})
    names = [f"m{number}" for number in numbers]
    assert await read(metrics, *names) == [Known(Decimal(number)) for number in numbers]
    assert len(metrics.asked) == -(-len(numbers) // UNION)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("NaN", "NotANumber"),
        ("+Inf", "NotANumber"),
        ("-Inf", "NotANumber"),
        ("x", "NotANumber"),
        (["1", "1"], "SeveralSeries"),
    ],
)
async def test_what_is_not_one_finite_number_is_unknown(value: str | list[str], reason: str) -> None:
    (reading,) = await read(server(a=value), "a")
    assert isinstance(reading, Unknown)
    assert reading.reason == reason


@pytest.mark.parametrize("written", ["1e+06", "1000000", "1000000.0"])
async def test_a_number_is_read_however_it_is_written(written: str) -> None:
    assert await read(server(a=written), "a") == [Known(Decimal(1_000_000))]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (Invalid("parse error at char 3"), "InvalidQuery"),
        (Vector((Sample({}, "1"),), ("metric might not be a counter",)), "QueryWarning"),
        ("NaN", "NotANumber"),
        (["1", "2"], "SeveralSeries"),
    ],
    ids=["refused", "warned", "NaN", "several"],
)
async def test_one_bad_question_spoils_no_other(bad: str | list[str] | Vector | AutonomicError, reason: str) -> None:
    good, spoilt, absent = await read(server(a="1", b=bad), "a", "b", "c")
    assert (good, absent) == (Known(Decimal(1)), Absent())
    assert isinstance(spoilt, Unknown)
    assert spoilt.reason == reason


async def test_a_refused_query_says_what_the_server_said() -> None:
    (reading,) = await read(server(a=Invalid("parse error at char 3")), "a")
    assert reading == Unknown("InvalidQuery", "parse error at char 3")


@pytest.mark.parametrize("error", [Unavailable("down"), Forbidden("no token")])
async def test_a_server_that_does_not_answer_makes_all_unknown(error: AutonomicError) -> None:
    metrics = server(a="1")
    metrics.failure = error
    assert await read(metrics, "a", "b") == [Unknown("MetricsUnavailable", str(error))] * 2


async def test_a_server_that_does_not_answer_is_asked_no_further() -> None:
    metrics = server()
    metrics.failure = Unavailable("down")
    names = [f"m{number}" for number in range(UNION * 20)]
    readings = await read(metrics, *names)
    assert set(readings) == {Unknown("MetricsUnavailable", "down")}
    assert len(metrics.asked) <= 4


async def test_a_server_that_goes_while_members_are_asked_one_by_one_is_asked_no_further() -> None:
    metrics = server(m0=Invalid("no"), m1=Unavailable("down"))
    names = [f"m{number}" for number in range(UNION)]
    readings = await read(metrics, *names)
    assert readings[0] == Unknown("InvalidQuery", "no")
    assert set(readings[2:]) <= {Unknown("MetricsUnavailable", "down"), Absent()}
    asked_alone = [each.expr for each in metrics.asked if each.expr in names]
    assert asked_alone.index("m1") == len(asked_alone) - 1


def test_a_union_marks_each_member_with_its_number() -> None:
    assert joined(["a", "b"]) == (
        '(label_replace(a, "autonomic_question", "0", "", "") or label_replace(b, "autonomic_question", "1", "", ""))'
    )


def depth(union: str) -> int:
    levels = accumulate({"(": 1, ")": -1}.get(each, 0) for each in union)
    return max(levels)


@given(st.integers(1, 200))
def test_a_union_is_promql_and_a_balanced_tree_with_each_member_once(number: int) -> None:
    union = joined([f"m{each}" for each in range(number)])
    promql_parser.parse(union)
    assert _MEMBER.findall(union) == [(f"m{each}", str(each)) for each in range(number)]
    assert depth(union) <= 1 + (number - 1).bit_length()


MINUTE = timedelta(minutes=1)


def ranged(name: str, minutes: int = 2, lookback: str | None = None) -> RangeQuestion:
    return RangeQuestion(name, NOW, NOW + minutes * MINUTE, MINUTE, lookback)


async def series(metrics: MemoryMetrics, *asked: RangeQuestion) -> list[tuple[Sample | Series, ...] | Unknown]:
    found = await ask_all(metrics, asked, UNION)
    return [found[each] for each in asked]


async def test_questions_of_one_range_are_one_query_and_each_has_its_own_series() -> None:
    metrics = server(a="1", b="2")
    one, two, none = await series(metrics, ranged("a"), ranged("b"), ranged("c"))
    assert isinstance(one, tuple)
    assert isinstance(two, tuple)
    assert (len(one), len(two), none) == (1, 1, ())
    assert isinstance(one[0], Series)
    assert (one[0].values.tolist(), len(one[0].times)) == ([1.0, 1.0, 1.0], 3)
    assert len(metrics.asked_ranges) == 1


async def test_other_times_and_other_look_backs_are_other_queries() -> None:
    metrics = server(a="1")
    asked: list[Asked] = [
        ranged("a"),
        ranged("a", 3),
        ranged("a", 2, "10m"),
        Question("a", NOW),
        Question("a", NOW, "10m"),
    ]
    found = await ask_all(metrics, asked, UNION)
    assert set(found) == set(asked)
    assert (len(metrics.asked_ranges), len(metrics.asked)) == (3, 2)


async def test_one_bad_range_spoils_no_other() -> None:
    good, spoilt = await series(server(a="1", b=Invalid("no")), ranged("a"), ranged("b"))
    assert spoilt == Unknown("InvalidQuery", "no")
    assert isinstance(good, tuple)
    assert len(good) == 1
