"""From answers to an Assessment: counts, budget, tiers, level. Pure: the same answers give the same assessment."""

from datetime import timedelta
from decimal import Decimal

from autonomic.domain.budgets import Assessment, Count, ErrorBudget, TierReading
from autonomic.domain.contracts import AlertWindow, Objective
from autonomic.domain.readings import Absent, Answers, Known, Reading, Unknown
from autonomic.domain.words import Level
from autonomic.slo.questions import CountQuestions, ObjectiveQuestions

STALE_AFTER = timedelta(minutes=5)
"""Prometheus's look-back: a series without a sample for this long has none."""


def assess(
    contract: str, objective: Objective, asked: ObjectiveQuestions, answers: Answers, *, exact: bool
) -> Assessment:
    """What the answers say of one objective."""
    target = Decimal(objective.target) / 100
    budget = _budget(objective, target, asked, answers)
    tiers = tuple(_tier(objective, tier, target, asked, answers) for tier in objective.alerting.windows)
    return Assessment(
        contract=contract,
        objective=objective.name,
        at=asked.at,
        target=target,
        budget=budget,
        tiers=tiers,
        level=None if isinstance(budget, Unknown) else level(budget, tiers),
        exact=exact,
    )


def level(budget: ErrorBudget, tiers: tuple[TierReading, ...]) -> Level | None:
    """The most severe thing that is true."""
    if budget.exhausted:
        return Level.EXHAUSTED
    firing = {tier.level for tier in tiers if tier.fires}
    return next((each for each in (Level.BREACH, Level.WARNING) if each in firing), None)


def _budget(
    objective: Objective, target: Decimal, asked: ObjectiveQuestions, answers: Answers
) -> ErrorBudget | Unknown:
    stale = _staleness(asked, answers[asked.newest])
    if stale:
        return stale
    count = read_count(asked.counts[objective.window.rolling], answers, objective.min_events)
    return count if isinstance(count, Unknown) else ErrorBudget(target, count)


def _staleness(asked: ObjectiveQuestions, newest: Reading) -> Unknown | None:
    if isinstance(newest, Unknown):
        return newest
    if isinstance(newest, Absent):
        return Unknown("NoData", "Prometheus has no sample of the total in the last 5 minutes")
    age = asked.at.timestamp() - float(newest.value)
    if age > STALE_AFTER.total_seconds():
        return Unknown("Stale", f"the newest sample is {age:.0f} s old")
    return None


def _tier(
    objective: Objective, tier: AlertWindow, target: Decimal, asked: ObjectiveQuestions, answers: Answers
) -> TierReading:
    long = read_count(asked.counts[tier.long], answers, objective.min_events)
    short = read_count(asked.counts[tier.short], answers, 1)
    if not isinstance(answers[asked.history[tier.long]], Known):
        long = Unknown("ShortHistory", f"there is less history than {tier.long}")
    factor = Decimal(tier.factor)
    return TierReading(tier.level, factor, (tier.long, tier.short), long, short, _fires(long, short, factor, target))


def _fires(long: Count | Unknown, short: Count | Unknown, factor: Decimal, target: Decimal) -> bool | None:
    if isinstance(long, Unknown) or isinstance(short, Unknown):
        return None
    return long.burns_faster_than(factor, target) and short.burns_faster_than(factor, target)


def read_count(asked: CountQuestions, answers: Answers, least: int) -> Count | Unknown:
    """The count of one window. No errors beside present traffic are zero errors; too little traffic is Unknown."""
    bad, total = answers[asked.bad], answers[asked.total]
    for reading in (total, bad):
        if isinstance(reading, Unknown):
            return reading
    if not isinstance(total, Known):
        return Unknown("NoData", f"no events were counted in the last {asked.window}")
    if total.value < least:
        return Unknown("TooFewEvents", f"{total.value} events in the last {asked.window}, {least} are needed")
    errors = bad.value if isinstance(bad, Known) else Decimal(0)
    return Count(asked.window, errors, total.value)
