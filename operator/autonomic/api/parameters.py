"""Parameters that nothing reads are refused: a misspelt filter would show more than was asked for, and look right."""

from collections.abc import Awaitable, Callable
from difflib import get_close_matches
from typing import Annotated

from fastapi import Depends, Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from fastapi.routing import APIRoute

from autonomic.api.guard import Guard
from autonomic.api.problems import not_acceptable
from autonomic.domain.words import ShortName
from autonomic.ports.access import Caller

Namespace = Annotated[ShortName | None, Query(description="Only this namespace; left out, all of them.")]
"""The filter that every list has."""


def only_known(guard: Guard) -> Callable[..., Awaitable[None]]:
    """A dependency: answers 422 for a parameter of the query that the route does not know, or that is there twice."""

    async def check(request: Request, _: Annotated[Caller, Depends(guard.caller)]) -> None:
        route = request.scope.get("route")
        if isinstance(route, APIRoute):
            refuse_others(request, _known(route))

    return check


def refuse_others(request: Request, known: tuple[str, ...]) -> None:
    """Answers 422 for the first name in the query that is not among the known, or is there twice."""
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name in seen:
            raise not_acceptable(f"query.{name[:80]}", name, "it is there twice: send it once")
        if name not in known:
            raise not_acceptable(f"query.{name[:80]}", name, _way_out(name, known))
        seen.add(name)


def _way_out(name: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(name[:80], known, n=1)
    if near:
        return f"nothing is known by that name: did you mean {near[0]}?"
    return f"nothing is known by that name: {', '.join(sorted(known)) or 'no parameter'} is"


def _known(route: APIRoute) -> tuple[str, ...]:
    return tuple(each.alias for each in get_flat_params(route.dependant) if isinstance(each.field_info, Query))
