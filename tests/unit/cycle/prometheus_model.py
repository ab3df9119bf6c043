"""A small world of figures: traffic at a steady rate, an error ratio and a signal that change at known times."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from autonomic.domain.errors import Unavailable
from autonomic.domain.readings import Sample, Vector
from autonomic.domain.units import span
from autonomic.ports.memory.metrics import Answer

RATE = 100
"""Events in a second."""
_MEMBER = re.compile(r'label_replace\((.*?), "autonomic_question", "(\d+)", "", ""\)')
_COUNT = re.compile(
    r"sum(?: by \(status\))? \(increase\(tasks_total(?P<bad>\{status=\"failed\"\})?\[(?P<window>\w+)\] anchored\)\)"
)
_HELD = re.compile(r"max\(min_over_time\(errors\[(?P<window>\w+)\]\) and errors and \(errors offset \w+\)\)")


class Steps:
    """A figure that stays until it changes."""

    def __init__(self, since: datetime, value: str) -> None:
        self._steps = [(since, Decimal(value))]

    def change(self, at: datetime, value: str) -> None:
        """From then on it has that value."""
        self._steps.append((at, Decimal(value)))

    def at(self, moment: datetime) -> Decimal:
        """The value then."""
        return [value for since, value in self._steps if since <= moment][-1]

    def pieces(self, start: datetime, end: datetime) -> list[tuple[Decimal, Decimal]]:
        """(seconds, value) of each stretch between the two moments."""
        edges = [start, *(since for since, _ in self._steps if start < since < end), end]
        return [(Decimal(str((later - sooner).total_seconds())), self.at(sooner)) for sooner, later in pairwise(edges)]


class PrometheusModel:
    """Answers the very queries that the product asks, unions included. `down`: no answer at all."""

    def __init__(self, start: datetime) -> None:
        long_ago = start - timedelta(days=40)
        self.ratio = Steps(long_ago, "0")
        self.signal = Steps(long_ago, "0")
        self.alerts: tuple[Sample, ...] = ()
        self.down = False

    def answer(self, expr: str, at: datetime) -> Answer:
        """The vector at that time."""
        if self.down:
            return Unavailable("Prometheus is down")
        if expr.startswith("ALERTS{"):
            return Vector(self.alerts)
        members = _MEMBER.findall(expr)
        asked = [(inner, {"autonomic_question": number}) for inner, number in members] or [(expr, {})]
        return Vector(tuple(sample for inner, labels in asked for sample in self._samples(inner, labels, at)))

    def _samples(self, expr: str, labels: dict[str, str], at: datetime) -> list[Sample]:
        """One row, or by the status of tasks two."""
        if "by (status)" not in expr:
            return [Sample(labels, str(self._value(expr, at)))]
        counted = _COUNT.fullmatch(expr.replace('{app="agent"}', ""))
        assert counted, expr
        pieces = self.ratio.pieces(at - span(counted["window"]), at)
        failed = sum((seconds * RATE * ratio for seconds, ratio in pieces), Decimal(0))
        others = sum((seconds * RATE * (1 - ratio) for seconds, ratio in pieces), Decimal(0))
        rows = {"failed": failed} if counted["bad"] else {"failed": failed, "succeeded": others}
        return [Sample(labels | {"status": status}, str(value)) for status, value in rows.items()]

    def _value(self, selected: str, at: datetime) -> Decimal:
        expr = selected.replace('{app="agent"}', "")
        counted, held = _COUNT.fullmatch(expr), _HELD.fullmatch(expr)
        if counted:
            pieces = self.ratio.pieces(at - span(counted["window"]), at)
            return sum((seconds * RATE * (ratio if counted["bad"] else 1) for seconds, ratio in pieces), Decimal(0))
        if held:
            return min(value for _, value in self.signal.pieces(at - span(held["window"]), at))
        simple = {
            "max (timestamp(tasks_total))": Decimal(int(at.timestamp())),
            "count (last_over_time(tasks_total[1h] offset 1h))": Decimal(1),
            "count (last_over_time(tasks_total[1h] offset 4w))": Decimal(1),
            "count(errors)": Decimal(1),
            "max(errors)": self.signal.at(at),
        }
        return simple[expr]
