"""Traffic, minute by minute, played to the rules by promtool and counted by the engine's own arithmetic."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

from autonomic.domain.budgets import Count, ErrorBudget
from autonomic.domain.objectives import Objective
from autonomic.domain.units import milliseconds
from autonomic.publishing.rules import rules
from autonomic.publishing.text import rule_file
from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.programs.catalogue import PROMTOOL
from tests.unit.publishing.contracts import ALL, BAD_OF_ALL, FAILED, contract

OK = FAILED.replace("failed", "ok")

Alert = tuple[str, str]
"""Level and window of an alert that fires: `("Breach", "1h")`."""

FIRING = 'count by (level, window) (ALERTS{alertstate="firing",level!="Unknown"})'
SETTLED = 8
"""Minutes around a moment in which the engine must not change its mind: `rate` guesses at a window's edges."""


@dataclass(frozen=True)
class Trial:
    """`minutes` are (bad, total) events of each minute; the counter of bad ones is absent until the first of them."""

    minutes: Sequence[tuple[int, int]]
    target: str = "99.5"
    period: str = "30h"
    tiers: Sequence[tuple[str, str, str, str]] = (
        ("1h", "5m", "13.44", "Breach"),
        ("6h", "30m", "5.6", "Breach"),
        ("1d", "2h", "2.8", "Warning"),
        ("30h", "150m", "1", "Warning"),
    )
    extra: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def objective(self) -> Objective:
        """What is promised."""
        return contract(self.written).spec.objectives[0]

    @property
    def written(self) -> dict[str, Any]:
        """The objective as it is written."""
        tiers = [dict(zip(("long", "short", "factor", "level"), tier, strict=True)) for tier in self.tiers]
        about: dict[str, Any] = {"name": "success", "target": self.target, "window": {"rolling": self.period}}
        source = {"ratio": {"bad": FAILED, "total": ALL}}
        return {**about, "indicator": source, "alerting": {"windows": tiers}, **self.extra}

    @cached_property
    def _sums(self) -> tuple[list[int], list[int]]:
        return tuple([0, *accumulate(each)] for each in zip(*self.minutes, strict=True))  # type: ignore[return-value]

    def count(self, window: str, at: int) -> Count:
        """The exact count of a window that ends with that minute."""
        first = max(0, at - milliseconds(window) // 60_000)
        bad, total = (Decimal(sums[at] - sums[first]) for sums in self._sums)
        return Count(window, bad, total)

    def judged(self, at: int) -> frozenset[Alert]:
        """What the engine's arithmetic says of that minute."""
        found = {(str(tier.level), tier.long) for tier in self.objective.tiers if self._fires(tier, at)}
        budget = ErrorBudget(self.objective.ratio_target, self.count(self.period, at))
        if budget.exhausted and budget.count.total >= self.objective.least:
            found.add(("Exhausted", self.period))
        return frozenset(found)

    def _fires(self, tier: Any, at: int) -> bool:
        long, short = self.count(tier.long, at), self.count(tier.short, at)
        if at < milliseconds(tier.long) // 60_000 or long.total < self.objective.least:
            return False
        return all(each.burns_faster_than(Decimal(tier.factor), self.objective.ratio_target) for each in (long, short))

    @cached_property
    def settled(self) -> dict[int, frozenset[Alert]]:
        """Minutes at which the engine's mind is made up, and what it says: about sixty of them, over the whole time."""
        verdicts = [self.judged(at) for at in range(len(self.minutes) + 1)]
        every = max(1, len(self.minutes) // 60)
        return {
            at: verdicts[at]
            for at in range(SETTLED, len(self.minutes) - SETTLED, every)
            if len(set(verdicts[at - SETTLED : at + SETTLED])) == 1
        }

    def play(self, folder: Path) -> None:
        """Plays it to promtool. Raises AssertionError with what promtool saw instead."""
        about = contract(self.written)
        groups = rules(about, {"agent/success": BAD_OF_ALL}).groups
        expected = [_expected(FIRING, at, alerts) for at, alerts in self.settled.items()]
        good = [total - bad for bad, total in zip(*self._sums, strict=True)]
        play(folder, rule_file(groups), {OK: good, FAILED: self._failed()}, expected, every=groups[0]["interval"])

    def _failed(self) -> list[int | None]:
        """The counter of bad events at each minute; nothing before the first."""
        sums = self._sums[0]
        born = next((at for at, value in enumerate(sums) if value), len(sums)) - 1
        return [value if at >= born else None for at, value in enumerate(sums)]


@dataclass(frozen=True)
class SlicedTrial(Trial):
    """The same, of slices of five minutes that are good when 99 % of their events are."""

    extra: dict[str, Any] = field(
        default_factory=lambda: {"budgeting": "Timeslices", "slices": {"length": "5m", "target": "99"}}
    )

    def count(self, window: str, at: int) -> Count:
        """The bad and all slices that ended in a window that ends with that minute."""
        ends = range(at // 5 * 5, max(4, at // 5 * 5 - milliseconds(window) // 60_000), -5)
        slices = [super(SlicedTrial, self).count("5m", end) for end in ends]
        bad = sum(100 * each.bad > each.total for each in slices)
        return Count(window, Decimal(bad), Decimal(sum(each.total > 0 for each in slices)))


def _expected(expr: str, at: int, alerts: frozenset[Alert]) -> dict[str, Any]:
    samples = [
        {"labels": f"{{level={json.dumps(level)}, window={json.dumps(window)}}}", "value": 1}
        for level, window in alerts
    ]
    return {"expr": expr, "eval_time": f"{at}m", "exp_samples": samples}


def play(
    folder: Path,
    rule_text: str,
    series: Mapping[str, Sequence[int | None] | str],
    expected: list[dict[str, Any]],
    every: str = "1m",
) -> None:
    """Runs `promtool test rules` over a sample a minute, given as numbers or in promtool's notation.

    Raises AssertionError with what it says. `every` is how often the rules are evaluated: promtool does not look at
    the interval of a group.
    """
    ensure_built([PROMTOOL])
    (folder / "rules.yaml").write_text(rule_text)
    inputs = [
        {"series": name, "values": values if isinstance(values, str) else _notation(values)}
        for name, values in series.items()
    ]
    test = {"interval": "1m", "input_series": inputs, "promql_expr_test": expected}
    (folder / "test.json").write_text(
        json.dumps({"rule_files": ["rules.yaml"], "evaluation_interval": every, "tests": [test]})
    )
    command = [str(program_path(PROMTOOL)), "test", "rules", "test.json"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, (ran.stdout + ran.stderr)[:8000]


def _notation(values: Sequence[int | None]) -> str:
    return " ".join("_" if value is None else str(value) for value in values)
