"""What a reply of Prometheus says: https://prometheus.io/docs/prometheus/latest/querying/api/."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from autonomic.adapters.prometheus.connection import Reply
from autonomic.adapters.prometheus.failures import NoAnswerError, PassingError
from autonomic.adapters.prometheus.pieces import Take, elements, parsed
from autonomic.domain.errors import Invalid

_PASSING = (429, 502, 503, 504)
Pieces = Iterator[list[Any]]


@contextmanager
def form_of(kind: str) -> Iterator[None]:
    """Within it, what has another form than that kind of answer raises NoAnswerError."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoAnswerError(f"the answer has not the form of {kind}") from error


def successful(reply: Reply, take: Take = elements) -> tuple[dict[str, Any], Pieces]:
    """The document and the pieces of its result (see `parsed`). Raises Invalid with the server's message, NoAnswerError."""
    document, pieces = parsed(reply.body, take)
    message = document.get("error")
    if reply.status in (400, 422) and isinstance(message, str):
        raise Invalid(f"Prometheus does not accept the query: {message}")
    if reply.status in (401, 403):
        raise NoAnswerError(f"HTTP {reply.status}: it does not accept who we say we are; look at its credentials")
    if reply.status != 200:
        raise _refused(reply, document)
    if document.get("status") != "success":
        raise NoAnswerError("the answer is not that of a Prometheus, or was cut short")
    return document, pieces


def _refused(reply: Reply, document: dict[str, Any]) -> NoAnswerError:
    said = f"HTTP {reply.status}: {document.get('error') or 'no reason given'}"
    # Prometheus answers 503 as well to a query that took too long: a second try would take as long.
    if reply.status in _PASSING and document.get("errorType") != "timeout":
        return PassingError(said, _wait(reply.retry_after))
    return NoAnswerError(said)


def _wait(retry_after: str | None) -> float | None:
    """Seconds. A date counts as for ever: whoever writes one does not mean a moment."""
    if retry_after is None:
        return None
    return float(retry_after) if retry_after.isdecimal() else float("inf")


def warnings(document: dict[str, Any]) -> tuple[str, ...]:
    """The warnings alone: a note, such as that a counter is not named `_total`, says nothing against the figures.

    VictoriaMetrics says `isPartial` instead, when a part of its storage did not answer.
    """
    partial = ("partial response: a part of the storage did not answer",) if document.get("isPartial") is True else ()
    return (*(str(warning) for warning in document.get("warnings") or ()), *partial)
