"""One survey of all budgets: what must be asked, and which answers are whose.

Budgets of one template (the same source, labels, window and dimensions of scope) share their questions: the values of their
scopes are joined in one matcher, and rows are told apart by their labels.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from autonomic.cost.expressions import LOOKBACK, allocation, newest, rise, there, whole
from autonomic.cost.recipes import Recipe, Server, Surroundings, recipe
from autonomic.cost.windows import PACES, Stretch, stretches, window
from autonomic.domain.cost import CostBudget
from autonomic.domain.errors import Invalid
from autonomic.domain.promql import Matcher, Selector, matchers, selector
from autonomic.domain.readings import Question, Sample, Unknown
from autonomic.slo.rows import one_of

Told = Mapping[Question, tuple[Sample, ...] | Unknown]
"""The rows that answer each question, or why there is no answer."""

SETTLED = timedelta(hours=1)
"""After this time no late sample changes what was counted in a stretch."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A stretch, and the questions for what was spent in it, and for the tasks and the tokens where something counts them."""

    stretch: Stretch
    spend: Question
    tasks: Question | None = None
    tokens: Question | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """All that is asked for one budget. `counted` is whether there was anything when `before` began.

    It and `newest` are None of a whole query, which has no series of its own.
    """

    budget: CostBudget
    recipe: Recipe
    whole: Stretch
    parts: tuple[Counted, ...]
    long: Counted
    short: Counted
    before: Counted
    newest: Question | None
    counted: Question | None

    def questions(self) -> Iterator[Question]:
        """Every question."""
        for each in (*self.parts, self.long, self.short, self.before):
            yield from (question for question in (each.spend, each.tasks, each.tokens) if question)
        yield from (question for question in (self.newest, self.counted) if question)


class Survey:
    """What is asked of one server for all budgets at one time; `at` is aware and a whole second, at best a whole minute."""

    def __init__(
        self, budgets: Iterable[tuple[CostBudget, Surroundings]], at: datetime, server: Server | None = None
    ) -> None:
        self.at, self.server = at, server or Server()
        self.problems: dict[str, Unknown] = {}
        self.asked: dict[str, Asked] = {}
        recipes = dict(self._recipes(budgets))
        self._together = _joined(made for _, made in recipes.values())
        for key, (budget, made) in recipes.items():
            self.asked[key] = self._ask(budget, made, self._together[_template(made)])

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question once."""
        return tuple(dict.fromkeys(question for each in self.asked.values() for question in each.questions()))

    def counting(self, key: str, stretch: Stretch) -> Counted:
        """The questions of one budget, and of all of its template, over any other stretch."""
        made = self.asked[key].recipe
        return self._count(made, self._together[_template(made)], stretch)

    def _recipes(
        self, budgets: Iterable[tuple[CostBudget, Surroundings]]
    ) -> Iterator[tuple[str, tuple[CostBudget, Recipe]]]:
        for budget, around in budgets:
            try:
                yield budget.key, (budget, recipe(budget, around))
            except Invalid as error:
                self.problems[budget.key] = Unknown("InvalidSpec", str(error))

    def _ask(self, budget: CostBudget, made: Recipe, values: tuple[Matcher, ...]) -> Asked:
        limit = budget.spec.limit
        period = window(limit, self.at)
        so_far = Stretch(period.began, min(self.at, period.ended))
        cut = (so_far,) if made.kind == "Query" else stretches(so_far)
        long, short, before = (self._count(made, values, each) for each in PACES[limit.per].at(self.at))
        parts = tuple(Counted(each, self._money(made, values, each)) for each in cut)
        newest, counted = self._signs(made, values, before.stretch.began)
        short = replace(short, tasks=None, tokens=None)
        return Asked(budget, made, period, parts, long, short, before, newest, counted)

    def _count(self, made: Recipe, values: tuple[Matcher, ...], stretch: Stretch) -> Counted:
        def ask(expr: str) -> Question:
            return self._question(expr, stretch, counts=True)

        shared = {name: _found(each, values) for name, each in (("tasks", made.tasks), ("tokens", made.tokens)) if each}
        asked = {name: ask(self._rise(found, made.by, stretch)) for name, found in shared.items()}
        if made.own_tasks:
            asked["tasks"] = ask(self._rise(str(made.own_tasks), (), stretch))
        return Counted(stretch, self._money(made, values, stretch), **asked)

    def _money(self, made: Recipe, values: tuple[Matcher, ...], stretch: Stretch) -> Question:
        return self._question(self._spend(made, values, stretch), stretch, counts=made.kind in ("Counter", "Tokens"))

    def _question(self, expr: str, stretch: Stretch, *, counts: bool) -> Question:
        lookback = LOOKBACK if counts and self.server.anchored else None
        return Question(expr, stretch.ended, lookback, server=self.server.name)

    def _spend(self, made: Recipe, values: tuple[Matcher, ...], stretch: Stretch) -> str:
        if made.kind == "Query":
            return whole(made.text, stretch)
        if made.kind == "Allocation":
            return allocation(_matched(made, values), made.by, stretch)
        return self._rise(_found(selector(made.text, "spend"), values), made.by, stretch)

    def _rise(self, found: str, by: tuple[str, ...], stretch: Stretch) -> str:
        return rise(found, by, stretch, anchored=self.server.anchored)

    def _signs(
        self, made: Recipe, values: tuple[Matcher, ...], began: datetime
    ) -> tuple[Question | None, Question | None]:
        """When the tenant's spend was last heard of, and whether it was counted at that time."""
        if made.kind == "Query":
            return None, None
        tenant = tuple(label for name, labels in made.labels if name == "tenant" for label in labels)
        mine = tuple(each for each in values if each.label in tenant)
        if made.kind == "Allocation":
            found = f"container_cpu_allocation{_matched(made, mine)}"
        else:
            found = _found(selector(made.text, "spend"), mine)
        who = self.server.name
        return Question(newest(found, tenant), self.at, server=who), Question(there(found, tenant), began, server=who)


def _template(made: Recipe) -> Recipe:
    """What recipes have in common that share their questions: all but the values."""
    return replace(made, wanted=tuple((name, ()) for name, _ in made.wanted))


def _joined(recipes: Iterable[Recipe]) -> dict[Recipe, tuple[Matcher, ...]]:
    """For each template the matchers that find the rows of all its budgets, where one label names the dimension."""
    values: dict[Recipe, dict[str, set[str]]] = {}
    for made in recipes:
        known = values.setdefault(_template(made), {})
        for name, wanted in made.wanted:
            known.setdefault(name, set()).update(wanted)
    return {template: tuple(_matchers(template, known)) for template, known in values.items()}


def _matchers(template: Recipe, values: Mapping[str, set[str]]) -> Iterator[Matcher]:
    for name, labels in template.labels:
        if name in values and len(labels) == 1 and template.kind != "Query":
            yield one_of(labels[0], sorted(values[name]))


def _found(base: Selector, values: tuple[Matcher, ...]) -> str:
    return str(base.also(*values))


def _matched(made: Recipe, values: tuple[Matcher, ...]) -> str:
    return str(Selector("", tuple(sorted(set(matchers(made.text, "spend.openCost.matchers"))))).also(*values)) or "{}"
