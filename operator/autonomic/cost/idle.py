"""Idle hours: hours of the week in which a workload had nothing to do, in every week that was looked at.

An hour counts as idle only where each week has a number for it, and each of them is zero: no data is not no work.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from autonomic.cost.expressions import LOOKBACK
from autonomic.domain.idling import WEEK, Rest
from autonomic.domain.promql import Matcher, selector
from autonomic.domain.readings import Matrix, RangeQuestion, Unknown
from autonomic.domain.servers import DEFAULT

_HOUR = timedelta(hours=1)


def question(
    requests: str, weeks: int, now: datetime, tenant: Matcher | None = None, server: str = DEFAULT
) -> RangeQuestion:
    """How many requests there were in each hour of whole weeks. Raises Invalid where `requests` is no selector."""
    found = selector(requests, "requests")
    counted = found.also(tenant) if tenant else found
    end = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    expr = f"sum(increase({counted}[1h] anchored))"
    return RangeQuestion(expr, end - weeks * WEEK * _HOUR + _HOUR, end, _HOUR, LOOKBACK, server)


def rests(found: Matrix, weeks: int, zone: ZoneInfo, least: int) -> tuple[Rest, ...] | Unknown:
    """Stretches of at least so many idle hours, by the clock of the place, the longest first."""
    if found.warnings:
        return Unknown("QueryWarning", found.warnings[0])
    if len(found.series) != 1:
        return Unknown(
            "Absent", "no series counts requests in that time: give a selector of a counter that Prometheus has"
        )
    (series,) = found.series
    if not np.isfinite(series.values).all() or (series.values < 0).any():
        return Unknown("NotANumber", "a number of requests is none, is infinite or negative")
    seen: Counter[int] = Counter()
    busy: set[int] = set()
    for at, count in zip(series.times.tolist(), series.values.tolist(), strict=True):
        for hour in _hours(datetime.fromtimestamp(at / 1000, UTC), zone):
            seen[hour] += 1
            busy |= {hour} if count > 0 else set()
    missing = sum(seen[hour] < weeks - 1 for hour in range(WEEK))
    if missing or weeks < 2:
        return Unknown(
            "HistoryTooShort",
            f"{missing} hours of the week have no number in every one of {weeks} weeks: look at fewer, at least 2",
        )
    return tuple(sorted(_runs(set(range(WEEK)) - busy, least), key=lambda each: (-each.hours, each.begins)))


def _hours(ended: datetime, zone: ZoneInfo) -> Iterable[int]:
    """The hours of the week there that an hour touches: two, where clocks are half an hour apart from UTC's."""
    moments = (ended - _HOUR, ended - timedelta(seconds=1))
    local = (each.astimezone(zone) for each in moments)
    return {each.weekday() * 24 + each.hour for each in local}


def _runs(idle: set[int], least: int) -> Iterator[Rest]:
    """Stretches without a gap; the week is a circle."""
    if len(idle) == WEEK:
        yield Rest(0, WEEK)
        return
    for begins in sorted(hour for hour in idle if (hour - 1) % WEEK not in idle):
        length = next(after for after in range(1, WEEK) if (begins + after) % WEEK not in idle)
        if length >= least:
            yield Rest(begins, length)
