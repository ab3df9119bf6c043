"""`GET /autonomic/health`: how systems, workstreams, agents and infrastructure are, now or at a moment of the past."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from pydantic import Field

from autonomic.api.guard import Guard
from autonomic.api.paging import Asked, Key, Paged, found, shaped, written
from autonomic.api.parameters import Namespace
from autonomic.api.problems import OF_READING
from autonomic.api.sources import LayerView, Snapshots
from autonomic.domain.contracts import SLAContract
from autonomic.domain.health import HealthSnapshotStatus, HealthWord, SubjectKind
from autonomic.domain.model import Model
from autonomic.domain.moments import Moment
from autonomic.health.rows import Row
from autonomic.health.subjects import about
from autonomic.ports.access import Caller
from autonomic.ports.plugins import PluginKind, PluginStanding, PluginState

MOST_LOOKED_BACK = 100
"""Contracts that are judged anew for one question about the past: each reads its whole period."""
Kind = Annotated[SubjectKind | None, Query(description="Only this kind of subject.")]
SubjectName = Annotated[str | None, Query(max_length=253, description="Only the subject of this name.")]
Word = Annotated[HealthWord | None, Query(description="Only what has this health.")]
At = Annotated[
    Moment | None,
    Query(description="A moment of the past, such as 2026-11-23T08:00:00Z; contracts are held as they are now."),
]


class PluginHealth(Model):
    """How one plug-in of this replica is."""

    kind: PluginKind = Field(description="What it brings.")
    name: str = Field(description="The type of the loop, or the name of the action or channel.")
    package: str = Field(description="The package that brings it, with its version.")
    state: PluginState = Field(description="Broken is not used; LeftAlone is tried again after a while.")
    failures: int = Field(description="Calls that failed since this replica began.")
    message: str = Field(description="What went wrong last; empty while it works.")


class HealthList(Paged):
    """Snapshots by namespace, kind and name."""

    items: tuple[HealthSnapshotStatus, ...] = Field(description="At most `limit` snapshots.")
    evaluated_at: datetime | None = Field(
        description="When this replica looked; null when it does not judge, and shows what the snapshots say."
    )
    plugins: tuple[PluginHealth, ...] | None = Field(
        default=None,
        description="The plug-ins of this replica; null where one namespace alone was asked for, or the past.",
    )


def router(layer: LayerView, snapshots: Snapshots, guard: Guard) -> APIRouter:
    """`/autonomic/health`."""
    routes = APIRouter(tags=["health"])

    @routes.get("/autonomic/health", response_model=HealthList, responses=OF_READING)
    async def health(
        caller: Annotated[Caller, Depends(guard.caller)],
        page: Asked,
        namespace: Namespace = None,
        kind: Kind = None,
        name: SubjectName = None,
        health: Word = None,
        at: At = None,
    ) -> Response:
        """How everything is. The caller needs the verb `list` on `healthsnapshots` there."""
        await guard.demand(caller, "list", "healthsnapshots", namespace)
        if at is None:
            known, looked = await snapshots.now(namespace), snapshots.looked_at()
        else:
            known, looked = await _past(layer, snapshots, at, namespace, (kind, name)), at
        async with layer.lane.of(caller):
            shown = await found(known, lambda row: _wanted(row, kind, name, health), _key, page, layer.pause)
            told = await shaped(shown.items, lambda row: row.tell(), layer.pause)
            items = tuple(each for each in told if each)
            whole = namespace is None and at is None
            plugins = tuple(_told(each) for each in snapshots.plugins()) if whole else None
            return written(
                HealthList(
                    items=items, total=shown.total, continue_=shown.following, evaluated_at=looked, plugins=plugins
                )
            )

    return routes


def _wanted(row: Row, kind: SubjectKind | None, name: str | None, health: HealthWord | None) -> bool:
    return kind in (None, row.key.kind) and name in (None, row.key.name) and health in (None, row.health)


def _told(plugin: PluginStanding) -> PluginHealth:
    return PluginHealth(
        kind=plugin.kind,
        name=plugin.name,
        package=plugin.package,
        state=plugin.state,
        failures=plugin.failures,
        message=plugin.message,
    )


def _key(row: Row) -> Key:
    return row.key.namespace, row.key.kind, row.key.name


async def _past(
    layer: LayerView,
    snapshots: Snapshots,
    at: datetime,
    namespace: str | None,
    subject: tuple[SubjectKind | None, str | None],
) -> Sequence[Row]:
    view = layer.view()
    if at > view.now:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, f"at: {at.isoformat()} is in the future; it is {view.now}")
    contracts = _chosen(view.contracts, namespace, *subject)
    if len(contracts) > MOST_LOOKED_BACK:
        detail = (
            f"at: {len(contracts)} contracts would be judged anew, at most {MOST_LOOKED_BACK} are: name a namespace, or"
            " one workload with kind=Agent (or Infra) and name"
        )
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
    return await snapshots.then(contracts, at)


def _chosen(
    contracts: Mapping[str, SLAContract], namespace: str | None, kind: SubjectKind | None, name: str | None
) -> Mapping[str, SLAContract]:
    """The contracts that an answer rests on: of one workload its own and what it lives from, else all of the namespace."""
    there = {key: each for key, each in contracts.items() if namespace in (None, each.metadata.namespace)}
    return about(there, name) if kind in ("Agent", "Infra") and name else there
