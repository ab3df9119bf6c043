"""The money of one replay: which budgets a twin looks at, what their rungs were, and which ask for nothing more."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from autonomic.backtest.money.books import PastBooks, root
from autonomic.backtest.money.reading import Money
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.cost import CostBudget, CostBudgetStatus
from autonomic.domain.findings import Analysis, Fact
from autonomic.domain.readings import Answers
from autonomic.domain.view import View
from autonomic.domain.words import Mode
from autonomic.loops.cost import CostOptimizationLoop
from autonomic.loops.vetoes import speaking
from autonomic.simulate.twin import Twin

BUDGET = "budget:"
LOOK_AGAIN = frozenset((BUDGET,))
"""Whose moment it is where one is only for budgets that ask for something which was not granted yet."""
_RUNG, _UNKNOWN, _KNOWN = "CostLevelChanged", "CostSpendUnknown", "CostSpendKnown"


class PastCostLoop(CostOptimizationLoop):
    """The loop. What would have been changed by now is watched on, and asks for nothing.

    `closed` are those owners, as `owner_of` names them; `asking` those that asked for something at the last look.
    """

    def __init__(self) -> None:
        self.closed: frozenset[str] = frozenset()
        self.asking: frozenset[str] = frozenset()

    def analyze(self, loop: ControlLoopResource, view: View, answers: Answers) -> Analysis:
        """Its analysis, without the findings of those."""
        found = super().analyze(loop, view, answers)
        owned = ((f"{BUDGET}{each.owner.key}", each) for each in found.findings)
        still = tuple((owner, each) for owner, each in owned if owner not in self.closed)
        # What is only observed stays so: nothing in a replay changes a mode.
        self.asking = frozenset(owner for owner, each in still if each.mode is not Mode.OBSERVE)
        return replace(found, findings=tuple(each for _, each in still))


@dataclass(frozen=True)
class Told:
    """What a budget's status said after a look at which its rung changed, or whether its spend is known."""

    at: datetime
    budget: str
    status: CostBudgetStatus
    unknown: str | None = None
    """Why the spend is not known since then; empty where it is known again; None where the rung changed."""


class Till:
    """Money in one replay. `told` is what was said of budgets, in order."""

    def __init__(self, money: Money, twin: Twin, loop: PastCostLoop) -> None:
        self.told: list[Told] = []
        self._layer, self._loop = twin.layer, loop
        self._books = PastBooks(self._layer.ports.metrics, money=money)
        self._roots = {f"{BUDGET}{key}": root(key, self._view) for key in self._view.budgets}

    def serve(self) -> None:
        """From now on the twin's loop is told what was spent then."""
        self._layer.whole.loop_turn.prepare = {CostOptimizationLoop.type: self._books.opened}

    def asking(self, waiting: Iterable[str]) -> frozenset[str]:
        """The budgets that asked for something that was not granted: no plan was made, or it is among those that wait."""
        return self._loop.asking | {each for each in waiting if each.startswith(BUDGET)}

    def open(self, owners: Iterable[str]) -> frozenset[str]:
        """These are looked at; the contracts that may hold up what is asked for by them."""
        if not self._roots:
            return frozenset()
        view = self._view
        due = {each.removeprefix(BUDGET) for each in owners if each.startswith(BUDGET)}
        self._books.due = frozenset(due & self._books.money.rolls.keys())
        return frozenset(key for each in self._books.looked_at(view).values() for key in speaking(each, view))

    def ask_again(self, owner: str) -> None:
        """A plan of it gave way: it asks for another one, if it still wants one."""
        self._loop.asking |= {owner} & self._roots.keys()

    @property
    def idle(self) -> frozenset[str]:
        """The type of its loop, where it has nothing to look at."""
        return frozenset() if self._books.due else frozenset((PastCostLoop.type,))

    def close(self, owners: Iterable[str]) -> None:
        """From now on these ask for nothing."""
        self._loop.closed = frozenset(owners)

    def note(self, facts: Iterable[Fact]) -> None:
        """Takes down what was told of budgets just now."""
        for fact in facts:
            if fact.about.kind == CostBudget.names.kind and fact.name in (_RUNG, _UNKNOWN, _KNOWN):
                why = None if fact.name == _RUNG else fact.message if fact.name == _UNKNOWN else ""
                view = self._view
                self.told.append(Told(view.now, fact.about.key, view.budgets[fact.about.key].status, why))

    def hangs_together(self, one: str, other: str) -> bool:
        """Whether what was done for one owner changes what follows for the other."""
        roots = self._roots.get(one), self._roots.get(other)
        return one == other or (None not in roots and roots[0] == roots[1])

    @property
    def _view(self) -> View:
        return self._layer.store.view(self._layer.ports.clock.now())
