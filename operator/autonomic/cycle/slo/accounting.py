"""Gives the account of one contract: what an engine knows of it, and how its budgets were spent."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from autonomic.cycle.slo.burning_down import burning_down
from autonomic.cycle.slo.engines import SloEngines
from autonomic.domain.budgets import Assessment
from autonomic.domain.contracts import ObjectiveStatus, SLAContract, SLAContractStatus
from autonomic.domain.errors import Unavailable
from autonomic.domain.meta import Condition
from autonomic.domain.objectives import Objective
from autonomic.domain.view import View
from autonomic.domain.windows import Window
from autonomic.domain.words import Truth
from autonomic.ports.metrics import Metrics
from autonomic.slo.account import (
    BurnDown,
    ContractAccount,
    Why,
    contract_account,
    objective_account,
    speaker,
)
from autonomic.slo.periods import period_end, period_start
from autonomic.slo.reporting import Known, report
from autonomic.slo.status import group_name

_INSIDE = timedelta(milliseconds=1)


async def judged_alone(metrics: Metrics, contract: SLAContract, view: View) -> SloEngines:
    """Engines that judged this contract, and those that its composites name, from scratch."""
    engines = SloEngines(metrics)
    wanted = {contract.key, *_named(contract)}
    alone = {key: each for key, each in view.contracts.items() if key in wanted}
    await engines.turn_all(replace(view, contracts=alone, servers=metrics.servers))
    return engines


def status_of(engines: SloEngines, contract: SLAContract, now: datetime) -> SLAContractStatus:
    """What the engines know, as the contract's status would say it; what that says already where they know nothing."""
    if not engines.judges(contract):
        return contract.status
    told = report(contract, engines.assessments(contract.key), Known(now)).status
    assert isinstance(told, SLAContractStatus)  # noqa: S101 - a contract's report
    return told


async def account(
    engines: SloEngines, contract: SLAContract, status: SLAContractStatus, now: datetime
) -> ContractAccount:
    """The account of a contract, from what the engines know. Raises Unavailable when every server that it asks is silent."""
    seen = engines.assessments(contract.key)
    silent = _silent(contract, seen)
    if silent.keys() >= contract.spec.servers:
        raise Unavailable(next(iter(silent.values())))
    at = max((each.at for each in seen), default=None)
    objectives = []
    for objective in contract.spec.objectives:
        told = next((each for each in status.objectives if each.name == objective.name), _nothing(objective))
        one = speaker(told, [each for each in seen if each.objective == objective.name])
        line = await _line(engines, contract, one) if one and objective.server not in silent else None
        period = _period(objective.window, at or now)
        objectives.append(objective_account(objective, told, one, period, line, why_not=_why_not(status.conditions)))
    return contract_account(contract, at, status.conditions, tuple(objectives))


def _silent(contract: SLAContract, seen: Iterable[Assessment]) -> Mapping[str, str]:
    """The servers that gave no answer, and how they are told of."""
    servers = {each.name: each.server for each in contract.spec.objectives}
    unknown = ((servers.get(each.objective, ""), each.unknown) for each in seen if each.unknown)
    return {name: why.message for name, why in unknown if why.reason == "MetricsUnavailable"}


async def _line(engines: SloEngines, contract: SLAContract, seen: Assessment) -> BurnDown | None:
    promise = engines.promise(contract.key, seen.objective, group_name(seen))
    return await burning_down(engines.tallies(promise), promise, seen) if promise else None


def _nothing(objective: Objective) -> ObjectiveStatus:
    return ObjectiveStatus(name=objective.name, sli="Unknown", budget_remaining="Unknown", alert="Unknown")


def _why_not(conditions: tuple[Condition, ...]) -> Why:
    """Why nothing was judged, where the conditions say so."""
    for each in conditions:
        if each.type in ("Ready", "DataAvailable") and each.status != Truth.TRUE:
            return Why(reason=each.reason, message=each.message)
    return Why(reason="NotJudged", message="nothing was judged yet: ask again in a minute")


def _period(window: Window, at: datetime) -> tuple[datetime, datetime]:
    if window.calendar:
        return period_start(window, at - _INSIDE), period_end(window, at - _INSIDE)
    return period_start(window, at), at


def _named(contract: SLAContract) -> set[str]:
    """The contracts that composites take their parts from."""
    parts = [part for each in contract.spec.objectives for part in each.indicator.composite or ()]
    names = {part.objective.partition("/")[0] for part in parts if "/" in part.objective}
    return {f"{contract.metadata.namespace}/{name}" for name in names}
