"""A cohort: the promises of one schedule, counted and judged side by side, and what is remembered of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from zlib import crc32

import numpy as np

from autonomic.domain.readings import Unknown
from autonomic.slo.counting import Plan, milliseconds_of, moment
from autonomic.slo.ledger import Flags, Floats, Ints, Ledger, chosen
from autonomic.slo.periods import period_start
from autonomic.slo.promises import Promise, Schedule
from autonomic.slo.rows import Shape
from autonomic.slo.verdicts import Codes, Figures, Hysteresis, Terms, Verdicts


@dataclass
class Cohort:
    """`ledger` is None where windows are asked directly. `at` is the moment (milliseconds) that the figures speak of."""

    schedule: Schedule
    ledger: Ledger | None
    promises: list[Promise] = field(default_factory=list)
    at: int = 0
    plan: Plan = field(default_factory=lambda: Plan([]))
    windows: dict[int, Floats] = field(default_factory=dict)
    period: Floats = field(default_factory=lambda: np.zeros((2, 0)))
    newest: Floats = field(default_factory=lambda: np.zeros(0))
    born: Floats = field(default_factory=lambda: np.zeros(0))
    known_born: Floats = field(default_factory=lambda: np.zeros(0))
    trailing: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    """How many of the newest buckets of each promise ended with a number that is none."""
    problems: dict[int, Unknown] = field(default_factory=dict)
    shown: Codes = field(default_factory=lambda: np.zeros(0, np.int8))
    """The level shown of each promise, as its place in LEVELS."""
    seen: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    """What was visible of each promise when it was judged last, as one number."""
    verdicts: Verdicts | None = None
    remembered: dict[int, dict[int, tuple[Decimal, Decimal]]] = field(default_factory=dict)
    """Bad and total of days that a contract's status has kept, by promise and number of the day."""
    forgets: bool = False
    """Whether the server no longer has all of the period."""
    fresh: Flags | None = None
    """Which had a sample in the newest bucket, where that is known."""
    census: dict[str, object] = field(default_factory=dict)
    """How many series each selector had in the newest bucket."""
    hysteresis: Hysteresis = field(default_factory=Hysteresis)
    phases: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    def __post_init__(self) -> None:
        self.terms = Terms((), self.schedule)

    def hold(self, promises: Sequence[Promise]) -> Ints:
        """Takes these promises instead of those held; what was counted for one that stays is kept. The new ones' places."""
        before = {each.key: at for at, each in enumerate(self.promises)}
        kept = np.array([before.get(each.key, -1) for each in promises], np.int64)
        if len(kept) != len(self.promises) or (kept != np.arange(len(kept))).any():
            self._select(kept)
            self.plan, self.census = Plan(promises), {}
            self.plan.prepare()
            self.phases = np.array([_phase(each) for each in promises], np.int64)
        self.promises = list(promises)
        self.terms = Terms(promises, self.schedule)
        return np.flatnonzero(kept < 0)

    def _select(self, kept: Ints) -> None:
        if self.ledger:
            self.ledger.select(kept)
        self.hysteresis.select(kept)
        self.newest, self.born = chosen(self.newest, kept), chosen(self.born, kept)
        self.known_born, self.trailing = chosen(self.known_born, kept), chosen(self.trailing, kept)
        self.shown, self.seen = chosen(self.shown, kept), np.zeros(0, np.int64)
        self.verdicts = None
        self.period = chosen(self.period, kept, axis=1)
        self.windows = {window: chosen(counts, kept, axis=1) for window, counts in self.windows.items()}
        self.problems = {}

    def reach(self, promise: Promise) -> int:
        """Milliseconds from the beginning of the promise's period to now."""
        if self.schedule.rolling:
            return self.schedule.rolling
        start = period_start(promise.objective.window, moment(self.at - 1))
        return self.at - milliseconds_of(start)

    @property
    def figures(self) -> Figures:
        """What was counted, for judging."""
        problem = np.zeros(len(self.promises), np.bool_)
        problem[list(self.problems)] = True
        return Figures(self.at, self.windows, self.period, self.newest, self.born, problem)

    def some(self, where: Ints) -> Plan:
        """The plan for reading some of the promises; of all it is there already. Of many it takes long: use a thread."""
        if np.array_equal(where, np.arange(len(self.promises))):
            return self.plan
        plan = Plan([self.promises[at] for at in where])
        plan.prepare()
        return plan


def _phase(promise: Promise) -> int:
    """A number that promises of one shape share: what is done now and then is done for them together."""
    return 0 if promise.parts else _number(promise.total.shape)


@lru_cache(maxsize=4096)
def _number(shape: Shape) -> int:
    return crc32(repr(shape).encode())
