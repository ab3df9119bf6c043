"""From a contract to rule groups, one a promise. Pure: the same contract gives the same text."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from autonomic.domain.contracts import SLAContract
from autonomic.domain.objectives import Objective
from autonomic.publishing.alerts import alerts
from autonomic.publishing.guards import Counted
from autonomic.publishing.inexpressible import Inexpressible
from autonomic.publishing.mixing import Share, composite
from autonomic.publishing.numbers import number
from autonomic.publishing.recording import Rule, occurrences, one_slice, record, slices
from autonomic.publishing.series import BUDGET, INFO, TARGET, Subject, subject
from autonomic.publishing.spans import Spans, spans
from autonomic.slo.measures import Events, Measure, Mix

Measures = Mapping[str, Measure]
"""What each objective counts, by `contract/objective`: those of the contract, and those that its composites name."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Rule groups as Prometheus reads them, and what they leave out, a sentence each."""

    groups: tuple[dict[str, Any], ...]
    left_out: tuple[str, ...] = ()


def rules(contract: SLAContract, measures: Measures) -> Rules:
    """The rules of a contract. Raises Inexpressible that names what can't be said, why, and the way out."""
    asked = sorted(contract.spec.servers)
    if len(asked) > 1:
        raise Inexpressible(
            f"its objectives ask several metrics servers ({', '.join(asked)}), and rules are evaluated by one: write a contract"
            " for each server"
        )
    published = contract.spec.publish
    alerting = published is None or published.alerts
    groups = tuple(_group(contract, each, measures, alerting=alerting) for each in contract.spec.objectives)
    return Rules(groups, tuple(_left_out(contract)))


def _group(contract: SLAContract, objective: Objective, measures: Measures, *, alerting: bool) -> dict[str, Any]:
    """One group for one objective: its rules read each other's results of the same moment, in their order."""
    meta = contract.metadata
    whose = subject(meta.namespace or "default", meta.name, objective)
    times = spans(objective)
    counted = _counted(f"{meta.name}/{objective.name}", whose, measures)
    made: list[Rule] = [*_recorded(objective, counted, whose, times), *_about(contract, objective, whose, times)]
    if alerting:
        made += alerts(objective, counted, whose, times)
    # Namespaces and names have no colon, so no two objectives get one name.
    name = ":".join(("autonomic", whose.namespace, whose.contract, whose.objective))
    return {"name": name, "interval": times.interval, "rules": made}


def _counted(name: str, whose: Subject, measures: Measures) -> Counted:
    measure = measures[name]
    if not isinstance(measure, Mix):
        return measure
    weights: Counter[str] = Counter()
    for part, weight in measure.parts:
        weights[part] += weight
    return tuple(_share(part, weight, whose, measures) for part, weight in weights.items())


def _share(part: str, weight: int, whose: Subject, measures: Measures) -> Share:
    measure = measures.get(part)
    if isinstance(measure, Events):
        return Share(part, measure, weight)
    wrong = "is not among the contracts given" if measure is None else "counts no events"
    raise Inexpressible(
        f"objective {whose.objective} of {whose.namespace}/{whose.contract}: indicator.composite names {part}, which"
        f" {wrong}: name objectives that count events, and give their contracts too"
    )


def _recorded(objective: Objective, counted: Counted, whose: Subject, times: Spans) -> Iterable[Rule]:
    if isinstance(counted, tuple):
        return composite(counted, whose, times)
    if objective.budgeting == "Occurrences" and isinstance(counted, Events):
        return occurrences(counted, whose, times)
    target = objective.slices.target if objective.slices else None
    return [one_slice(counted, whose, objective.slice_length, target), *slices(whose, times)]


def _about(contract: SLAContract, objective: Objective, whose: Subject, times: Spans) -> Iterable[Rule]:
    yield record(TARGET, f"vector({number(objective.ratio_target)})", whose)
    if times.period:
        ratio = whose.of(whose.ratio(times.period))
        yield record(BUDGET, f"1 - {ratio} / {number(1 - objective.ratio_target)}", whose)
    workload = contract.spec.target_ref
    told = {"budgeting": objective.budgeting, "tier": contract.spec.tier, "period": _period(objective)}
    target = {"workload": workload.name, "workload_kind": workload.kind}
    yield record(INFO, "vector(1)", whose, **told, **target)


def _period(objective: Objective) -> str:
    calendar = objective.window.calendar
    return f"{calendar.unit} {calendar.time_zone}" if calendar else str(objective.window.rolling)


def _left_out(contract: SLAContract) -> Iterable[str]:
    for each in contract.spec.objectives:
        if each.window.calendar:
            yield (
                f"objective {each.name}: a rule can't tell when a calendar {each.window.calendar.unit} began, so the rules"
                " have its burn rates, and no budget"
            )
    if contract.spec.maintenance:
        yield "maintenance: the rules count these times like all others; silence their alerts then"
