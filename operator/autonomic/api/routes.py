"""`/autonomic/routes`: which candidate shall do a task, how it went, and what is published and why."""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import Field, ValidationError

from autonomic.api import bodies
from autonomic.api.guard import SCHEME, Guard
from autonomic.api.paging import Asked, Key, Paged, found, shaped, written
from autonomic.api.parameters import Namespace, refuse_others
from autonomic.api.problems import OF_READING, FieldProblem, answer, documented
from autonomic.api.receipts import refused
from autonomic.api.sources import LayerView, Routing
from autonomic.cycle.routing.refusals import (
    NoCandidate,
    RouteRefused,
    SecondOutcome,
    UnknownDecision,
    UnknownRoute,
)
from autonomic.domain.candidates import Constraints
from autonomic.domain.meta import Condition
from autonomic.domain.model import Model
from autonomic.domain.routes import AdaptiveRoute, EstimateStatus, WeightStatus
from autonomic.domain.words import Mode
from autonomic.ports.access import Caller
from autonomic.signals.limits import Limits
from autonomic.signals.refusal import Refused

BELOW = "/autonomic/routes/"
"""What the addresses of decisions and outcomes begin with."""
_RESOURCES = {"decide": "decisions", "outcome": "outcomes"}
_LIMITS = Limits(body_bytes=65_536)
_STATUS = (
    (UnknownRoute, HTTPStatus.NOT_FOUND),
    (UnknownDecision, HTTPStatus.NOT_FOUND),
    (SecondOutcome, HTTPStatus.CONFLICT),
    (NoCandidate, HTTPStatus.CONFLICT),
)
_ANSWERS = documented(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


class Wish(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """What shall be decided."""

    task_type: str
    constraints: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)


class Chosen(msgspec.Struct, rename="camel"):
    """What was decided."""

    candidate: str
    decision_id: str
    propensity: float
    explored: bool
    why: str


class Told(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """How a task went; `success` null says that nobody can tell. Seconds and money, as numbers."""

    decision_id: str
    success: bool | None
    latency: float | None = None
    cost: float | None = None
    json_valid: bool | None = None


_EXAMPLES = {
    "decide": {"taskType": "triage"},
    "outcome": {"decisionId": "3f9a1c20-117", "success": True, "latency": 1.2, "cost": 0.004},
}
_WISH, _TOLD = msgspec.json.Decoder(Wish), msgspec.json.Decoder(Told)
_ENCODER = msgspec.json.Encoder()


class Route(Model):
    """One route: what its status says."""

    namespace: str = Field(description="Its namespace.")
    name: str = Field(description="Its name.")
    mode: Mode = Field(description="How far it may go by its own spec.")
    baseline: str = Field(description="The candidate that does the tasks where nothing is explored.")
    approved: bool = Field(description="Whether its policy, as its spec says it now, was adopted.")
    weights: tuple[WeightStatus, ...] = Field(description="Of 1000, by task type and candidate.")
    estimates: tuple[EstimateStatus, ...] = Field(
        description="What the policy would have earned, by task type, while it is not in force."
    )
    conditions: tuple[Condition, ...] = Field(description="Why it explores and publishes, or does not.")


class RouteList(Paged):
    """Routes by namespace and name."""

    items: tuple[Route, ...] = Field(description="At most `limit` routes.")


def router(layer: LayerView, routing: Routing, guard: Guard) -> APIRouter:
    """All three."""
    routes, endpoint = APIRouter(tags=["routes"]), deciding(routing, guard)

    @routes.get("/autonomic/routes", response_model=RouteList, responses=OF_READING)
    async def listed(
        caller: Annotated[Caller, Depends(guard.caller)],
        page: Asked,
        namespace: Namespace = None,
    ) -> Response:
        """What is published, and why. The caller needs the verb `list` on `adaptiveroutes` there."""
        await guard.demand(caller, "list", "adaptiveroutes", namespace)
        known = layer.view().routes.values()
        async with layer.lane.of(caller):
            shown = await found(
                known, lambda each: namespace in (None, each.metadata.namespace), _key, page, layer.pause
            )
            items = await shaped(shown.items, _shown, layer.pause)
            return written(RouteList(items=items, total=shown.total, continue_=shown.following))

    address = "/autonomic/routes/{namespace}/{name}"
    routes.add_api_route(
        f"{address}:decide", endpoint, methods=["POST"], responses=_ANSWERS, openapi_extra=_takes("decide")
    )
    routes.add_api_route(
        f"{address}:outcome", endpoint, methods=["POST"], responses=_ANSWERS, openapi_extra=_takes("outcome")
    )
    return routes


def deciding(routing: Routing, guard: Guard) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of both POSTs. It is asked for every task: all that a framework does beside it is left out."""

    async def posted(request: Request) -> Response:
        """Decides, or takes an outcome. The caller needs `create` on `decisions`, or on `outcomes`, of the namespace."""
        verb, namespace, name = _address(request.scope["path"])
        await _admit(guard, request, _RESOURCES[verb], namespace)
        refuse_others(request, ())
        if why := routing.closed():
            return answer(HTTPStatus.SERVICE_UNAVAILABLE, why, headers={"Retry-After": "1"})
        try:
            bodies.content_type(request, "application/json")
            body = await bodies.read(request, _LIMITS)
            if verb == "decide":
                return _decided(routing, namespace, name, _WISH.decode(body))
            return _taken(routing, f"{namespace}/{name}", _TOLD.decode(body))
        except (Refused, RouteRefused, ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
            return _problem(error)

    return posted


def _address(path: str) -> tuple[str, str, str]:
    key, _, verb = path.removeprefix(BELOW).rpartition(":")
    namespace, _, name = key.partition("/")
    if verb not in _RESOURCES or not name or "/" in name:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"POST {BELOW}NAMESPACE/NAME:decide or :outcome")
    return verb, namespace, name


def _problem(error: Exception) -> Response:
    if isinstance(error, Refused):
        return refused(error)
    if isinstance(error, RouteRefused):
        return _refused(error)
    return _unfit(error) if isinstance(error, ValidationError) else _undecodable(error)


def _decided(routing: Routing, namespace: str, name: str, wish: Wish) -> Response:
    demanded = bytes(wish.constraints)
    wanted = _constraints(demanded) if demanded and demanded != b"null" else None
    made = routing.service.decide(namespace, name, wish.task_type, wanted)
    chosen = Chosen(made.candidate, made.decision_id, made.propensity, made.explored, made.why)
    return Response(_ENCODER.encode(chosen), media_type="application/json")


def _taken(routing: Routing, key: str, told: Told) -> Response:
    learnt = routing.service.outcome(
        told.decision_id, told.success, told.latency, told.cost, told.json_valid, route=key
    )
    return Response(b'{"learnt":true}' if learnt else b'{"learnt":false}', media_type="application/json")


@lru_cache(maxsize=256)
def _constraints(demanded: bytes) -> Constraints:
    return Constraints.model_validate_json(demanded)


async def _admit(guard: Guard, request: Request, resource: str, namespace: str) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    sent = HTTPAuthorizationCredentials(scheme=scheme, credentials=token.strip())
    caller = await guard.doer(request, sent if scheme.lower() == "bearer" else None)
    await guard.demand(caller, "create", resource, namespace)


def _undecodable(error: Exception) -> Response:
    known = isinstance(error, msgspec.ValidationError)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if known else HTTPStatus.BAD_REQUEST
    return answer(status, f"the body is not acceptable: {error}")


def _unfit(error: ValidationError) -> Response:
    problems = [
        FieldProblem(
            field=".".join(("constraints", *map(str, each["loc"]))),
            value=repr(each.get("input"))[:200],
            detail=str(each["msg"]).removeprefix("Value error, "),
        )
        for each in error.errors()
    ]
    return answer(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        f"the body is not acceptable: {problems[0].field}: {problems[0].detail}",
        problems,
    )


def _refused(error: RouteRefused) -> Response:
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), HTTPStatus.UNPROCESSABLE_ENTITY)
    reasons = error.reasons if isinstance(error, NoCandidate) else {}
    problems = [FieldProblem(field=f"candidates.{name}", value=name, detail=why) for name, why in reasons.items()]
    return answer(status, str(error), problems)


def _key(route: AdaptiveRoute) -> Key:
    return route.metadata.namespace or "", route.metadata.name


def _shown(route: AdaptiveRoute) -> Route:
    return Route(
        namespace=route.metadata.namespace or "",
        name=route.metadata.name,
        mode=route.spec.mode,
        baseline=route.spec.baseline,
        approved=route.approved,
        weights=route.status.weights,
        estimates=route.status.estimates,
        conditions=route.status.conditions,
    )


def _takes(verb: str) -> dict[str, Any]:
    """What the documentation says of the request: it is not read by way of a model."""
    body = Wish if verb == "decide" else Told
    _, components = msgspec.json.schema_components([body])
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in ("namespace", "name")
    ]
    content = {"schema": components[body.__name__], "example": _EXAMPLES[verb]}
    return {
        "requestBody": {"required": True, "content": {"application/json": content}},
        "parameters": parameters,
        "security": [{SCHEME: []}],
    }
