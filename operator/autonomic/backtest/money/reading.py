"""Reading what was spent: every question that the books have, asked of all pieces of history in range queries."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from autonomic.backtest.money.roll import PIECE, Roll
from autonomic.cost.survey import Asked, Survey
from autonomic.cost.windows import PACES, Stretch, window
from autonomic.cycle.cost.books import CostBooks
from autonomic.cycle.unions import ask_all
from autonomic.domain.cost import CostBudget
from autonomic.domain.readings import Abilities, Question, RangeQuestion, Series, Unknown
from autonomic.domain.units import duration
from autonomic.domain.view import View
from autonomic.ports.metrics import Metrics
from autonomic.slo.counting import milliseconds_of, moment

_POINTS = 250_000
"""Numbers that one query asks for."""
_DAY, _WEEK = 288, 2016
"""Pieces: of the first query, from which is seen how many rows there are; and the most of one."""
_LENGTH = timedelta(milliseconds=PIECE)
_HOUR = 12
"""Pieces. What is asked of whole hours alone is read for them alone."""

Progress = Callable[[int, int], None]
"""Called with how many questions have been answered, and of how many."""


@dataclass(frozen=True)
class Rolls:
    """What the books ask of one budget; None where there is no such question."""

    spend: Roll
    tasks: Roll | None
    tokens: Roll | None
    newest: Roll | None
    counted: Roll | None


@dataclass
class Money:
    """What was spent by the budgets: looked at from `first` to `last`, every PIECE."""

    first: datetime
    last: datetime
    asked: dict[str, Asked] = field(default_factory=dict)
    rolls: dict[str, Rolls] = field(default_factory=dict)
    problems: dict[str, Unknown] = field(default_factory=dict)
    """Budgets that can't be asked for at all, and why."""
    abilities: Mapping[str, Abilities] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Wanted:
    """A question of every piece, or of every `step`-th."""

    question: Question
    step: int = 1


_Maybe = _Wanted | None


async def read(metrics: Metrics, view: View, since: datetime, progress: Progress = lambda *_: None) -> Money:
    """The spend of all budgets in the view, up to the view's time. Never raises: what fails is Unknown."""
    last = milliseconds_of(view.now) // PIECE * PIECE
    made = Money(moment(-(-milliseconds_of(since) // PIECE) * PIECE), moment(last))
    budgets = list(_replayed(view, made))
    if not budgets or made.first > made.last:
        return made
    books = CostBooks(metrics)
    surveys = await books.surveys(budgets, made.last, view)
    made.abilities = books.abilities
    wanted = _wanted(budgets, surveys, made)
    rolls: dict[_Wanted, Roll] = {}
    for number, (each, origin) in enumerate(wanted.items()):
        rolls[each] = await _roll(metrics, each, origin, made.last)
        _forget(rolls[each], books.abilities.get(each.question.server), view.now)
        progress(number + 1, len(wanted))
    for key, asked in made.asked.items():
        spend, tasks, tokens, *looks = _questions(key, surveys[key], asked)
        for each in filter(None, (tasks, tokens)):
            rolls[each].slim()
        made.rolls[key] = Rolls(rolls[spend], *(rolls[each] if each else None for each in (tasks, tokens, *looks)))
    return made


def _replayed(view: View, made: Money) -> Iterator[CostBudget]:
    for key, budget in sorted(view.budgets.items()):
        if view.judges(budget):
            yield budget
        else:
            made.notes.append(f"budget {key} is not replayed: nothing is judged by it (autonomic.maestro.dev/enabled)")


def _wanted(budgets: Iterable[CostBudget], surveys: Mapping[str, Survey], made: Money) -> dict[_Wanted, datetime]:
    """Every question once, and from when on it is asked: budgets of one template share theirs."""
    wanted: dict[_Wanted, datetime] = {}
    for budget in budgets:
        survey = surveys[budget.key]
        if budget.key in survey.problems:
            made.problems[budget.key] = survey.problems[budget.key]
            continue
        asked = made.asked[budget.key] = survey.asked[budget.key]
        begins = earliest(budget, made.first)
        for each in filter(None, _questions(budget.key, survey, asked)):
            wanted[each] = min(begins, wanted.get(each, begins))
    return wanted


def earliest(budget: CostBudget, at: datetime) -> datetime:
    """When the earliest piece begins that a look at that time counts."""
    limit = budget.spec.limit
    whole = window(limit, at)
    if budget.spec.rollover:
        whole = window(limit, whole.began)
    return min(whole.began, PACES[limit.per].at(at)[2].began)


def _questions(key: str, survey: Survey, asked: Asked) -> tuple[_Wanted, _Maybe, _Maybe, _Maybe, _Maybe]:
    """In the order of `Rolls`."""
    counted = survey.counting(key, Stretch(survey.at - _LENGTH, survey.at))
    tasks, tokens = (_Wanted(each) if each else None for each in (counted.tasks, counted.tokens))
    newest, before = _now(asked.newest, survey.at, 1), _now(asked.counted, survey.at, _HOUR)
    return _Wanted(counted.spend), tasks, tokens, newest, before


def _now(question: Question | None, at: datetime, step: int) -> _Wanted | None:
    if question is None:
        return None
    return _Wanted(Question(question.expr, at, question.lookback, server=question.server), step)


async def _roll(metrics: Metrics, wanted: _Wanted, origin: datetime, last: datetime) -> Roll:
    """A query after the other; one that was not answered is asked once more."""
    first, step = milliseconds_of(origin) + PIECE, wanted.step
    roll = Roll(first, max(0, (milliseconds_of(last) - first) // PIECE + 1))
    at, length = -(first // PIECE) % step, _DAY
    while at < roll.number:
        end = min(at + length * step, roll.number) - 1
        asked = _ranged(wanted, moment(first + at * PIECE), moment(first + end * PIECE))
        found = await _answer(metrics, asked)
        if isinstance(found, Unknown) and found.reason == "MetricsUnavailable":
            found = await _answer(metrics, asked)
        if isinstance(found, Unknown):
            roll.fail(at - step + 1, end, found)
        else:
            roll.add(found)
        at = end + 1 + -(end + 1 + first // PIECE) % step
        length = min(_WEEK, max(_DAY, _POINTS // max(1, len(roll.rows))))
    roll.close()
    return roll


def _ranged(wanted: _Wanted, start: datetime, end: datetime) -> RangeQuestion:
    asked = wanted.question
    return RangeQuestion(asked.expr, start, end, wanted.step * _LENGTH, asked.lookback, asked.server)


async def _answer(metrics: Metrics, asked: RangeQuestion) -> tuple[Series, ...] | Unknown:
    found = (await ask_all(metrics, (asked,), 1))[asked]
    return found if isinstance(found, Unknown) else tuple(each for each in found if isinstance(each, Series))


def _forget(roll: Roll, abilities: Abilities | None, now: datetime) -> None:
    """What the server keeps no more is not known, though it was at its time."""
    kept = abilities.retention if abilities else None
    if kept is None or roll.place(now - kept) < 0:
        return
    keeps = duration(kept // timedelta(milliseconds=1))
    why = f"the metrics server keeps {keeps}: what was spent before is not known any more"
    roll.fail(0, roll.place(now - kept), Unknown("RetentionTooShort", why))
