"""What a contract's status says of what is known, and which facts are told because of it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from autonomic.domain.budgets import Assessment
from autonomic.domain.contracts import Checkpoint, ObjectiveStatus, SLAContract, SLAContractStatus
from autonomic.domain.findings import Fact, Report
from autonomic.domain.meta import condition, conditions
from autonomic.domain.units import duration
from autonomic.domain.words import Truth
from autonomic.slo.status import shown, worst

Wanted = tuple[str, Truth, str, str]
"""A condition: type, status, reason, message."""

_LEVELS = {"BudgetWarning": ("Warning",), "Breached": ("Breach",), "Exhausted": ("Exhausted",)}


@dataclass(frozen=True)
class Known:
    """What there is to say of a contract beside its objectives.

    `crowded` is how many groups there are of objectives that have more than they may; `retention` is how long the server
    keeps samples, where it says so; `published` is what became of publishing, `dependencies` what is to be
    said of them; `checkpoints` by objective.
    """

    now: datetime
    crowded: Mapping[str, int] = field(default_factory=dict)
    retention: timedelta | None = None
    published: Wanted | None = None
    dependencies: Wanted | None = None
    checkpoints: Mapping[str, Checkpoint] = field(default_factory=dict)


def report(contract: SLAContract, assessments: Sequence[Assessment], known: Known) -> Report:
    """The status of a contract that is judged."""
    before = {each.name: each for each in contract.status.objectives}
    objectives = tuple(
        shown(objective, [each for each in assessments if each.objective == objective.name], before.get(objective.name))
        for objective in contract.spec.objectives
    )
    kept = tuple(_with_checkpoint(each, before.get(each.name), known) for each in objectives)
    wanted = (
        _ready(contract, known),
        _data(objectives, assessments),
        *(_level(name, levels, objectives) for name, levels in _LEVELS.items()),
        _retention(contract, known),
        *(each for each in (known.published, known.dependencies) if each),
    )
    meta = contract.metadata
    status = SLAContractStatus(
        observed_generation=meta.generation,
        worst=worst(kept),
        objectives=kept,
        conditions=conditions(contract.status.conditions, wanted, meta.generation, known.now.replace(microsecond=0)),
    )
    return Report(contract.ref, status, tuple(_transitions(contract, objectives)))


def not_judged(contract: SLAContract, reason: str, message: str, now: datetime) -> Report:
    """The status of a contract that can't work: Ready says why, everything else is Unknown."""
    wanted: list[Wanted] = [("Ready", Truth.FALSE, reason, message)]
    wanted += [(name, Truth.UNKNOWN, reason, message) for name in ("DataAvailable", *_LEVELS)]
    meta = contract.metadata
    status = SLAContractStatus(
        observed_generation=meta.generation,
        conditions=conditions(contract.status.conditions, wanted, meta.generation, now.replace(microsecond=0)),
    )
    old = condition(contract.status.conditions, "Ready")
    news = () if old and old.reason == reason else (Fact("ContractNotReady", contract.ref, message, warning=True),)
    return Report(contract.ref, status, news)


def _ready(contract: SLAContract, known: Known) -> Wanted:
    for objective in contract.spec.objectives:
        if number := known.crowded.get(objective.name):
            message = (
                f"{objective.name} has {number} groups, {objective.max_groups} are judged: raise maxGroups (200 at most),"
                " narrow the selector, or group by fewer labels"
            )
            return ("Ready", Truth.TRUE, "TooManyGroups", message)
    return ("Ready", Truth.TRUE, "Evaluated", "every objective is evaluated")


def _data(objectives: Sequence[ObjectiveStatus], assessments: Sequence[Assessment]) -> Wanted:
    blind = next((each for each in assessments if each.unknown), None)
    if blind:
        return ("DataAvailable", Truth.FALSE, *_stable(blind))
    empty = [each.name for each in objectives if each.alert == "Unknown"]
    if empty:
        return ("DataAvailable", Truth.FALSE, "NoGroups", f"{empty[0]}: no series has the labels of groupBy")
    return ("DataAvailable", Truth.TRUE, "Available", "every objective has data")


def _level(name: str, levels: Sequence[str], objectives: Sequence[ObjectiveStatus]) -> Wanted:
    hit = [each.name for each in objectives if each.alert in levels]
    if objectives and all(each.alert == "Unknown" for each in objectives):
        return (name, Truth.UNKNOWN, "NoData", "no objective has data")
    if hit:
        return (name, Truth.TRUE, "Firing", f"objectives: {', '.join(hit)}")
    return (name, Truth.FALSE, "Quiet", "no objective is at this level")


def _retention(contract: SLAContract, known: Known) -> Wanted:
    """Whether the server remembers the whole period of every objective."""
    if known.retention is None:
        return ("HistoryRetained", Truth.UNKNOWN, "NotSaid", "the server does not say how long it keeps samples")
    for each in contract.spec.objectives:
        if timedelta(milliseconds=each.period) > known.retention:
            kept = duration(int(known.retention.total_seconds()) * 1000)
            message = (
                f"{each.name}: the server keeps samples for {kept}, the period {each.window} is longer; totals of days"
                " are kept in this status, so that none is lost from now on"
            )
            return ("HistoryRetained", Truth.FALSE, "RetentionTooShort", message)
    return ("HistoryRetained", Truth.TRUE, "Retained", "the server keeps samples for longer than every period")


def _with_checkpoint(status: ObjectiveStatus, before: ObjectiveStatus | None, known: Known) -> ObjectiveStatus:
    kept = known.checkpoints.get(status.name) or (before.checkpoint if before else None)
    return status.model_copy(update={"checkpoint": kept}) if kept else status


_MOVING = {
    "Stale": "the newest sample is older than the look-back",
    "TooFewEvents": "fewer events in a window than minEvents",
}


def _stable(assessment: Assessment) -> tuple[str, str]:
    """Reason and message without figures that move at every turn, so that a standing trouble is written once."""
    unknown = assessment.unknown
    assert unknown is not None  # noqa: S101 - the caller found one
    return unknown.reason, f"{assessment.objective}: {_MOVING.get(unknown.reason, unknown.message)}"


def _transitions(contract: SLAContract, objectives: Iterable[ObjectiveStatus]) -> Iterable[Fact]:
    before = {each.name: each.alert for each in contract.status.objectives}
    for each in objectives:
        old = before.get(each.name)
        if old == each.alert or (old is None and each.alert == "None"):
            continue
        message = f"{each.name}: {old or 'new'} -> {each.alert}; SLI {each.sli}, budget left {each.budget_remaining}"
        fields = {"objective": each.name, "alert": each.alert}
        yield Fact("SLOAlertChanged", contract.ref, message, warning=each.alert not in ("None",), fields=fields)
