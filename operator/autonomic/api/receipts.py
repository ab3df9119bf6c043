"""What senders of signals are answered."""

from http import HTTPStatus
from math import ceil

import msgspec
from fastapi import Request, Response
from pydantic import BaseModel, Field

from autonomic.api.problems import FieldProblem, answer
from autonomic.cycle.reception import Receipt
from autonomic.signals.formats import otlp
from autonomic.signals.refusal import Reason, Refused

_STATUS = {
    Reason.MALFORMED: HTTPStatus.BAD_REQUEST,
    Reason.TOO_MANY_EVENTS: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Reason.BODY_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Reason.BODY_TOO_SLOW: HTTPStatus.REQUEST_TIMEOUT,
    Reason.WRONG_CONTENT_TYPE: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Reason.TOO_FAST: HTTPStatus.TOO_MANY_REQUESTS,
    Reason.TOO_MANY_AT_ONCE: HTTPStatus.TOO_MANY_REQUESTS,
    Reason.TOO_MANY_SENDERS: HTTPStatus.TOO_MANY_REQUESTS,
    Reason.MEMORY_FULL: HTTPStatus.TOO_MANY_REQUESTS,
    Reason.LOG_SHARE_FULL: HTTPStatus.TOO_MANY_REQUESTS,
    Reason.LOG_FULL: HTTPStatus.SERVICE_UNAVAILABLE,
    Reason.NOT_KEPT: HTTPStatus.SERVICE_UNAVAILABLE,
    Reason.STANDS_BY: HTTPStatus.SERVICE_UNAVAILABLE,
}
_UNREAD = (Reason.BODY_TOO_LARGE, Reason.BODY_TOO_SLOW, Reason.WRONG_CONTENT_TYPE)
"""The rest of the body may still come: the connection is of no further use."""


class RefusedEvent(BaseModel):
    """One event that was not accepted."""

    index: int = Field(description="Its place in the request, from 0.")
    reason: str = Field(description="A constant word, such as TooOld; it is also counted.")
    detail: str = Field(description="What is wrong with it, and the way out.")


class SignalsReceipt(BaseModel):
    """What became of the events of one request."""

    accepted: int = Field(description="Signals that are kept now.")
    duplicates: int = Field(description="Signals that had been kept before.")
    refused: list[RefusedEvent] = Field(description="Events that are not accepted, by their place.")
    truncated: int = Field(default=0, description="Alerts that Alertmanager left out.")


def told(receipt: Receipt) -> Response:
    """202 when anything is kept, or nothing was wrong; else 422, or 403 where nothing but the right was missing."""
    if receipt.refused and not receipt.accepted and not receipt.duplicates:
        return _none(receipt)
    refused = [{"index": index, "reason": each.reason.value, "detail": str(each)} for index, each in receipt.refused]
    body = {"accepted": receipt.accepted, "duplicates": receipt.duplicates, "refused": refused}
    if receipt.truncated:
        body["truncated"] = receipt.truncated
    return Response(msgspec.json.encode(body), HTTPStatus.ACCEPTED, media_type="application/json")


def exported(receipt: Receipt) -> Response:
    """The same as OTLP wants it: 200 when anything is kept, or nothing was wrong."""
    if receipt.refused and not receipt.accepted and not receipt.duplicates:
        return _none(receipt)
    why = f"the first: {receipt.refused[0][1]}" if receipt.refused else ""
    return Response(otlp.answer(len(receipt.refused), why), HTTPStatus.OK, media_type="application/x-protobuf")


def refused(refusal: Refused) -> Response:
    """The whole request is not accepted."""
    headers = {"Retry-After": str(ceil(refusal.after))} if refusal.after is not None else {}
    if refusal.reason in _UNREAD:
        headers["Connection"] = "close"
    status = _STATUS.get(refusal.reason, HTTPStatus.UNPROCESSABLE_ENTITY)
    return answer(status, str(refusal), headers=headers)


async def answer_refused(_: Request, error: Exception) -> Response:
    """The handler of what is refused while a request is read."""
    assert isinstance(error, Refused)  # noqa: S101 - registered for it alone
    return refused(error)


def _none(receipt: Receipt) -> Response:
    forbidden = all(each.reason is Reason.NOT_ALLOWED for _, each in receipt.refused)
    errors = [
        FieldProblem(field=f"events[{index}]", value=each.reason.value, detail=str(each))
        for index, each in receipt.refused
    ]
    detail = f"no event is acceptable: {errors[0].field}: {errors[0].detail}"
    return answer(HTTPStatus.FORBIDDEN if forbidden else HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors)
