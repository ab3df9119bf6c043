"""A body as bytes, or as a model, within a bound of size and of time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from autonomic.domain.model import Model
from autonomic.signals.limits import Limits
from autonomic.signals.refusal import Reason, Refused

JSON = "application/json"
_M = TypeVar("_M", bound=Model)


def of(model: type[_M], limits: Limits) -> Callable[[Request], Awaitable[_M]]:
    """A dependency: the body as that model, read when its turn comes, so after the caller is known.

    A framework reads the whole body before it asks who sent it. Answers 413, 408, 415, 422.
    """

    async def body(request: Request) -> _M:
        content_type(request, JSON)
        sent = await read(request, limits)
        try:
            return model.model_validate_json(sent)
        except ValidationError as error:
            problems = error.errors(include_url=False)
            raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in problems]) from error

    return body


def described(model: type[Model], example: dict[str, Any]) -> dict[str, Any]:
    """What the documentation says of such a body: for `openapi_extra`."""
    content = {"schema": model.model_json_schema(), "example": example}
    return {"requestBody": {"required": True, "content": {JSON: content}}}


async def read(request: Request, limits: Limits) -> bytes:
    """Raises Refused for a body that is too large, and for one that comes too slowly."""
    stated = request.headers.get("content-length", "")
    if stated.isdigit() and int(stated) > limits.body_bytes:
        raise _too_large(limits)
    try:
        async with asyncio.timeout(limits.body_seconds):
            return await _whole(request, limits)
    except TimeoutError:
        sentence = f"the body took longer than {limits.body_seconds:g} s: send smaller batches"
        raise Refused(Reason.BODY_TOO_SLOW, sentence) from None


async def _whole(request: Request, limits: Limits) -> bytes:
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > limits.body_bytes:
            raise _too_large(limits)
        pieces.append(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def content_type(request: Request, *known: str) -> str:
    """The media type of the body, without parameters. Raises Refused for one that is not among the known, or not plain."""
    sent, _, parameters = request.headers.get("content-type", "").partition(";")
    media_type = sent.strip().lower()
    if media_type not in known or not _utf8(parameters):
        raise _wrong_type(
            f"Content-Type is {request.headers.get('content-type', '')[:80]!r}: send {' or '.join(known)}"
        )
    if request.headers.get("content-encoding", "identity") != "identity":
        raise _wrong_type("the body is compressed: send it as it is")
    return media_type


def _utf8(parameters: str) -> bool:
    plain = [each.strip().lower().replace('"', "") for each in parameters.split(";")]
    return all(each in ("charset=utf-8", "charset=us-ascii") for each in plain if each.startswith("charset="))


def _wrong_type(sentence: str) -> Refused:
    return Refused(Reason.WRONG_CONTENT_TYPE, sentence)


def _too_large(limits: Limits) -> Refused:
    return Refused(Reason.BODY_TOO_LARGE, f"the body is longer than {limits.body_bytes} bytes: send smaller batches")
