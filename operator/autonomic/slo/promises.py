"""Promises: the objectives of a contract made ready to be judged, one for each group, with the rows that count them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, lru_cache

from autonomic.domain.alerting import AlertWindow
from autonomic.domain.borders import bound_of
from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import Invalid
from autonomic.domain.objectives import Objective, Slices
from autonomic.domain.units import milliseconds
from autonomic.domain.windows import Maintenance, Window
from autonomic.domain.words import Level
from autonomic.slo.indicators import Options, measure
from autonomic.slo.measures import Events, Gauge, Increase, Measure, Mix, Term, exact
from autonomic.slo.rows import Row, row

Group = tuple[tuple[str, str], ...]
Groups = Mapping[tuple[str, str], tuple[Group, ...]]
"""The groups that exist, by (contract, objective)."""

PLAIN: tuple[Group, ...] = ((),)


@dataclass(frozen=True, eq=False)
class Promise:
    """One objective, or one group of it. `part` numbers the parts of a composite, that are judged for it alone."""

    contract: str
    objective: Objective
    measure: Measure
    maintenance: tuple[Maintenance, ...]
    group: Group = ()
    part: int | None = None
    parts: tuple[tuple["Promise", int], ...] = ()
    rows: tuple[Row, Row | None] | None = None
    """Set once it is settled: the rows of all events, or of a value, and of bad or good ones."""

    @cached_property
    def key(self) -> tuple[object, ...]:
        """What stays the same as long as what was counted stays of use."""
        return self.contract, self.objective.name, self.group, self.part, self.rows, self.measure, self.schedule

    @cached_property
    def schedule(self) -> "Schedule":
        """When it is judged, over which windows, and how time is cut."""
        return schedule(self)

    def settled(self) -> "Promise":
        """The same with its rows, and with what its measure has in common with others: ten thousand take little room."""
        if self.parts:
            return replace(self, parts=tuple((part.settled(), weight) for part, weight in self.parts))
        rows = self.total, self.other
        if not isinstance(self.measure, Events):
            return replace(self, rows=rows)
        other = rows[1].shape.term if rows[1] else None
        sides = (None, other) if self.counts_good else (other, None)
        return replace(self, measure=_events(rows[0].shape.term, *sides), rows=rows)

    @property
    def total(self) -> Row:
        """The row of all events, or of the value that is compared."""
        if self.rows:
            return self.rows[0]
        term = self.measure.value if isinstance(self.measure, Gauge) else self._events.total
        return row(term, self.group, self.objective.lookback)

    @property
    def other(self) -> Row | None:
        """The row of bad or good events; None for a gauge."""
        if self.rows:
            return self.rows[1]
        if isinstance(self.measure, Gauge):
            return None
        term = self._events.bad or self._events.good
        return row(term, self.group, self.objective.lookback) if term else None

    @property
    def counts_good(self) -> bool:
        """True when `other` counts good events."""
        return isinstance(self.measure, Events) and self.measure.good is not None

    @property
    def counts_bucket(self) -> bool:
        """True when `other` counts a classic histogram's bucket."""
        good = self.measure.good if isinstance(self.measure, Events) else None
        return isinstance(good, Increase) and bound_of(good.selector) is not None

    @property
    def exact(self) -> bool:
        """Whether its counts can be exact at all."""
        return all(part.exact for part, _ in self.parts) if self.parts else exact(self.measure)

    @property
    def _events(self) -> Events:
        assert isinstance(self.measure, Events)  # noqa: S101 - a gauge and a mix have no events of their own
        return self.measure


@lru_cache(maxsize=1 << 14)
def _events(total: Term, bad: Term | None, good: Term | None) -> Events:
    """The one measure of all promises of these shapes."""
    return Events(total, bad, good)


@dataclass(frozen=True, slots=True)
class Tier:
    """One alert tier, its windows in milliseconds."""

    long: int
    short: int
    factor: Decimal
    level: Level


@dataclass(frozen=True, slots=True)
class Schedule:
    """What promises must have in common to be counted side by side. Lengths in milliseconds."""

    bucket: int
    tiers: tuple[Tier, ...]
    period: str
    zone: str
    budgeting: str
    slice_target: str
    maintenance: tuple[Maintenance, ...]

    @property
    def rolling(self) -> int | None:
        """Length of a period that rolls."""
        return None if self.zone else milliseconds(self.period)

    @property
    def window(self) -> Window:
        """The period as it was written."""
        if self.zone:
            return Window.model_validate({"calendar": {"unit": self.period, "timeZone": self.zone}})
        return Window(rolling=self.period)

    @property
    def windows(self) -> tuple[int, ...]:
        """All windows of the tiers, shortest first."""
        return tuple(sorted({each for tier in self.tiers for each in (tier.long, tier.short)}))


def schedule(promise: Promise) -> Schedule:
    """The schedule of a promise: the length of a bucket is a slice where slices are counted, else the resolution."""
    objective = promise.objective
    grid = objective.alerting.resolution if objective.budgeting == "Occurrences" else objective.slice_length
    return _schedule(
        grid, objective.tiers, objective.window, objective.budgeting, objective.slices, promise.maintenance
    )


@lru_cache(maxsize=4096)
def _schedule(
    grid: str,
    tiers: tuple[AlertWindow, ...],
    window: Window,
    budgeting: str,
    slices: Slices | None,
    maintenance: tuple[Maintenance, ...],
) -> Schedule:
    calendar = window.calendar
    return Schedule(
        bucket=milliseconds(grid),
        tiers=tuple(
            Tier(milliseconds(each.long), milliseconds(each.short), Decimal(each.factor), Level(each.level))
            for each in tiers
        ),
        period=calendar.unit if calendar else str(window.rolling),
        zone=calendar.time_zone if calendar else "",
        budgeting=budgeting,
        slice_target=(slices.target or "") if slices else "",
        maintenance=maintenance,
    )


def promises(
    contract: SLAContract, options: Options, contracts: Mapping[str, SLAContract], groups: Groups
) -> tuple[Promise, ...]:
    """All promises of a contract, in the order of its objectives. Raises Invalid that names the field and the way out."""
    return tuple(
        promise
        for objective in contract.spec.objectives
        for promise in _of(contract, objective, options, contracts, groups)
    )


def _of(
    contract: SLAContract,
    objective: Objective,
    options: Options,
    contracts: Mapping[str, SLAContract],
    groups: Groups,
) -> Iterable[Promise]:
    found = measure(objective, options)
    plain = Promise(contract.key, objective, found, contract.spec.maintenance)
    if isinstance(found, Mix):
        yield replace(plain, parts=tuple(_parts(plain, found, options, contracts)))
        return
    known = groups.get((contract.key, objective.name), ()) if objective.group_by else PLAIN
    for group in known:
        yield replace(plain, group=group)


def _parts(
    whole: Promise, mix: Mix, options: Options, contracts: Mapping[str, SLAContract]
) -> Iterable[tuple[Promise, int]]:
    for number, (name, weight) in enumerate(mix.parts):
        part = _named(name, options.namespace, contracts)
        if part.server != whole.objective.server:
            raise Invalid(
                f"indicator.composite: {name} asks the server {part.server!r} and this objective {whole.objective.server!r}:"
                " set indicator.server to the one that all parts ask"
            )
        found = measure(part, options)
        if not isinstance(found, Events):
            raise Invalid(
                f"indicator.composite: {name} is a {'composite' if isinstance(found, Mix) else 'threshold'}:"
                " name objectives that count events"
            )
        yield replace(whole, measure=found, part=number), weight


def _named(name: str, namespace: str, contracts: Mapping[str, SLAContract]) -> Objective:
    contract, _, objective = name.partition("/")
    found = contracts.get(f"{namespace}/{contract}")
    for each in found.spec.objectives if found else ():
        if each.name == objective:
            return each
    raise Invalid(
        f"indicator.composite: there is no objective {name} in namespace {namespace}: write contract/objective"
    )


def open_objectives(contract: SLAContract, options: Options) -> Iterable[Promise]:
    """The objectives with groupBy, whose groups must be asked for. Raises Invalid as `promises`."""
    for objective in contract.spec.objectives:
        if objective.group_by:
            yield Promise(
                contract.key,
                objective,
                measure(objective, options),
                contract.spec.maintenance,
                tuple((label, "") for label in objective.group_by),
            )
