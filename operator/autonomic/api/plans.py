"""`GET /autonomic/plans`: what was proposed, what was said to it and what came of it; and one plan whole."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response

from autonomic.api.guard import Guard
from autonomic.api.paging import Asked, Key, found, shaped, written
from autonomic.api.parameters import Namespace
from autonomic.api.plan_lines import PlanList, contracts, line
from autonomic.api.problems import OF_READING, documented
from autonomic.api.sources import LayerView
from autonomic.domain.plans import AdaptationPlan, Phase
from autonomic.domain.words import Name, ShortName
from autonomic.ports.access import Caller

Standing = Annotated[Phase | None, Query(description="Only plans that stand there.")]
Loop = Annotated[Name | None, Query(description="Only plans of this ControlLoop.")]
Contract = Annotated[Name | None, Query(description="Only plans that this SLAContract asked for, or judges.")]
Target = Annotated[Name | None, Query(description="Only plans that act on an object of this name.")]


def router(layer: LayerView, guard: Guard) -> APIRouter:
    """`/autonomic/plans`, and one plan below it."""
    routes = APIRouter(tags=["plans"])

    @routes.get("/autonomic/plans", response_model=PlanList, responses=OF_READING)
    async def plans(
        caller: Annotated[Caller, Depends(guard.caller)],
        page: Asked,
        namespace: Namespace = None,
        phase: Standing = None,
        loop: Loop = None,
        contract: Contract = None,
        target: Target = None,
    ) -> Response:
        """Plans in short. The caller needs the verb `list` on `adaptationplans` there."""
        await guard.demand(caller, "list", "adaptationplans", namespace)
        wanted = _wanted(namespace, phase, loop, contract, target)
        async with layer.lane.of(caller):
            shown = await found(layer.view().plans.values(), wanted, _key, page, layer.pause)
            items = await shaped(shown.items, line, layer.pause)
            return written(PlanList(items=items, total=shown.total, continue_=shown.following))

    @routes.get(
        "/autonomic/plans/{namespace}/{name}",
        responses=OF_READING | documented(HTTPStatus.NOT_FOUND),
        response_model_exclude_none=True,
    )
    async def one(
        caller: Annotated[Caller, Depends(guard.caller)],
        namespace: Annotated[ShortName, Path(description="The plan's namespace.")],
        name: Annotated[Name, Path(description="The plan's name.")],
    ) -> AdaptationPlan:
        """One plan, as the cluster has it. The caller needs the verb `get` on `adaptationplans` there."""
        await guard.demand(caller, "get", "adaptationplans", namespace)
        plan = layer.view().plans.get(f"{namespace}/{name}")
        if plan is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no AdaptationPlan {name} in namespace {namespace}")
        return plan

    return routes


def _wanted(
    namespace: str | None, phase: Phase | None, loop: str | None, contract: str | None, target: str | None
) -> Callable[[AdaptationPlan], bool]:
    def wanted(plan: AdaptationPlan) -> bool:
        return (
            namespace in (None, plan.metadata.namespace)
            and phase in (None, plan.status.phase)
            and loop in (None, plan.spec.control_loop)
            and (contract is None or contract in contracts(plan))
            and (target is None or any(each.target_ref.name == target for each in plan.spec.actions))
        )

    return wanted


def _key(plan: AdaptationPlan) -> Key:
    return plan.metadata.namespace or "", plan.metadata.name
