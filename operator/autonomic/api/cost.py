"""`GET /autonomic/cost`: what is spent of every CostBudget, how long the rest lasts, and what was saved."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from autonomic.api.guard import Guard
from autonomic.api.paging import Asked, Key, Paged, found, written
from autonomic.api.parameters import Namespace
from autonomic.api.problems import OF_READING
from autonomic.api.sources import LayerView
from autonomic.cost.report import BudgetLine, report
from autonomic.domain.cost import CostBudget
from autonomic.ports.access import Caller


class CostList(Paged):
    """Budgets by namespace and name. Figures are as of the operator's last word, to the point where it moved visibly."""

    items: tuple[BudgetLine, ...] = Field(description="At most `limit` budgets.")


def router(layer: LayerView, guard: Guard) -> APIRouter:
    """`/autonomic/cost`."""
    routes = APIRouter(tags=["cost"])

    @routes.get("/autonomic/cost", response_model=CostList, responses=OF_READING)
    async def cost(
        caller: Annotated[Caller, Depends(guard.caller)],
        page: Asked,
        namespace: Namespace = None,
    ) -> Response:
        """Budgets and savings. The caller needs the verb `list` on `costbudgets` and on `adaptationplans` there."""
        await guard.demand(caller, "list", "costbudgets", namespace)
        await guard.demand(caller, "list", "adaptationplans", namespace)
        view = layer.view()
        async with layer.lane.of(caller):
            shown = await found(
                view.budgets.values(),
                lambda each: namespace in (None, each.metadata.namespace),
                _key,
                page,
                layer.pause,
            )
            lines = report(shown.items, view.plans.values(), view.now).items
            return written(CostList(items=lines, total=shown.total, continue_=shown.following))

    return routes


def _key(budget: CostBudget) -> Key:
    return budget.metadata.namespace or "", budget.metadata.name
