"""The results of queries, read: an instant vector, a matrix, and what the server says they cost."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from autonomic.adapters.prometheus.connection import Reply
from autonomic.adapters.prometheus.pieces import BETWEEN
from autonomic.adapters.prometheus.replies import Pieces, form_of, successful, warnings
from autonomic.adapters.prometheus.tally import Cost
from autonomic.domain.errors import Invalid
from autonomic.domain.readings import Matrix, Sample, Series, Vector

_NO_HISTOGRAMS = "the query gives native histograms: it must give numbers, as histogram_fraction() does"
_VALUES = b',"values":[['
"""What stands between labels and numbers, and nowhere else: within a string, each of these quotes has a backslash before it."""
_END, _BRACKETS, _OF_NUMBERS = b'"]]}', b'[]}"', b"0123456789.,-+e"


def vector(reply: Reply) -> tuple[Vector, Cost]:
    """Of an instant query. Raises Invalid, also with the server's message, and NoAnswerError."""
    document, pieces = successful(reply)
    with form_of("a query's result"):
        data = document["data"]
        return Vector(tuple(_samples(data["resultType"], data["result"], pieces)), warnings(document)), _cost(data)


def matrix(reply: Reply) -> tuple[Matrix, Cost]:
    """Of a range query. Raises as `vector`."""
    document, pieces = successful(reply, _taken)
    with form_of("a range query's result"):
        data = document["data"]
        if data["resultType"] != "matrix":
            raise ValueError(data["resultType"])
        series = tuple(
            each if isinstance(each, Series) else _series(each) for each in _elements(data["result"], pieces)
        )
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


def _taken(piece: bytearray) -> list[Any]:
    """The series of a piece; what has another form than series of plain numbers is left as the JSON says it."""
    return [
        _plain(each) or orjson.loads(b'{"metric":' + each) for each in piece.removeprefix(BETWEEN[1:]).split(BETWEEN)
    ]


def _plain(text: bytearray) -> Series | None:
    """A series without NaN, infinities and histograms: its pairs are read as one list, which takes half as long."""
    labels, _, pairs = text.partition(_VALUES)
    numbers = pairs.translate(None, _BRACKETS)
    if not pairs.endswith(_END) or numbers.translate(None, _OF_NUMBERS):
        return None
    flat = np.array(orjson.loads(b"[" + numbers + b"]"), np.float64).reshape(-1, 2)
    return Series(orjson.loads(labels), _milliseconds(flat[:, 0]), flat[:, 1].copy())


def _series(each: dict[str, Any]) -> Series:
    if "histograms" in each:
        raise Invalid(_NO_HISTOGRAMS)
    times, values = zip(*each["values"], strict=True)
    # Handed texts, numpy takes them in as texts first, which takes ten times as long.
    numbers = np.fromiter(map(float, values), np.float64, len(values))
    return Series(each["metric"], _milliseconds(np.array(times, np.float64)), numbers)


def _milliseconds(times: NDArray[np.float64]) -> NDArray[np.int64]:
    """Times have three decimals at most, as floats that may lie beside them."""
    found: NDArray[np.int64] = np.rint(times * 1000).astype(np.int64)
    return found


def _cost(data: dict[str, Any]) -> Cost:
    """Servers other than Prometheus may say nothing, or something else: that is no reason to refuse their answer."""
    stats = data.get("stats")
    stats = stats if isinstance(stats, dict) else {}
    samples = stats.get("samples") or {}
    read = samples.get("samplesRead", samples.get("totalQueryableSamples", 0))
    return Cost(float((stats.get("timings") or {}).get("execTotalTime", 0.0)), int(read))
