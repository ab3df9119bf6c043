"""`POST /autonomic/plans/{namespace}/{name}/reviews`: a person's yes or no, sent on with that person's own token."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Path
from pydantic import Field, StringConstraints

from autonomic.api import bodies
from autonomic.api.examples import REVIEW
from autonomic.api.guard import Guard, Sent
from autonomic.api.problems import documented
from autonomic.api.sources import LayerView
from autonomic.api.turnstile import Turnstile
from autonomic.domain.errors import Conflict, Forbidden, Invalid, NotFound, Terminal
from autonomic.domain.meta import ObjectRef
from autonomic.domain.model import Model
from autonomic.domain.plans import AdaptationPlan, Review
from autonomic.domain.words import API_VERSION, Digest, Name, ShortName
from autonomic.ports.access import Caller
from autonomic.ports.reviewing import Reviewing
from autonomic.signals.limits import Limits

_EACH, _TOGETHER = 2, 16
_LIMITS = Limits(body_bytes=16_384)
_REFUSALS = documented(
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_STATUS = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Conflict, HTTPStatus.CONFLICT),
)


class ReviewWish(Model):
    """What the caller says to a plan."""

    decision: Literal["Approved", "Denied", "Keep", "RollBack"] = Field(
        description="Approved or Denied before the change; Keep or RollBack after it."
    )
    digest: Digest = Field(description="The digest of the plan that was read: a review never meets another plan.")
    message: Annotated[str, StringConstraints(max_length=512)] = Field(default="", description="Why.")


class ReviewGiven(Model):
    """A review that the plan bears now."""

    namespace: str = Field(description="The plan's namespace.")
    plan: str = Field(description="The plan's name.")
    review: Review = Field(description="The review, in the caller's own name.")


def router(layer: LayerView, reviewing: Reviewing, guard: Guard) -> APIRouter:
    """The one route."""
    routes, turnstile = APIRouter(tags=["plans"]), Turnstile("reviews", _EACH, _TOGETHER)

    @routes.post(
        "/autonomic/plans/{namespace}/{name}/reviews",
        status_code=HTTPStatus.CREATED,
        responses=_REFUSALS,
        openapi_extra=bodies.described(ReviewWish, REVIEW),
    )
    async def review(
        caller: Annotated[Caller, Depends(guard.caller)],
        sent: Sent,
        namespace: Annotated[ShortName, Path(description="The plan's namespace.")],
        name: Annotated[Name, Path(description="The plan's name.")],
        wish: Annotated[ReviewWish, Depends(bodies.of(ReviewWish, _LIMITS))],
    ) -> ReviewGiven:
        """Reviews a plan as the caller. The API server decides, on the caller's own token, as for `kubectl patch`.

        The caller needs the verb `get` on `adaptationplans` there, and whatever the API server asks for: `patch`, `approve`.
        """
        await guard.demand(caller, "get", "adaptationplans", namespace)
        known = layer.view().plans.get(f"{namespace}/{name}")
        _still(known, wish)
        given = Review(decision=wish.decision, by=caller.name, message=wish.message, digest=wish.digest)
        ref = ObjectRef(api_version=API_VERSION, kind=AdaptationPlan.names.kind, name=name, namespace=namespace)
        with turnstile.passed(caller):
            await _give(reviewing, sent.credentials if sent else "", ref, given)
        return ReviewGiven(namespace=namespace, plan=name, review=given)

    return routes


async def _give(reviewing: Reviewing, token: str, plan: ObjectRef, review: Review) -> None:
    try:
        await reviewing.give(token, plan, review)
    except (Terminal, Conflict) as error:
        status = next((code for kind, code in _STATUS if isinstance(error, kind)), None)
        if status is None:
            raise
        raise HTTPException(status, str(error)) from error


def _still(known: AdaptationPlan | None, wish: ReviewWish) -> None:
    """Answers 409 where the plan is another one than was read. One that is not known here may still be there."""
    if known and known.spec.digest != wish.digest:
        detail = f"plan {known.key} has the digest {known.spec.digest}, not {wish.digest}: read it again"
        raise HTTPException(HTTPStatus.CONFLICT, detail)
