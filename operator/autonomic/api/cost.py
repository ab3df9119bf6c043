"""`GET /autonomic/cost`: what is spent of every CostBudget, how long the rest lasts, and what was saved."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from autonomic.api.guard import Guard
from autonomic.api.problems import documented
from autonomic.api.sources import LayerView
from autonomic.cost.report import CostReport, report
from autonomic.domain.words import ShortName
from autonomic.ports.access import Caller

_REFUSALS = documented(
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


def router(layer: LayerView, guard: Guard) -> APIRouter:
    """`/autonomic/cost`."""
    routes = APIRouter(tags=["cost"])

    @routes.get("/autonomic/cost", responses=_REFUSALS)
    async def cost(
        caller: Annotated[Caller, Depends(guard.caller)],
        namespace: Annotated[ShortName | None, Query(description="Only this namespace; left out, all of them.")] = None,
        limit: Annotated[int, Query(ge=1, le=1000, description="At most so many budgets.")] = 100,
    ) -> CostReport:
        """Budgets and savings. The caller needs the verb `list` on `costbudgets` and on `adaptationplans` there."""
        await guard.demand(caller, "list", "costbudgets", namespace)
        await guard.demand(caller, "list", "adaptationplans", namespace)
        view = layer.view()
        here = [each for each in view.budgets.values() if namespace in (None, each.metadata.namespace)]
        return report(here, view.plans.values(), view.now, limit)

    return routes
