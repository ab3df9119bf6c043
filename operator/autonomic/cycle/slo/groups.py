"""Which groups an objective with groupBy has: those that Prometheus shows, and for a while those that it no longer does."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from autonomic.cycle.lanes import Lanes
from autonomic.cycle.slo.reading import Times, question
from autonomic.cycle.unions import Asked
from autonomic.domain.readings import Unknown
from autonomic.slo.counting import milliseconds_of
from autonomic.slo.promises import Group, Promise
from autonomic.slo.queries import there
from autonomic.slo.rows import matching

KEPT = timedelta(hours=1)
"""A group that is gone is Unknown for so long, and then forgotten."""

_UNION = 32
Owner = tuple[str, str]


@dataclass
class GroupFinder:
    """Remembers when each group was last seen. `crowded` are objectives with more groups than they may have."""

    lanes: Lanes
    crowded: dict[Owner, int] = field(default_factory=dict)
    _seen: dict[Owner, dict[Group, datetime]] = field(default_factory=dict)

    async def find(self, objectives: Iterable[Promise], at: datetime) -> dict[Owner, tuple[Group, ...]]:
        """The groups of each objective, at most as many as it may have: those that exist first. Never raises."""
        asked = {_question(each, at): each for each in objectives}
        found = await self.lanes.ask({each: promise.contract for each, promise in asked.items()}, _UNION)
        owners = {(each.contract, each.objective.name) for each in asked.values()}
        self._seen = {owner: seen for owner, seen in self._seen.items() if owner in owners}
        for each_asked, items in found.items():
            if not isinstance(items, Unknown):
                promise = asked[each_asked]
                labels = promise.objective.group_by
                self._note(
                    promise, (tuple((label, each.labels.get(label, "")) for label in labels) for each in items), at
                )
        return {(each.contract, each.objective.name): self._of(each) for each in asked.values()}

    def _note(self, promise: Promise, groups: Iterable[Group], at: datetime) -> None:
        seen = self._seen.setdefault((promise.contract, promise.objective.name), {})
        seen |= dict.fromkeys(groups, at)
        for group in [group for group, last in seen.items() if at - last > KEPT]:
            del seen[group]

    def _of(self, promise: Promise) -> tuple[Group, ...]:
        owner = promise.contract, promise.objective.name
        seen = self._seen.get(owner, {})
        self.crowded.pop(owner, None)
        if len(seen) > promise.objective.max_groups:
            self.crowded[owner] = len(seen)
        newest = sorted(seen, key=lambda group: (-seen[group].timestamp(), group))
        return tuple(sorted(newest[: promise.objective.max_groups]))


def _question(promise: Promise, at: datetime) -> Asked:
    shape = promise.total.shape
    now = Times(milliseconds_of(at), 1, 1)
    return question(there(shape, str(matching(shape, (promise.total,)))), shape.lookback, now)
