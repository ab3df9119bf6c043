"""The flow of one budget's money over all looks: which share was spent, whether that is known, on which rung that puts it.

It says when a twin must look. What a look says is for the books of the twin, in decimals; this goes over arrays.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np

from autonomic.backtest.moments import LOOK_AGAIN
from autonomic.backtest.money.reading import Money, Rolls
from autonomic.backtest.money.roll import PIECE, Roll, spoilt
from autonomic.cost.forecast import runs_out
from autonomic.cost.ladder import rung
from autonomic.cost.owners import Row as Owned
from autonomic.cost.owners import mine
from autonomic.cost.pricing import Rates, added, kind_of
from autonomic.cost.spend import STALE
from autonomic.cost.survey import Asked
from autonomic.cost.windows import LENGTHS, PACES, window
from autonomic.cycle.cost.accounting import allowance
from autonomic.domain.cost import CostBudget
from autonomic.domain.readings import Sample, Unknown
from autonomic.domain.spending import Rungs
from autonomic.slo.counting import milliseconds_of, moment
from autonomic.slo.ledger import Flags, Floats, Ints
from autonomic.slo.verdicts import Codes

_DIGITS, _NEAR = 12, 1 - 1e-9
_LENGTH = timedelta(milliseconds=PIECE)
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Flow:
    """Arrays are by looks, which are PIECE apart from `first` on."""

    budget: CostBudget
    first: datetime
    share: Floats
    """Of the limit; NaN where it is not known."""
    own: Codes
    """The height of the rung of its own spend."""
    paid: Floats
    """What was spent up to each look, in shares of the limit, summed up from the beginning of what was read."""
    close: Flags
    """Where it hangs on the last digit whether the money runs out: the books of the twin are asked."""

    def place(self, at: datetime) -> int:
        """The number of the newest look at that time."""
        return (milliseconds_of(at) - milliseconds_of(self.first)) // PIECE

    def time(self, place: int) -> datetime:
        """When that look was."""
        return moment(milliseconds_of(self.first) + place * PIECE)


def flow(key: str, money: Money) -> Flow:
    """The flow of one of the budgets that were read."""
    asked, rolls = money.asked[key], money.rolls[key]
    budget, roll = asked.budget, rolls.spend
    looks = np.arange(roll.place(money.first), roll.place(money.last) + 1, dtype=np.int64)
    spent = _Spent(_paid(asked, roll), roll)
    windows = _windows(asked, rolls, looks, spent)
    amount = spent.between(windows.begins, looks)
    known, exhausting = _fresh(asked, rolls, looks), np.ones(len(looks), np.bool_)
    left = (windows.ends - looks).astype(np.float64) * (PIECE / 1000)
    leaving: Floats = amount / left if budget.spec.limit.window == "Rolling" else np.zeros(len(looks))
    pace = PACES[budget.spec.limit.per]
    limit_left: Floats = windows.limits - amount
    close = np.zeros(len(looks), np.bool_)
    for length in (pace.long, pace.short):
        rate: Floats = spent.between(looks - length // _LENGTH, looks) / length.total_seconds()
        known &= ~np.isnan(rate)
        growth: Floats = rate - leaving
        exhausting &= np.asarray(runs_out(limit_left, growth, left))
        close |= np.abs(limit_left - growth * left) <= (1 - _NEAR) * windows.limits
    share = np.where(known, amount / windows.limits, np.nan)
    paid = spent.sums[looks + 1] / float(budget.spec.limit.amount)
    return Flow(budget, money.first, share, _own(budget, share, exhausting), paid, close)


@dataclass(frozen=True)
class _Windows:
    """Of each look the window that it lies in: the pieces after which it begins, and up to which it lasts; and its limit."""

    begins: Ints
    ends: Ints
    limits: Floats


class _Spent:
    """What was spent between pieces: NaN where that is not known."""

    def __init__(self, paid: Floats, roll: Roll) -> None:
        bad = np.isnan(paid)
        self.sums: Floats = np.concatenate(([0.0], np.cumsum(np.where(bad, 0.0, paid))))
        self._bad: Ints = np.concatenate(([0], np.cumsum(bad))).astype(np.int64)
        self._roll = roll

    def between(self, after: Ints, upto: Ints) -> Floats:
        """Of the pieces after the one, up to and with the other."""
        start, stop = np.maximum(after + 1, 0), upto + 1
        unknown = (self._bad[stop] > self._bad[start]) | self._roll.unknown(after + 1, stop)
        found: Floats = np.where(unknown, np.nan, self.sums[stop] - self.sums[start])
        return found


def _paid(asked: Asked, roll: Roll) -> Floats:
    """The money of each piece that is the budget's; NaN where a number is none, or where a price is not known."""
    paid, days = np.zeros(roll.number), _days(roll)
    rates = Rates(asked.budget.spec.prices, asked.budget.spec.limit.currency)
    for labels, row in roll.named():
        found = mine(asked.recipe, [Sample(labels, "0")])
        for one in found if not isinstance(found, Unknown) else ():
            weights = _weights(one, days, rates) if asked.recipe.kind == "Tokens" else 1.0
            counted = np.where(spoilt(row), np.nan, row.values)
            paid += np.where(counted == 0, 0.0, counted * weights)
    return paid


def _weights(row: Owned, days: dict[date, int], rates: Rates) -> Floats:
    """What a token of the row costs in each piece; NaN where nobody knows."""
    prices = [rates.of(row.owner.get("model", ""), row.provider, day) for day in days]
    each = [np.nan if isinstance(found, Unknown) else float(added(kind_of(row), found)) for found in prices]
    return np.repeat(each, list(days.values()))


def _days(roll: Roll) -> dict[date, int]:
    """How many pieces each day in UTC has."""
    ends = (roll.first + np.arange(roll.number, dtype=np.int64) * PIECE - 1) // 86_400_000
    numbers, counts = np.unique(ends, return_counts=True)
    return {date.fromordinal(_EPOCH + int(day)): int(count) for day, count in zip(numbers, counts, strict=True)}


def _windows(asked: Asked, rolls: Rolls, looks: Ints, spent: _Spent) -> _Windows:
    limit, roll = asked.budget.spec.limit, rolls.spend
    if limit.window == "Rolling":
        length = LENGTHS[limit.per] // _LENGTH
        return _Windows(looks - length, looks + length, np.full(len(looks), float(limit.amount)))
    begins, ends, limits = looks.copy(), looks.copy(), np.zeros(len(looks))
    at = 0
    while at < len(looks):
        whole = window(limit, moment(roll.first + int(looks[at]) * PIECE))
        inside = slice(at, at + roll.place(whole.ended) - int(looks[at]) + 1)
        begins[inside], ends[inside] = roll.place(whole.began), roll.place(whole.ended)
        limits[inside] = float(allowance(asked.budget, _last(asked, rolls, whole.began, spent)))
        at = min(inside.stop, len(looks))
    return _Windows(begins, ends, limits)


def _last(asked: Asked, rolls: Rolls, ended: datetime, spent: _Spent) -> Decimal | None:
    """What was spent in the window that ended then, where that is asked for and known."""
    spec, roll = asked.budget.spec, rolls.spend
    if not spec.rollover:
        return None
    began, end = (np.array([roll.place(each)], np.int64) for each in (window(spec.limit, ended).began, ended))
    (amount,) = np.where(_fresh(asked, rolls, end), spent.between(began, end), np.nan).tolist()
    return None if np.isnan(amount) else Decimal(str(amount))


def _fresh(asked: Asked, rolls: Rolls, looks: Ints) -> Flags:
    """Where something had been heard of the spend lately; of a whole query, where it said anything."""
    roll = rolls.newest or rolls.spend
    inside = looks + (rolls.spend.first - roll.first) // PIECE
    heard = np.full(roll.number, -np.inf)
    for labels, row in roll.named():
        said = row.values if rolls.newest else np.full(roll.number, np.inf)
        if mine(asked.recipe, [Sample(labels, "0")], only=("tenant",)):
            heard = np.maximum(heard, np.where(row.there, said, -np.inf))
    age = (roll.first + inside * PIECE) / 1000 - heard[inside]
    found: Flags = (age <= STALE.total_seconds()) & ~roll.unknown(inside, inside + 1)
    return found


def _own(budget: CostBudget, share: Floats, exhausting: Flags) -> Codes:
    """The rung at each look; it remembers, so that it goes look by look."""
    ladder = [(name, Decimal(each.at)) for name, each in budget.spec.rungs()]
    release, lowest = Decimal(budget.spec.release), float(budget.spec.ladder[0].at)
    own, standing = np.zeros(len(share), np.int8), Rungs.NORMAL
    for at in np.flatnonzero(~np.isnan(share)).tolist():
        if standing is not Rungs.NORMAL or share[at] >= lowest * _NEAR:
            amount = Decimal(repr(round(float(share[at]), _DIGITS)))
            standing = rung(amount, standing, ladder, release, exhausting=bool(exhausting[at]))
        own[at] = standing.height
    known = np.maximum.accumulate(np.where(np.isnan(share), -1, np.arange(len(share))))
    carried: Codes = np.where(known >= 0, own[np.maximum(known, 0)], 0).astype(np.int8)
    return carried


def looks(each: Flow) -> tuple[list[int], list[int]]:
    """Milliseconds since the epoch: the first look, and those at which something changed; now and then while it is pressed."""
    state = each.own * 2 + np.isnan(each.share)
    times = milliseconds_of(each.first) + np.arange(len(state), dtype=np.int64) * PIECE
    close = each.close & ((each.own > 0) | (np.roll(each.own, 1) > 0))
    changed = (np.diff(state, prepend=-1) != 0) | close | np.roll(close, 1)
    return times[changed].tolist(), times[(each.own > 0) & (times % LOOK_AGAIN == 0)].tolist()
