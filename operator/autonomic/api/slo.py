"""`GET /autonomic/slo`: every objective, its service level, its budget and its alert; and the account of one contract."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from itertools import groupby
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response
from pydantic import Field

from autonomic.api.guard import Guard
from autonomic.api.paging import Asked, Key, Paged, found, written
from autonomic.api.parameters import Namespace
from autonomic.api.problems import OF_READING, documented
from autonomic.api.sources import LayerView
from autonomic.domain.contracts import AlertWord, Burn, GroupStatus, ObjectiveStatus, SLAContract
from autonomic.domain.model import Model
from autonomic.domain.objectives import Objective
from autonomic.domain.words import Name, ShortName
from autonomic.ports.access import Caller
from autonomic.slo.account import ContractAccount


class SLO(Model):
    """One objective of one contract."""

    contract: str = Field(description="Name of the SLAContract.")
    namespace: str = Field(description="Its namespace.")
    objective: str = Field(description="Name of the objective.")
    target: str = Field(description='Promised share of good events in percent, such as "99.5".')
    sli: str = Field(description="Share of good events over the period, such as 98.7%; Unknown without data.")
    budget_remaining: str = Field(description="Share of the error budget left; negative when overspent.")
    burn_rates: tuple[Burn, ...] = Field(description="Burn rate over each alert window.")
    alert: AlertWord = Field(description="The alert's level.")
    since: datetime | None = Field(description="When the alert took this level.")
    incident: datetime | None = Field(description="When the incident that goes on began; null when there is none.")
    exhausts_at: datetime | None = Field(
        description="When nothing is left at the present rate; null when that is no sooner than a period away."
    )
    history: str = Field(description="How much history there is, where it is less than the period.")
    exactness: Literal["Exact", "Approximate"] = Field(description="Exact: equals the count of recorded events.")
    groups: tuple[GroupStatus, ...] = Field(description="Every group of an objective with groupBy.")
    evaluated_at: datetime | None = Field(
        description="When this replica judged it; null when it did not, and shows what the contract's status says."
    )


class SLOList(Paged):
    """Objectives by namespace, contract and their order in it."""

    items: tuple[SLO, ...] = Field(description="At most `limit` objectives.")


def router(layer: LayerView, guard: Guard) -> APIRouter:
    """`/autonomic/slo`, and one contract below it."""
    routes = APIRouter(tags=["slo"])

    @routes.get("/autonomic/slo", response_model=SLOList, responses=OF_READING)
    async def slo(
        caller: Annotated[Caller, Depends(guard.caller)],
        page: Asked,
        namespace: Namespace = None,
        contract: Annotated[Name | None, Query(description="Only objectives of contracts of this name.")] = None,
    ) -> Response:
        """Objectives and their budgets. The caller needs the verb `list` on `slacontracts` there."""
        await guard.demand(caller, "list", "slacontracts", namespace)
        every = _every(layer.view().contracts, namespace, contract)
        async with layer.lane.of(caller):
            shown = await found(every, lambda _: True, _key, page, layer.pause)
            items = await _told(layer, shown.items)
            return written(SLOList(items=items, total=shown.total, continue_=shown.following))

    @routes.get("/autonomic/slo/{namespace}/{name}", responses=OF_READING | documented(HTTPStatus.NOT_FOUND))
    async def one(
        caller: Annotated[Caller, Depends(guard.caller)],
        namespace: Annotated[ShortName, Path(description="The contract's namespace.")],
        name: Annotated[Name, Path(description="The contract's name.")],
    ) -> ContractAccount:
        """One contract and how its budgets were spent. The caller needs the verb `get` on `slacontracts` there."""
        await guard.demand(caller, "get", "slacontracts", namespace)
        contract = layer.view().contracts.get(f"{namespace}/{name}")
        if contract is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no SLAContract {name} in namespace {namespace}")
        return await layer.account(contract)

    return routes


Place = tuple[SLAContract, int]
"""A contract, and the place of an objective in it."""


def _every(contracts: Mapping[str, SLAContract], namespace: str | None, name: str | None) -> Iterator[Place]:
    for contract in contracts.values():
        if namespace in (None, contract.metadata.namespace) and name in (None, contract.metadata.name):
            yield from ((contract, number) for number in range(len(contract.spec.objectives)))


def _key(place: Place) -> Key:
    contract, number = place
    return contract.metadata.namespace or "", contract.metadata.name, f"{number:04d}"


async def _told(layer: LayerView, places: Iterable[Place]) -> tuple[SLO, ...]:
    """Contracts are looked at when their turn comes, with a pause between them: those beyond a page cost nothing."""
    told: list[SLO] = []
    for contract, of_contract in groupby(places, key=lambda place: place[0]):
        await layer.pause()
        judged = layer.judged(contract)
        at, status = (layer.judged_at(), judged) if judged else (None, contract.status)
        by_name = {each.name: each for each in status.objectives}
        objectives = [contract.spec.objectives[number] for _, number in of_contract]
        told += [_shown(contract, each, by_name.get(each.name), at) for each in objectives]
    return tuple(told)


def _shown(contract: SLAContract, objective: Objective, status: ObjectiveStatus | None, at: datetime | None) -> SLO:
    known = status or ObjectiveStatus(name=objective.name, sli="Unknown", budget_remaining="Unknown", alert="Unknown")
    return SLO(
        contract=contract.metadata.name,
        namespace=contract.metadata.namespace or "",
        objective=objective.name,
        target=objective.target,
        evaluated_at=at,
        **known.model_dump(exclude={"name", "checkpoint"}),
    )
