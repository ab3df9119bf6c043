"""The figures as a page: goals beside what was measured."""

from collections.abc import Mapping, Sequence
from math import exp, log
from pathlib import Path
from typing import Any

from benchmarks.routing.kinds import ALIKE, SPREADS, UNLIKE
from benchmarks.routing.trials import APART, BLIND, CHANGE_POINTS, LEARNING, PLAIN, POOLED
from benchmarks.routing.worlds import KINDS, ODD, UNTUNED

GOALS = {"stationary": 50, "fall": 80, "rise": 200, "decay": 125, "outage": 150}
LATE_GOALS = {"stationary": 100, "fall": 280, "rise": 300, "decay": 190, "outage": 700}

Cell = tuple[str, str, str, str]


class Figures:
    """Regrets, and shares of a broken candidate, by cell: each a list with one number a seed; `reached` counts seeds."""

    def __init__(
        self,
        regrets: Mapping[Cell, Sequence[float]],
        shares: Mapping[Cell, Sequence[float]],
        reached: Mapping[Cell, int],
    ) -> None:
        self._regrets, self._shares, self._reached = regrets, shares, reached

    def mean(self, group: str, policy: str, kind: str, arms: str = "") -> float:
        """Of the regrets."""
        found = self._regrets[group, policy, kind, arms]
        return sum(found) / len(found)

    def p90(self, group: str, policy: str, kind: str, arms: str = "") -> float:
        """Of the regrets: nine in ten seeds are not worse."""
        found = sorted(self._regrets[group, policy, kind, arms])
        return found[min(len(found) - 1, len(found) * 9 // 10)]

    def share(self, group: str, policy: str) -> float:
        """The mean share of a broken candidate after 50 of its outcomes, or of all where it never got as many."""
        found = self._shares[group, policy, "outage", ""]
        return sum(found) / len(found)

    def reached(self, group: str, policy: str) -> str:
        """In how many seeds the broken candidate got 50 outcomes: `3 of 40`."""
        cell = group, policy, "outage", ""
        return f"{self._reached.get(cell, 0)} of {len(self._shares[cell])}"

    def ratios(self) -> dict[tuple[str, str], float]:
        """Change points over the best plain policy, by (arms, kind), where they were not tuned on."""
        return {
            (arms, kind): self.mean("untuned", CHANGE_POINTS, kind, arms)
            / min(self.mean("untuned", plain, kind, arms) for plain in PLAIN)
            for arms in UNTUNED
            for kind in KINDS
        }


def geometric(values: Sequence[float]) -> float:
    """The geometric mean."""
    return exp(sum(log(value) for value in values) / len(values))


def write(folder: Path, figures: Figures, decided: Mapping[str, Any], seeds: int) -> None:
    """`bench-routing.md` in the folder."""
    parts = [
        *_head(seeds),
        *_regrets(figures, "main", KINDS),
        *_odd(figures),
        *_served(figures),
        *_untuned(figures),
        *_types(figures),
        *_broken(figures),
        *_decided(decided),
    ]
    (folder / "bench-routing.md").write_text("\n".join(parts) + "\n")


def _head(seeds: int) -> list[str]:
    return [
        "# What routing loses while it learns",
        "",
        f"Written by `make bench-routing`: 20,000 tasks, {seeds} seeds (half as many but for the first and third table),",
        "times of change drawn at random. Regret is in tasks that would have succeeded with the best candidate of the moment;",
        "a cell has the mean and, in brackets, what nine in ten seeds stay under. How the algorithms work:",
        "[routing-algorithms.md](routing-algorithms.md).",
        "",
        "Five candidates that succeed at .95 .90 .85 .80 .70: nothing changes; the best falls to .60; the worst rises to .99;",
        "the best decays slowly to .60; the best is out (.02) for 2,000 tasks and comes back.",
        "",
    ]


def _regrets(figures: Figures, group: str, kinds: Sequence[str]) -> list[str]:
    rows = [
        [
            policy,
            *(f"{figures.mean(group, policy, kind):.0f} ({figures.p90(group, policy, kind):.0f})" for kind in kinds),
        ]
        for policy in (*BLIND, *LEARNING)
    ]
    rows.append(["oracle", *("0 (0)" for _ in kinds)])
    if group == "main":
        rows.append(["goal", *(str(GOALS[kind]) for kind in kinds)])
    return [*_table(["policy", *kinds], rows), ""]


def _odd(figures: Figures) -> list[str]:
    said = (
        "The best becomes ten times as dear (prices are known, not learned); every candidate falls; the order is turned"
    )
    return [said, "round each 2,500 tasks:", "", *_regrets(figures, "odd", ODD)]


def _served(figures: Figures) -> list[str]:
    rows = []
    for name, group in (("each task decided", "main"), ("published every 50", "published"), ("500 tasks late", "late")):
        rows.append([name, *(f"{figures.mean(group, CHANGE_POINTS, kind):.0f}" for kind in KINDS)])
    rows.append(["goal, published", *(f"{1.3 * figures.mean('main', CHANGE_POINTS, kind):.0f}" for kind in KINDS)])
    rows.append(["goal, late", *(str(LATE_GOALS[kind]) for kind in KINDS)])
    said = "Change points by weights that are published every 50 tasks and at once on an alarm (goal: 1.3 times of deciding"
    return [
        said,
        "each task), and with outcomes that come 500 tasks after the decision:",
        "",
        *_table(["", *KINDS], rows),
        "",
    ]


def _untuned(figures: Figures) -> list[str]:
    ratios = figures.ratios()
    rows = [
        [f"{arms}: {' '.join(f'{rate:g}' for rate in UNTUNED[arms])}", *(f"{ratios[arms, kind]:.2f}" for kind in KINDS)]
        for arms in UNTUNED
    ]
    mean, worst = geometric(list(ratios.values())), max(ratios.values())
    said = "Candidates that nothing was tuned on: the regret of change points over that of the best plain policy of each world."
    sums = f"The geometric mean is {mean:.2f} (goal 1.1), the worst cell {worst:.2f} (goal 2)."
    return [said, sums, "", *_table(["candidates", *KINDS], rows), ""]


def _types(figures: Figures) -> list[str]:
    rows = []
    for spread in SPREADS:
        pooled, apart = (figures.mean("types", policy, str(spread)) for policy in (POOLED, APART))
        goal = ".45" if spread <= ALIKE else "1.1"
        rows.append([f"{spread:g}", f"{apart:.0f}", f"{pooled:.0f}", f"{pooled / apart:.2f}", goal])
    said = f"Forty task types share the 20,000 tasks; their logits spread by up to {ALIKE} where they are alike, by {UNLIKE}"
    return [said, "where they are not:", "", *_table(["spread", APART, POOLED, "ratio", "goal"], rows), ""]


def _broken(figures: Figures) -> list[str]:
    rows = [
        [policy, *(cell for group in ("main", "guarded") for cell in _share(figures, group, policy))]
        for policy in LEARNING
    ]
    said = "Traffic to the broken candidate after 50 of its outcomes (goal: under 2%), by the policy alone and as it serves,"
    more = "with ejection and probation. In a seed where it never got as many, its share of the whole outage stands in, which"
    head = ["policy", "alone", "50 reached", "as it serves", "50 reached"]
    return [said, more, "counts its first outcomes too:", "", *_table(head, rows), ""]


def _share(figures: Figures, group: str, policy: str) -> tuple[str, str]:
    return f"{figures.share(group, policy):.2%}", figures.reached(group, policy)


def _decided(decided: Mapping[str, Any]) -> list[str]:
    rows = [[name, str(value)] for name, value in decided.items()]
    said = (
        "A decision among ten candidates: by published weights (`decide`), by sampling, and over HTTP in an open loop:"
    )
    return [said, "", *_table(["figure", ""], rows)]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]
