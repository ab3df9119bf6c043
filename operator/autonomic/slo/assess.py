"""From a cohort's arrays to the Assessment of one promise: counts in exact decimals, budget, tiers, level."""

from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np

from autonomic.domain.alerting import AlertWindow
from autonomic.domain.budgets import Assessment, Count, ErrorBudget, TierReading
from autonomic.domain.readings import Unknown
from autonomic.domain.units import milliseconds
from autonomic.slo.checkpoints import DAY
from autonomic.slo.cohort import Cohort
from autonomic.slo.counting import moment
from autonomic.slo.measures import WINDOW
from autonomic.slo.promises import Promise
from autonomic.slo.queries import counted
from autonomic.slo.rows import matching
from autonomic.slo.verdicts import LEVELS, NO_DATA, PROBLEM, STALE, TOO_FEW, Verdicts, count


def assess(cohort: Cohort, verdicts: Verdicts, at: int, *, anchored: bool) -> Assessment:
    """What is known of the promise at that place."""
    promise = cohort.promises[at]
    budget = _budget(cohort, promise, verdicts, at)
    tiers = tuple(
        _tier(cohort, promise, tier, at, fires=bool(fires[at]) if sure[at] else None)
        for tier, fires, sure in zip(promise.objective.tiers, verdicts.fires, verdicts.sure, strict=True)
    )
    when = moment(cohort.at)
    return Assessment(
        contract=promise.contract,
        objective=promise.objective.name,
        at=when,
        target=promise.objective.ratio_target,
        budget=budget,
        tiers=tiers,
        level=None if isinstance(budget, Unknown) else LEVELS[cohort.shown[at]],
        exact=anchored and promise.exact and not cohort.forgets,
        group=promise.group,
        history=_history(cohort, promise, at),
        sources=_sources(promise, anchored=anchored),
        exhausts_at=_exhausts_at(budget, tiers, promise, when),
    )


def _sources(promise: Promise, *, anchored: bool) -> tuple[str, str] | None:
    if promise.parts:
        return None
    rows = (promise.other or promise.total, promise.total)
    found = [str(matching(each.shape, (each,))) if each.shape.selector else "" for each in rows]
    bad, total = (counted(each.shape, text, WINDOW, anchored=anchored) for each, text in zip(rows, found, strict=True))
    return bad, total


def _budget(cohort: Cohort, promise: Promise, verdicts: Verdicts, at: int) -> ErrorBudget | Unknown:
    period = promise.objective.window.rolling or "the period"
    bad, total = cohort.period[:, at]
    code = verdicts.unknown[at]
    if code == PROBLEM:
        return cohort.problems[at]
    if code == NO_DATA:
        return Unknown("NoData", f"Prometheus has no sample of the total in the last {promise.objective.lookback}")
    if code == STALE:
        return Unknown("Stale", f"the newest sample is older than {promise.objective.lookback}")
    if code == TOO_FEW:
        return _too_few(promise, total, period)
    return ErrorBudget(promise.objective.ratio_target, count(period, bad, total))


def _too_few(promise: Promise, total: float, window: str) -> Unknown:
    what = "events" if promise.objective.budgeting == "Occurrences" else "slices with events"
    if promise.parts:
        return Unknown("TooFewEvents", f"a part has fewer than {promise.objective.least} {what} in {window}")
    return Unknown("TooFewEvents", f"{total:.0f} {what} in {window}, {promise.objective.least} are needed")


def _tier(cohort: Cohort, promise: Promise, tier: AlertWindow, at: int, *, fires: bool | None) -> TierReading:
    long = _window(cohort, promise, tier.long, at, promise.objective.least)
    if cohort.at - cohort.born[at] < milliseconds(tier.long):
        long = Unknown("ShortHistory", f"there is less history than {tier.long}")
    short = _window(cohort, promise, tier.short, at, 1)
    return TierReading(tier.level, Decimal(tier.factor), (tier.long, tier.short), long, short, fires)


def _window(cohort: Cohort, promise: Promise, window: str, at: int, least: int) -> Count | Unknown:
    if at in cohort.problems:
        return cohort.problems[at]
    if np.isnan(cohort.newest[at]):
        return Unknown("NoData", f"no events were counted in the last {window}")
    bad, total = cohort.windows[milliseconds(window)][:, at]
    if total <= 0 or (total < least and not promise.parts):
        return _too_few(promise, total, f"the last {window}")
    return count(window, bad, total)


def _history(cohort: Cohort, promise: Promise, at: int) -> timedelta | None:
    """How much there is of a period that reaches further back; days that the server forgot but the status kept are there."""
    kept = [day * DAY for day, (_, total) in cohort.remembered.get(at, {}).items() if total]
    age = cohort.at - min([cohort.born[at], *kept])
    if not np.isfinite(age) or age >= cohort.reach(promise):
        return None
    return timedelta(milliseconds=int(age))


def _exhausts_at(
    budget: ErrorBudget | Unknown, tiers: tuple[TierReading, ...], promise: Promise, now: datetime
) -> datetime | None:
    """At the rate of the fastest tier's long window: what is left, over what is spent of it in a period."""
    fastest = min(tiers, key=lambda tier: milliseconds(tier.windows[0])).long
    if isinstance(budget, Unknown) or isinstance(fastest, Unknown) or budget.remaining <= 0 or fastest.bad <= 0:
        return None
    left = budget.remaining * promise.objective.period / fastest.burn_rate(budget.target)
    return now + timedelta(milliseconds=int(left)) if left < promise.objective.period else None
