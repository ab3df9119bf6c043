"""Every error as problem details: https://www.rfc-editor.org/rfc/rfc9457."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from autonomic.domain.errors import Unavailable

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
_SHOWN_CHARACTERS = 200


class FieldProblem(BaseModel):
    """One field of the request that can't be accepted."""

    field: str = Field(description="Where it is, such as query.limit or body.items.0.name.")
    value: str = Field(description="What was sent, as far as it is short.")
    detail: str = Field(description="What is wrong with it.")


class Problem(BaseModel):
    """Why a request was not answered."""

    type: str = Field(default="about:blank", description="Kind of problem; about:blank means: the status says it.")
    title: str = Field(description="The status in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened, and the way out.")
    errors: list[FieldProblem] = Field(default=[], description="Fields that were not acceptable.")


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For the `responses` of a route: these statuses are answered with problem details."""
    content = {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


OF_READING = documented(
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""What whoever only reads may be answered instead."""

OF_BODIES = OF_READING | documented(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)
"""What whoever sends a body may be answered instead."""


def not_acceptable(field: str, value: str, detail: str) -> RequestValidationError:
    """To be raised: one field of the request, such as query.continue, is answered with 422."""
    return RequestValidationError([{"loc": tuple(field.split(".", 1)), "input": value, "msg": detail}])


def speak_problems(app: FastAPI) -> None:
    """From now on the app answers every error with problem details."""
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _not_acceptable)
    app.add_exception_handler(Unavailable, _unavailable)
    app.add_exception_handler(Exception, _broken)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it alone
    return answer(error.status_code, str(error.detail), headers=error.headers)


async def _not_acceptable(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it alone
    problems = [_field(each) for each in error.errors()]
    named = "; ".join(f"{each.field}: {each.detail}" for each in problems)
    return answer(HTTPStatus.UNPROCESSABLE_ENTITY, f"the request is not acceptable: {named}", problems)


async def _unavailable(_: Request, error: Exception) -> Response:
    structlog.get_logger("autonomic.api").warning("RequestUnanswered", message=str(error))
    # Who asks may be anybody: the peer's address and its words stay in the log.
    detail = "something that this answer needs gave none; the operator's log says what. Try again in a few seconds"
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return answer(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers=headers)


async def _broken(_request: Request, _error: Exception) -> Response:
    return answer(HTTPStatus.INTERNAL_SERVER_ERROR, "a fault of the operator; its log has the details")


def _field(error: Mapping[str, Any]) -> FieldProblem:
    # The input may be NaN or bytes, which JSON can't hold: it is shown as text.
    shown = repr(error.get("input"))[:_SHOWN_CHARACTERS]
    detail = str(error["msg"]).removeprefix("Value error, ")
    return FieldProblem(field=".".join(map(str, error["loc"])), value=shown, detail=detail)


def answer(
    status: int, detail: str, errors: list[FieldProblem] | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """The response that says so."""
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=errors or [])
    return Response(problem.model_dump_json(exclude_defaults=True), status, dict(headers or {}), media_type=MEDIA_TYPE)
