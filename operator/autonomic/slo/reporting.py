"""What a contract's status says after a turn, and which facts are told because of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from autonomic.domain.budgets import Assessment
from autonomic.domain.contracts import ObjectiveStatus, SLAContract, SLAContractStatus
from autonomic.domain.findings import Fact, Report
from autonomic.domain.meta import condition, conditions
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.slo.status import shown, worst

Wanted = tuple[str, Truth, str, str]


@dataclass(frozen=True)
class Judged:
    """A contract with what this turn knows of its objectives."""

    contract: SLAContract
    assessments: tuple[Assessment, ...]


def report(judged: Judged, view: View) -> Report:
    """The status of a contract whose objectives could be asked about."""
    contract = judged.contract
    before = {each.name: each for each in contract.status.objectives}
    objectives = tuple(shown(each, before.get(each.objective)) for each in judged.assessments)
    status = SLAContractStatus(
        observed_generation=contract.metadata.generation,
        worst=worst(objectives),
        objectives=objectives,
        conditions=conditions(
            contract.status.conditions, _conditions(judged, objectives), contract.metadata.generation, view.now
        ),
    )
    return Report(contract.ref, status, tuple(_transitions(contract, objectives)))


def not_judged(contract: SLAContract, view: View, reason: str, message: str) -> Report:
    """The status of a contract that can't work: Ready says why, everything else is Unknown."""
    wanted: list[Wanted] = [("Ready", Truth.FALSE, reason, message)]
    wanted += [(name, Truth.UNKNOWN, reason, message) for name in ("DataAvailable", *_LEVELS)]
    status = SLAContractStatus(
        observed_generation=contract.metadata.generation,
        conditions=conditions(contract.status.conditions, wanted, contract.metadata.generation, view.now),
    )
    old = condition(contract.status.conditions, "Ready")
    news = () if old and old.reason == reason else (Fact("ContractNotReady", contract.ref, message, warning=True),)
    return Report(contract.ref, status, news)


_LEVELS = {"BudgetWarning": ("Warning",), "Breached": ("Breach",), "Exhausted": ("Exhausted",)}


def _conditions(judged: Judged, objectives: tuple[ObjectiveStatus, ...]) -> Iterable[Wanted]:
    yield ("Ready", Truth.TRUE, "Evaluated", "every objective is evaluated")
    missing = [each for each in judged.assessments if each.unknown]
    if missing and missing[0].unknown:
        yield (
            "DataAvailable",
            Truth.FALSE,
            missing[0].unknown.reason,
            f"{missing[0].objective}: {_stable(missing[0])}",
        )
    else:
        yield ("DataAvailable", Truth.TRUE, "Available", "every objective has data")
    for name, levels in _LEVELS.items():
        hit = [each.name for each in objectives if each.alert in levels]
        blind = all(each.alert == "Unknown" for each in objectives)
        yield _level(name, hit, blind=blind)


def _level(name: str, hit: list[str], *, blind: bool) -> Wanted:
    if blind:
        return (name, Truth.UNKNOWN, "NoData", "no objective has data")
    if hit:
        return (name, Truth.TRUE, "Firing", f"objectives: {', '.join(hit)}")
    return (name, Truth.FALSE, "Quiet", "no objective is at this level")


def _stable(assessment: Assessment) -> str:
    """The reason without figures that move at every turn, so that a standing trouble is written once."""
    unknown = assessment.unknown
    return unknown.message if unknown and unknown.reason not in _MOVING else _MOVING[unknown.reason] if unknown else ""


_MOVING = {
    "Stale": "the newest sample is more than 5 minutes old",
    "TooFewEvents": "fewer events in a window than minEvents",
}


def _transitions(contract: SLAContract, objectives: tuple[ObjectiveStatus, ...]) -> Iterable[Fact]:
    before = {each.name: each.alert for each in contract.status.objectives}
    for each in objectives:
        old = before.get(each.name)
        if old == each.alert or (old is None and each.alert == "None"):
            continue
        message = f"{each.name}: {old or 'new'} -> {each.alert}; SLI {each.sli}, budget left {each.budget_remaining}"
        fields = {"objective": each.name, "alert": each.alert}
        yield Fact("SLOAlertChanged", contract.ref, message, warning=each.alert not in ("None",), fields=fields)
