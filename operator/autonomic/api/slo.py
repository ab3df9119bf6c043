"""`GET /autonomic/slo`: every objective, its service level, its budget and its alert."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from itertools import islice
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from autonomic.api.guard import Guard
from autonomic.api.problems import documented
from autonomic.api.sources import LayerView
from autonomic.cycle.loop_turn import TurnRecord, newest_judgements
from autonomic.domain.contracts import Burn, Objective, ObjectiveStatus, SLAContract, SLAContractStatus
from autonomic.domain.meta import ObjectRef
from autonomic.domain.model import Model
from autonomic.domain.words import ShortName
from autonomic.ports.access import Caller

_REFUSALS = documented(
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


class SLO(Model):
    """One objective of one contract."""

    contract: str = Field(description="Name of the SLAContract.")
    namespace: str = Field(description="Its namespace.")
    objective: str = Field(description="Name of the objective.")
    target: str = Field(description='Promised share of good events in percent, such as "99.5".')
    sli: str = Field(description="Share of good events over the period, such as 98.7%; Unknown without data.")
    budget_remaining: str = Field(description="Share of the error budget left; negative when overspent.")
    burn_rates: tuple[Burn, ...] = Field(description="Burn rate over each alert window.")
    alert: Literal["None", "Warning", "Breach", "Exhausted", "Unknown"] = Field(description="The alert's level.")
    since: datetime | None = Field(description="When the alert took this level.")
    incident: datetime | None = Field(description="When the incident that goes on began; null when there is none.")
    exactness: Literal["Exact", "Approximate"] = Field(description="Exact: equals the count of recorded events.")
    evaluated_at: datetime | None = Field(
        description="When this replica judged it; null when it did not, and shows what the contract's status says."
    )


class SLOList(Model):
    """Objectives by namespace, contract and their order in it."""

    items: tuple[SLO, ...] = Field(description="At most `limit` objectives.")
    total: int = Field(description="How many there are, shown or not.")


def router(layer: LayerView, guard: Guard) -> APIRouter:
    """`/autonomic/slo`."""
    routes = APIRouter(tags=["slo"])

    @routes.get("/autonomic/slo", responses=_REFUSALS)
    async def slo(
        caller: Annotated[Caller, Depends(guard.caller)],
        namespace: Annotated[ShortName | None, Query(description="Only this namespace; left out, all of them.")] = None,
        limit: Annotated[int, Query(ge=1, le=1000, description="At most so many objectives.")] = 100,
    ) -> SLOList:
        """Objectives and their budgets. The caller needs the verb `list` on `slacontracts` there."""
        await guard.demand(caller, "list", "slacontracts", namespace)
        contracts = _chosen(layer.view().contracts, namespace)
        shown = islice(_objectives(contracts, layer.turns()), limit)
        return SLOList(items=tuple(shown), total=sum(len(contract.spec.objectives) for contract in contracts))

    return routes


def _chosen(contracts: Mapping[str, SLAContract], namespace: str | None) -> list[SLAContract]:
    return [each for _, each in sorted(contracts.items()) if namespace in (None, each.metadata.namespace)]


def _objectives(contracts: list[SLAContract], turns: Mapping[str, TurnRecord]) -> Iterator[SLO]:
    judged: Mapping[ObjectRef, tuple[datetime | None, SLAContractStatus]] = newest_judgements(turns.values())
    for contract in contracts:
        at, status = judged.get(contract.ref, (None, contract.status))
        by_name = {each.name: each for each in status.objectives}
        for objective in contract.spec.objectives:
            yield _shown(contract, objective, by_name.get(objective.name), at)


def _shown(contract: SLAContract, objective: Objective, status: ObjectiveStatus | None, at: datetime | None) -> SLO:
    known = status or ObjectiveStatus(name=objective.name, sli="Unknown", budget_remaining="Unknown", alert="Unknown")
    return SLO(
        contract=contract.metadata.name,
        namespace=contract.metadata.namespace or "",
        objective=objective.name,
        target=objective.target,
        evaluated_at=at,
        **known.model_dump(exclude={"name"}),
    )
