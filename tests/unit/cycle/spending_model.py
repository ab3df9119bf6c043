"""A small world of money: a LiteLLM proxy whose tasks come at a rate and cost a price, both of which change at known times."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from autonomic.domain.readings import Sample, Vector
from autonomic.domain.units import span
from autonomic.ports.memory.metrics import Answer
from tests.unit.cycle.prometheus_model import PrometheusModel, Steps

_MEMBER = re.compile(r'label_replace\((.*?), "autonomic_question", "(\d+)", "", ""\)')
_RISE = re.compile(
    r"increase\(litellm_(?P<what>spend|requests|total_tokens)_metric_total(?:\{[^}]*\})?\[(?P<window>\w+)\]"
)
TOKENS = 1000
"""Tokens of a task."""


class SpendingModel:
    """Answers what is asked about spend; all else is `beside`'s. `broken`: a sample that is said instead of each amount."""

    def __init__(self, start: datetime, beside: PrometheusModel) -> None:
        long_ago = start - timedelta(days=40)
        self.tasks = Steps(long_ago, "0")
        self.price = Steps(long_ago, "0.01")
        self.broken: str | None = None
        self.gone = False
        self._beside = beside

    def answer(self, expr: str, at: datetime) -> Answer:
        """The vector at that time."""
        if "litellm" not in expr:
            return self._beside.answer(expr, at)
        members = _MEMBER.findall(expr)
        asked = [(inner, {"autonomic_question": number}) for inner, number in members] or [(expr, {})]
        return Vector(tuple(sample for inner, labels in asked for sample in self._samples(inner, labels, at)))

    def spent(self, began: datetime, at: datetime) -> Decimal:
        """Money spent from then to then."""
        return self._sum(began, at, "spend")

    def _samples(self, expr: str, labels: dict[str, str], at: datetime) -> list[Sample]:
        if self.gone:
            return []
        if "timestamp(" in expr:
            return [Sample(labels, str(at.timestamp()))]
        if expr.startswith("count "):
            return [Sample(labels, "1")]
        rise = _RISE.search(expr)
        assert rise, expr
        value = self._sum(at - span(rise["window"]), at, rise["what"])
        said = self.broken if self.broken and rise["what"] == "spend" else str(value)
        return [Sample({**labels, "model": "large"}, said)]

    def _sum(self, began: datetime, at: datetime, what: str) -> Decimal:
        total = Decimal(0)
        edges = sorted({began, at, *(each for each in self._changes() if began < each < at)})
        for edge, later in pairwise(edges):
            each = {"spend": self.price.at(edge), "requests": Decimal(1), "total_tokens": Decimal(TOKENS)}[what]
            total += Decimal(str((later - edge).total_seconds())) * self.tasks.at(edge) * each
        return total

    def _changes(self) -> list[datetime]:
        return [since for steps in (self.tasks, self.price) for since, _ in steps._steps]
