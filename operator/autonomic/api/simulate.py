"""`POST /autonomic/simulate`: what would follow if something were so. Nothing is written."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response

from autonomic.api import bodies
from autonomic.api.guard import Guard
from autonomic.api.parameters import Namespace
from autonomic.api.problems import OF_BODIES, FieldProblem, answer
from autonomic.api.receipts import refused
from autonomic.api.sources import Simulating
from autonomic.ports.access import Caller
from autonomic.signals.limits import Limits
from autonomic.signals.refusal import Refused
from autonomic.simulate import Busy, Outcome, Scenario, TookTooLong, Unfit, Untried, Wish, scenario
from autonomic.simulate.reading import OURS

LIMITS = Limits(body_bytes=4 << 20)
_RETRY = {"Retry-After": "1"}
_FIGURES = {"figures": [{"contract": "shop/checkout", "errorRatio": "3%", "lasting": "1h"}]}
_REGO = """\
package autonomic.owners.checkout

denials contains {"rule": "no-restart", "reason": "checkout keeps carts in memory"} if {
	some step in input.steps
	step.action == "Restart"
}
"""
_EXAMPLES = {
    "figures": {"summary": "Three percent fail", "value": _FIGURES},
    "policies": {
        "summary": "The same, with another policy of an owner",
        "value": {**_FIGURES, "policies": {"files": [{"name": "checkout.rego", "rego": _REGO}], "insteadOf": "Same"}},
    },
}

Demand = Callable[[str, str], Awaitable[None]]
"""Answers 403 unless the caller may use that verb on that resource in the namespace of the simulation."""


def router(simulating: Simulating, guard: Guard) -> APIRouter:
    """`/autonomic/simulate`."""
    routes = APIRouter(tags=["simulate"])

    @routes.post("/autonomic/simulate", response_model=Outcome, responses=OF_BODIES, openapi_extra=_takes())
    async def simulate(
        request: Request,
        caller: Annotated[Caller, Depends(guard.caller)],
        namespace: Namespace = None,
        live: Annotated[
            bool, Query(description="On what the operator knows; false: on the body's objects alone.")
        ] = True,
    ) -> Response:
        """The plans, verdicts, conflicts and refusals that would follow; nothing is written.

        The caller needs the verb `create` on `simulations` there; for a live one also `list` on `slacontracts` and on
        `adaptationplans`, and `create` on every kind of ours of which the body has objects. Policies that are
        supposed take `create` on `policies`, live or not; with a namespace they are owners' alone.
        """

        async def demand(verb: str, resource: str) -> None:
            await guard.demand(caller, verb, resource, namespace)

        await _admit(demand, live=live)
        if live and (why := simulating.closed()):
            return answer(HTTPStatus.SERVICE_UNAVAILABLE, why, headers=_RETRY)
        try:
            bodies.content_type(request, "application/json")
            body = await bodies.read(request, LIMITS)
            given = await asyncio.to_thread(lambda: scenario(orjson.loads(body or b"{}")))
            await _admit_objects(given, demand, live=live)
            if given.policies is not None:
                await demand("create", "policies")
            outcome = await simulating.simulate(Wish(given, live, namespace, caller.tenant))
            return await asyncio.to_thread(_shown, outcome)
        except (Refused, orjson.JSONDecodeError, Unfit, Busy, TookTooLong, Untried) as error:
            return _problem(error)

    return routes


async def _admit(demand: Demand, *, live: bool) -> None:
    await demand("create", "simulations")
    if live:
        await demand("list", "slacontracts")
        await demand("list", "adaptationplans")


async def _admit_objects(given: Scenario, demand: Demand, *, live: bool) -> None:
    """What is supposed on the live state is asked of the cluster and the metrics server, as if it had been made there."""
    kinds = {str(each.get("kind")) for each in given.objects}
    for kind in sorted(kinds & OURS.keys()) if live else ():
        if OURS[kind].names.namespaced:
            await demand("create", OURS[kind].names.plural)


def _shown(outcome: Outcome) -> Response:
    return Response(outcome.model_dump_json(by_alias=True), media_type="application/json")


def _problem(error: Exception) -> Response:
    if isinstance(error, Refused):
        return refused(error)
    if isinstance(error, Busy):
        return answer(HTTPStatus.TOO_MANY_REQUESTS, str(error), headers=_RETRY)
    if isinstance(error, TookTooLong | Untried):
        return answer(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
    if isinstance(error, Unfit):
        found = [FieldProblem(field=each.field, value=each.value, detail=each.detail) for each in error.flaws[:100]]
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, f"the scenario is not acceptable: {error}", found)
    return answer(HTTPStatus.BAD_REQUEST, f"the body is no JSON: {error}")


def _takes() -> dict[str, Any]:
    """What the documentation says of the body: it is read by us, within bounds."""
    schema = Scenario.model_json_schema()
    content = {"schema": _inlined(schema, schema.pop("$defs")), "examples": _EXAMPLES}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def _inlined(schema: Any, known: Mapping[str, Any]) -> Any:
    """The schema with what it refers to in the places where it does."""
    if isinstance(schema, list):
        return [_inlined(each, known) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(known[schema["$ref"].rpartition("/")[2]], known)
    return {name: _inlined(each, known) for name, each in schema.items()}
