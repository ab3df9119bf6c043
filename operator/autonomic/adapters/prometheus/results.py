"""The results of queries, read: an instant vector, a matrix, and what the server says they cost."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from autonomic.adapters.prometheus.connection import Reply
from autonomic.adapters.prometheus.replies import Pieces, form_of, successful, warnings
from autonomic.adapters.prometheus.tally import Cost
from autonomic.domain.errors import Invalid
from autonomic.domain.readings import Matrix, Sample, Series, Vector

_NO_HISTOGRAMS = "the query gives native histograms: it must give numbers, as histogram_fraction() does"


def vector(reply: Reply) -> tuple[Vector, Cost]:
    """Of an instant query. Raises Invalid, also with the server's message, and NoAnswerError."""
    document, pieces = successful(reply)
    with form_of("a query's result"):
        data = document["data"]
        return Vector(tuple(_samples(data["resultType"], data["result"], pieces)), warnings(document)), _cost(data)


def matrix(reply: Reply) -> tuple[Matrix, Cost]:
    """Of a range query. Raises as `vector`."""
    document, pieces = successful(reply)
    with form_of("a range query's result"):
        data = document["data"]
        if data["resultType"] != "matrix":
            raise ValueError(data["resultType"])
        series = tuple(_series(each) for each in _elements(data["result"], pieces))
        return Matrix(series, warnings(document)), _cost(data)


def _elements(result: list[Any], pieces: Pieces) -> Iterator[Any]:
    """Each element once, in order; of the pieces, the objects of one alone are there at a time."""
    yield from result[:-1]
    for piece in pieces:
        yield from piece
    yield from result[-1:]


def _samples(kind: str, result: Any, pieces: Pieces) -> Iterator[Sample]:
    if kind == "scalar":
        yield Sample({}, _text(result))
        return
    if kind != "vector":
        raise Invalid(f"the query gives a {kind}: it must give an instant vector or a scalar")
    for each in _elements(result, pieces):
        if "histogram" in each:
            raise Invalid(_NO_HISTOGRAMS)
        yield Sample(each["metric"], _text(each["value"]))


def _text(pair: Any) -> str:
    _, value = pair
    if not isinstance(value, str):
        raise TypeError("a sample's value is written as a string")
    return value


def _series(each: dict[str, Any]) -> Series:
    if "histograms" in each:
        raise Invalid(_NO_HISTOGRAMS)
    times, values = zip(*each["values"], strict=True)
    # Times have three decimals at most, as floats that may lie beside them.
    milliseconds = np.rint(np.array(times, np.float64) * 1000).astype(np.int64)
    # Handed texts, numpy takes them in as texts first, which takes ten times as long.
    return Series(each["metric"], milliseconds, np.fromiter(map(float, values), np.float64, len(values)))


def _cost(data: dict[str, Any]) -> Cost:
    """Servers other than Prometheus may say nothing, or something else: that is no reason to refuse their answer."""
    stats = data.get("stats")
    stats = stats if isinstance(stats, dict) else {}
    samples = stats.get("samples") or {}
    read = samples.get("samplesRead", samples.get("totalQueryableSamples", 0))
    return Cost(float((stats.get("timings") or {}).get("execTotalTime", 0.0)), int(read))
