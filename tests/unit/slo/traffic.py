"""Two counters, all tasks and those that failed, at rates that a test gives; a server that answers the engine about them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from autonomic.domain.readings import Sample, Vector
from autonomic.domain.units import span
from autonomic.ports.memory.metrics import Answer

_MEMBER = re.compile(r'label_replace\((.*?), "autonomic_question", "(\d+)", "", ""\)')
_BAD = 'status="failed"'
_BY_STATUS = re.compile(r"by \([^)]*\bstatus\b")
_INCREASE = re.compile(r"increase\(\w+(?:\{.*?\})?\[(\w+)\]")
_THERE = re.compile(r"count.*\(last_over_time\(\w+(?:\{.*?\})?\[(\w+)\](?: offset (\w+))?\)\)")
_NONE_NEW = ("unless", "first_over_time")


@dataclass(frozen=True)
class Stretch:
    """From `since` to `until`: so many events a minute, all and bad."""

    since: datetime
    until: datetime
    total: int
    bad: int = 0


@dataclass
class Traffic:
    """Counts the stretches' events of any window. Its `answer` is a script for `MemoryMetrics`.

    `tenants` have counters of their own, which are told where a query asks for them by their label.
    """

    stretches: Sequence[Stretch] = field(default_factory=list)
    tenants: Mapping[str, "Traffic"] = field(default_factory=dict)

    def answer(self, expr: str, at: datetime) -> Answer:
        """What a server that holds these counters answers, unions included."""
        members = _MEMBER.findall(expr)
        if not members:
            return Vector(tuple(self._samples(expr, at, {})))
        return Vector(
            tuple(each for inner, n in members for each in self._samples(inner, at, {"autonomic_question": n}))
        )

    def counted(self, since: datetime, until: datetime, *, bad: bool) -> float:
        """Events after `since` up to `until`."""
        found = 0.0
        for each in self.stretches:
            overlap = min(until, each.until) - max(since, each.since)
            found += max(overlap, timedelta(0)) / timedelta(minutes=1) * (each.bad if bad else each.total)
        return found

    def _samples(self, expr: str, at: datetime, labels: dict[str, str]) -> list[Sample]:
        if "tenant" in expr:
            told = ((one, {**labels, "tenant": name}) for name, one in self.tenants.items())
            return [each for one, named in told for each in one._samples(expr.replace("tenant", ""), at, named)]
        bad = _BAD in expr
        if _BY_STATUS.search(expr) and "increase" in expr and not bad:
            return self._by_status(expr, at, labels)
        named = {**labels, "status": "failed"} if bad else labels
        value = self._value(expr, at, bad=bad)
        return [] if value is None else [Sample(named, repr(value))]

    def _by_status(self, expr: str, at: datetime, labels: dict[str, str]) -> list[Sample]:
        total, bad = (self._value(expr, at, bad=which) for which in (False, True))
        if total is None or bad is None:
            return []
        parts = {"failed": bad, "succeeded": total - bad}
        return [Sample({**labels, "status": status}, repr(value)) for status, value in parts.items()]

    def _value(self, expr: str, at: datetime, *, bad: bool) -> float | None:
        if any(word in expr for word in _NONE_NEW):
            return None
        if counted := _INCREASE.search(expr):
            since = at - span(counted[1])
            return self.counted(since, at, bad=bad) if self._recorded(since, at) else None
        if there := _THERE.match(expr):
            until = at - span(there[2]) if there[2] else at
            return 1.0 if self._recorded(until - span(there[1]), until) else None
        return at.astimezone(UTC).timestamp() if "timestamp" in expr else 1.0

    def _recorded(self, since: datetime, until: datetime) -> bool:
        """Whether there was any sample after `since` up to `until`."""
        return any(each.since < until and each.until > since for each in self.stretches)
