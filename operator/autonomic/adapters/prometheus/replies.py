"""What a reply of Prometheus says: https://prometheus.io/docs/prometheus/latest/querying/api/."""

from typing import Any

import orjson

from autonomic.adapters.prometheus.connection import Reply
from autonomic.domain.errors import Invalid
from autonomic.domain.readings import Sample, Vector


class UnreadableError(Exception):
    """The reply is not an answer; the message completes the sentence "did not answer: ..."."""


def vector(reply: Reply) -> Vector:
    """The instant vector in a reply to a query. Raises Invalid with the server's message, UnreadableError."""
    document = _document(reply)
    try:
        data = document["data"]
        return Vector(_samples(data["resultType"], data["result"]), _warnings(document))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableError("the answer has not the form of a query's result") from error


def has_feature(reply: Reply, group: str, name: str) -> bool:
    """Whether a reply to `/api/v1/features` names that feature; a server without such a list has none.

    Raises UnreadableError.
    """
    if reply.status in (404, 405):
        return False
    try:
        return _document(reply)["data"].get(group, {}).get(name) is True
    except (KeyError, AttributeError, Invalid) as error:
        raise UnreadableError("the answer has not the form of a list of features") from error


def _document(reply: Reply) -> dict[str, Any]:
    document = _parsed(reply.body)
    message = document.get("error")
    if reply.status in (400, 422) and isinstance(message, str):
        raise Invalid(f"Prometheus does not accept the query: {message}")
    if reply.status in (401, 403):
        raise UnreadableError(f"HTTP {reply.status}: it wants other credentials than those in its configured address")
    if reply.status != 200:
        raise UnreadableError(f"HTTP {reply.status}: {message or 'no reason given'}")
    if document.get("status") != "success":
        raise UnreadableError("the answer is not that of a Prometheus, or was cut short")
    return document


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def _samples(kind: str, result: Any) -> tuple[Sample, ...]:
    if kind == "scalar":
        return (Sample({}, _text(result)),)
    if kind != "vector":
        raise Invalid(f"the query gives a {kind}: it must give an instant vector or a scalar")
    return tuple(_sample(each) for each in result)


def _sample(each: dict[str, Any]) -> Sample:
    if "histogram" in each:
        raise Invalid("the query gives native histograms: it must give numbers, as histogram_fraction() does")
    return Sample(dict(each["metric"]), _text(each["value"]))


def _text(pair: Any) -> str:
    _, value = pair
    if not isinstance(value, str):
        raise TypeError("a sample's value is written as a string")
    return value


def _warnings(document: dict[str, Any]) -> tuple[str, ...]:
    """The warnings alone: a note, such as that a counter is not named `_total`, says nothing against the figures."""
    return tuple(str(warning) for warning in document.get("warnings") or ())
