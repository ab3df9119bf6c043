"""The books of a twin: the operator's, answered from history. Only what is due is looked at."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from autonomic.backtest.money.reading import Money, Rolls
from autonomic.backtest.money.roll import PIECE
from autonomic.cost.survey import Asked, Survey
from autonomic.cycle.cost.books import CostBooks
from autonomic.cycle.cost.lanes import Rows
from autonomic.domain.cost import CostBudget
from autonomic.domain.readings import Question
from autonomic.domain.view import View
from autonomic.slo.counting import milliseconds_of, moment


@dataclass
class PastBooks(CostBooks):
    """Accounts as of the end of the newest piece. `due` are budgets that are looked at, with all that hangs together."""

    money: Money = field(kw_only=True)
    due: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        super().__post_init__()
        # What is kept no more was marked when it was read: at its time it was there.
        self.abilities = {name: replace(each, retention=None) for name, each in self.money.abilities.items()}

    async def opened(self, view: View) -> View:
        """The view with the budgets that are looked at alone, and their accounts. Never raises."""
        seen = replace(view, now=moment(milliseconds_of(view.now) // PIECE * PIECE), budgets=self.looked_at(view))
        return replace(view, budgets=seen.budgets, accounts=await self.accounts(seen))

    async def ask(self, surveys: Iterable[Survey], now: datetime) -> Mapping[Question, Rows]:  # noqa: ARG002 - it is history
        """From the rolls."""
        told: dict[Question, Rows] = {}
        for survey in surveys:
            for key, asked in survey.asked.items():
                # Budgets of one template share their questions.
                told |= {
                    question: answer()
                    for question, answer in _answers(asked, self.money.rolls[key])
                    if question not in told
                }
        return told

    def looked_at(self, view: View) -> dict[str, CostBudget]:
        """Those that are due, and all that hang together with them."""
        trees = {root(key, view) for key in self.due}
        return {key: each for key, each in view.budgets.items() if key in self.money.rolls and root(key, view) in trees}

    async def _ask_abilities(self, budgets: Iterable[CostBudget], view: View) -> None:
        """They are known."""


def root(key: str, view: View) -> str:
    """The highest budget above that one; of a circle, the first of all names."""
    seen = {key}
    while (parent := view.budgets[key].spec.parent) is not None:
        above = f"{view.home if parent.where == 'Platform' else key.partition('/')[0]}/{parent.name}"
        if above not in view.budgets:
            return key
        if above in seen:
            return min(seen)
        seen.add(above)
        key = above
    return key


def _answers(asked: Asked, rolls: Rolls) -> Iterator[tuple[Question, Callable[[], Rows]]]:
    for part in (*asked.parts, asked.long, asked.short, asked.before):
        pairs = ((part.spend, rolls.spend), (part.tasks, rolls.tasks), (part.tokens, rolls.tokens))
        for question, roll in pairs:
            if question and roll:
                yield question, partial(roll.over, part.stretch)
    for question, roll in ((asked.newest, rolls.newest), (asked.counted, rolls.counted)):
        if question and roll:
            yield question, partial(roll.at, question.at)
