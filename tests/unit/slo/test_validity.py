"""What the server is asked about an indicator, and what its answer means."""

from typing import Any

import promql_parser
import pytest

from autonomic.domain.objectives import Objective
from autonomic.domain.readings import Sample, Vector
from autonomic.slo.indicators import Options, measure
from autonomic.slo.measures import Measure
from autonomic.slo.validity import borders_question, expressions, wrong_border
from tests.unit.domain.specimens import NAMESPACE, objective

OPTIONS = Options(namespace=NAMESPACE, tenant_label=None, free_queries=True, contract="agent")
SLICED: dict[str, Any] = {"budgeting": "Timeslices"}


def promise(indicator: dict[str, Any], **more: Any) -> tuple[Objective, Measure]:
    made = Objective.model_validate(objective(indicator=indicator, **more))
    return made, measure(made, OPTIONS)


def latency(threshold: str = "800ms", **more: Any) -> tuple[Objective, Measure]:
    return promise({"latency": {"histogram": "x", "selector": '{app="web"}', "threshold": threshold, **more}})


def answered(**borders: int) -> Vector:
    """Series for each border, written `_0_5` for 0.5."""
    return Vector(tuple(Sample({"le": name[1:].replace("_", ".")}, str(count)) for name, count in borders.items()))


NATIVE = Sample({}, "1")
INF = Sample({"le": "+Inf"}, "2")


@pytest.mark.parametrize(
    ("made", "asked"),
    [
        (
            promise({"ratio": {"bad": 'x{b="1"}', "total": "x"}}),
            (("total", "x"), ("bad", 'x{b="1"}')),
        ),
        (
            latency("1s"),
            (("total", 'x_count{app="web"}'), ("good", 'x_bucket{app="web",le=~"1|1\\\\.0"}')),
        ),
        (latency(buckets="Native"), (("total", 'x{app="web"}'), ("good", 'x{app="web"}'))),
        (promise({"threshold": {"selector": "g", "op": "LT", "value": "5"}}, **SLICED), (("value", "g"),)),
        (
            promise({"ratioQuery": {"good": "sum(rate(y[$window]))", "total": "sum(rate(x[$window]))"}}),
            (("total", "sum(rate(x[5m]))"), ("good", "sum(rate(y[5m]))")),
        ),
        (promise({"thresholdQuery": {"query": "avg(g)", "op": "LT", "value": "5"}}, **SLICED), (("value", "avg(g)"),)),
        (promise({"composite": [{"objective": "other"}]}), ()),
    ],
)
def test_the_server_is_asked_to_parse_what_is_counted(
    made: tuple[Objective, Measure], asked: tuple[tuple[str, str], ...]
) -> None:
    assert tuple((name, str(each)) for name, each in expressions(made[1])) == asked
    for _, text in asked:
        promql_parser.parse(text)


def test_the_borders_of_a_classic_histogram_are_asked_for_and_a_native_one_beside_them() -> None:
    question = borders_question(latency()[1])
    assert question == 'count by (le) (x_bucket{app="web"}) or count(histogram_count(x{app="web"}))'
    promql_parser.parse(question)


def test_no_borders_are_asked_for_where_there_are_none() -> None:
    for _, found in (
        latency(buckets="Native"),
        promise({"ratio": {"bad": 'x{b="1"}', "total": "x"}}),
        promise({"threshold": {"selector": "g", "op": "LT", "value": "5"}}, **SLICED),
        promise({"composite": [{"objective": "other"}]}),
    ):
        assert borders_question(found) is None


FIELD = "indicator.latency.threshold: 800ms is"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (answered(_0_5=2, _0_8=2, _1_0=2), None),
        (answered(_0_5=2, _0_80=2), None),
        (answered(_0_5=2, _1_0=2), f"{FIELD} between the buckets 0.5 and 1: choose one of them"),
        (answered(_2_5=2, _0_25=2, _10_0=2), f"{FIELD} between the buckets 0.25 and 2.5: choose one of them"),
        (answered(_1_0=2), f"{FIELD} below the smallest bucket 1: choose it, or give the histogram a smaller one"),
        (answered(_0_5=2), f"{FIELD} above the largest bucket 0.5: choose it, or give the histogram a larger one"),
        (Vector(()), None),
        (Vector((INF,)), f"{FIELD} no bucket: the histogram has none but +Inf"),
        (
            Vector((NATIVE,)),
            "x is a native histogram: set indicator.latency.buckets to Native",
        ),
        (Vector((*answered(_0_8=2).samples, INF, NATIVE)), None),
        (
            answered(_0_5=3, _0_8=2, _1_0=3),
            f"{FIELD} a bucket in 2 of 3 series: choose one that all have, or narrow the selector",
        ),
    ],
)
def test_a_threshold_is_a_border_of_every_series_or_is_told_its_neighbours(found: Vector, words: str | None) -> None:
    assert wrong_border(*latency(), found) == words


def test_a_border_is_recognised_however_the_store_spells_it() -> None:
    for spelling in ("1", "1.0", "1e+00", "1.00"):
        assert wrong_border(*latency("1s"), Vector((Sample({"le": spelling}, "2"), INF))) is None
    mixed = Vector((Sample({"le": "1"}, "1"), Sample({"le": "1.0"}, "1"), INF))
    assert wrong_border(*latency("1s"), mixed) is None


def test_a_threshold_in_milliseconds_is_held_against_borders_in_milliseconds() -> None:
    made = latency(unit="Milliseconds")
    assert wrong_border(*made, answered(_800_0=2)) is None
    assert wrong_border(*made, answered(_0_8=2)) is not None


def test_a_signal_is_told_in_its_own_fields() -> None:
    timed = promise({"signal": {"type": "TaskLatency", "source": "Celery", "threshold": "3s"}})
    assert wrong_border(*timed, answered(_2_5=1, _5_0=1)) == (
        "indicator.signal.threshold: 3s is between the buckets 2.5 and 5: choose one of them"
    )
    tokens = {
        "type": "LlmTokenCost",
        "source": "OpenTelemetry",
        "value": "1000",
        "selector": '{gen_ai_token_type="input"}',
    }
    assert wrong_border(*promise({"signal": tokens}), answered(_256_0=1, _1024_0=1)) == (
        "indicator.signal.value: 1000 is between the buckets 256 and 1024: choose one of them"
    )
    native = wrong_border(*timed, Vector((NATIVE,)))
    assert native == "celery_task_runtime is a native histogram: use indicator.latency with buckets Native instead"


def test_a_bucket_that_a_ratio_names_is_judged_too() -> None:
    made = promise({"ratio": {"good": 'x_bucket{le="0.8"}', "total": "x_count"}})
    assert wrong_border(*made, answered(_0_5=1, _1_0=1)) == (
        "indicator.ratio.good: its le is between the buckets 0.5 and 1: choose one of them"
    )


def test_nothing_is_wrong_with_the_border_of_what_has_none() -> None:
    assert wrong_border(*promise({"ratio": {"bad": 'x{b="1"}', "total": "x"}}), answered(_0_5=1)) is None
