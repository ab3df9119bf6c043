"""What a budget's questions were answered: how much was spent, at which rates, by whom. Or why that is not known.

Money is never a float: values are read as the server wrote them. What is NaN, infinite, negative, stale, absent or warned about
is Unknown, with the reason and what to do.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from autonomic.cost.owners import Row, mine
from autonomic.cost.pricing import Rates, cost
from autonomic.cost.survey import Asked, Counted, Survey, Told
from autonomic.cost.windows import Stretch
from autonomic.domain.readings import Question, Unknown

STALE = timedelta(minutes=5)
"""Older samples say nothing of now."""
_DAY = 86_400
DIMENSIONS = ("workstream", "agent", "model")


@dataclass(frozen=True, slots=True)
class Figures:
    """One window: the money spent in it, the tasks done and the tokens used, where something counts them."""

    stretch: Stretch
    amount: Decimal
    tasks: Decimal | None = None
    tokens: Decimal | None = None

    @property
    def rate(self) -> Decimal:
        """Money a second."""
        return self.amount / self.stretch.seconds


@dataclass(frozen=True, slots=True)
class Spend:
    """What was spent in `whole`, up to `at`; `by` names a dimension, then who. Not exact: why, in `inexact`."""

    amount: Decimal
    currency: str
    whole: Stretch
    at: datetime
    long: Figures
    short: Figures
    before: Figures | None
    """None where that is not known, or spend was not counted in all of it."""
    by: Mapping[str, Mapping[str, Decimal]]
    lately: Mapping[str, Mapping[str, Decimal]]
    """The same in the long window."""
    daily: Mapping[str, tuple[Decimal, ...]]
    """What each agent spent on each whole day (UTC) of the window."""
    rolling: bool
    inexact: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    """The queries of the present day and of the two windows, and what they come to."""


class _NotKnownError(Exception):
    def __init__(self, why: Unknown) -> None:
        super().__init__(why.message)
        self.why = why


def spent(survey: Survey, key: str, told: Told) -> Spend | Unknown:
    """The spend of the budget `namespace/name`."""
    if key in survey.problems:
        return survey.problems[key]
    asked = survey.asked[key]
    forgotten = _forgotten(survey, asked)
    if forgotten:
        return forgotten
    try:
        return _spend(survey, asked, told)
    except _NotKnownError as error:
        return error.why


def figures(survey: Survey, key: str, part: Counted, told: Told) -> Figures | Unknown:
    """One stretch of the budget by itself, as `survey.counting` asks for it."""
    asked = survey.asked[key]
    rates = Rates(asked.budget.spec.prices, asked.budget.spec.limit.currency)
    try:
        _fresh(asked, told, survey.at)
        return _figures(asked, part, list(_rows(asked, part, told, rates)), told)
    except _NotKnownError as error:
        return error.why


def _forgotten(survey: Survey, asked: Asked) -> Unknown | None:
    kept = survey.server.retention
    if kept is None or asked.whole.began >= survey.at - kept:
        return None
    return Unknown(
        "RetentionTooShort",
        f"the metrics server keeps {kept.days} days, the window began at {asked.whole.began:%Y-%m-%d %H:%M} UTC: keep samples"
        " longer (--storage.tsdb.retention.time), or take a shorter window",
    )


def _spend(survey: Survey, asked: Asked, told: Told) -> Spend:
    _fresh(asked, told, survey.at)
    spec = asked.budget.spec
    rates = Rates(spec.prices, spec.limit.currency)
    days = {part.stretch: list(_rows(asked, part, told, rates)) for part in asked.parts}
    parts = [row for rows in days.values() for row in rows]
    long = list(_rows(asked, asked.long, told, rates))
    figures = {
        "long": _figures(asked, asked.long, long, told),
        "short": _figures(asked, asked.short, list(_rows(asked, asked.short, told, rates)), told),
    }
    return Spend(
        amount=sum((row.value for row in parts), Decimal(0)),
        currency=spec.limit.currency,
        whole=asked.whole,
        at=survey.at,
        by=_shares(parts),
        lately=_shares(long),
        daily=_daily([rows for stretch, rows in days.items() if stretch.seconds == _DAY]),
        rolling=spec.limit.window == "Rolling",
        inexact=tuple(_inexact(survey, asked, rates)),
        before=_before(asked, told, rates),
        sources=tuple(_sources(asked, list(days.values())[-1], figures)),
        **figures,
    )


def _sources(asked: Asked, today: list[Row], figures: Mapping[str, Figures]) -> Iterable[tuple[str, str]]:
    yield asked.parts[-1].spend.expr, f"{sum((row.value for row in today), Decimal(0)):f}"
    yield asked.long.spend.expr, f"{figures['long'].amount:f}"
    yield asked.short.spend.expr, f"{figures['short'].amount:f}"


def _before(asked: Asked, told: Told, rates: Rates) -> Figures | None:
    try:
        if asked.counted and not _read(asked, asked.counted, told, only=("tenant",)):
            return None
        return _figures(asked, asked.before, list(_rows(asked, asked.before, told, rates)), told)
    except _NotKnownError:
        return None


def _fresh(asked: Asked, told: Told, at: datetime) -> None:
    """Raises unless something was heard of the spend lately."""
    if asked.newest is None:
        return
    heard = [row.value for row in _read(asked, asked.newest, told, only=("tenant",))]
    if not heard:
        raise _NotKnownError(
            Unknown(
                "Absent",
                f"no series says what is spent ({asked.recipe.text}): nothing was spent yet, or what exports it is not"
                " scraped; compare spec.spend with what Prometheus has",
            )
        )
    age = Decimal(str(at.timestamp())) - max(heard)
    if age > Decimal(str(STALE.total_seconds())):
        raise _NotKnownError(
            Unknown(
                "Stale", f"the newest sample of the spend is {age:.0f} seconds old: look whether its exporter is up"
            )
        )


def _rows(asked: Asked, part: Counted, told: Told, rates: Rates) -> Iterable[Row]:
    """What each owner spent in the stretch: tokens are priced, money is as it is."""
    rows = _read(asked, part.spend, told)
    if asked.recipe.kind == "Query" and not rows:
        raise _NotKnownError(Unknown("Absent", "the query spend.query.expr returned nothing: try it in Prometheus"))
    if asked.recipe.kind != "Tokens":
        return rows
    priced = cost(rows, part.stretch.day, rates)
    if isinstance(priced, Unknown):
        raise _NotKnownError(priced)
    return priced


def _read(asked: Asked, question: Question, told: Told, only: tuple[str, ...] | None = None) -> list[Row]:
    answer = told.get(question, Unknown("NotAsked", "the metrics server was not asked yet"))
    if isinstance(answer, Unknown):
        raise _NotKnownError(answer)
    found = mine(asked.recipe, answer, only)
    if isinstance(found, Unknown):
        raise _NotKnownError(found)
    return found


def _figures(asked: Asked, part: Counted, rows: list[Row], told: Told) -> Figures:
    amount = sum((row.value for row in rows), Decimal(0))
    tokens = _sum(asked, part.tokens, told)
    if asked.recipe.kind == "Tokens":
        tokens = sum((row.tokens for row in rows), Decimal(0))
    return Figures(part.stretch, amount, _sum(asked, part.tasks, told), tokens)


def _sum(asked: Asked, question: Question | None, told: Told) -> Decimal | None:
    """None where that is not known: it tells why spend grew, and decides nothing."""
    if question is None:
        return None
    try:
        rows = _read(asked, question, told, () if asked.recipe.own_tasks else None)
    except _NotKnownError:
        return None
    return sum((row.value for row in rows), Decimal(0)) if rows else None


def _shares(rows: Iterable[Row]) -> Mapping[str, Mapping[str, Decimal]]:
    found: dict[str, dict[str, Decimal]] = {name: defaultdict(Decimal) for name in DIMENSIONS}
    for row in rows:
        for name in DIMENSIONS:
            if row.owner.get(name):
                found[name][row.owner[name]] += row.value
    return {name: dict(shares) for name, shares in found.items() if shares}


def _daily(days: Iterable[list[Row]]) -> Mapping[str, tuple[Decimal, ...]]:
    found: dict[str, list[Decimal]] = defaultdict(list)
    for rows in days:
        for who, amount in _shares(rows).get("agent", {}).items():
            found[who].append(amount)
    return {who: tuple(amounts) for who, amounts in found.items()}


def _inexact(survey: Survey, asked: Asked, rates: Rates) -> Iterable[str]:
    if not survey.server.anchored and asked.recipe.kind in ("Counter", "Tokens"):
        yield "the metrics server extrapolates what counters counted"
    if asked.recipe.kind == "Allocation":
        yield "allocation is sampled, not counted"
    if asked.recipe.kind == "Query":
        yield "a whole query is taken at its word"
    yield from (f"calls of {model} cost more or less by their length or hour" for model in sorted(rates.inexact))
