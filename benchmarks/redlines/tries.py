"""A mutated executor: random writes, sent straight with the operator's own token, and judged by the oracle."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from benchmarks.redlines.field import GROUP, LINES, TARGETS, Target
from benchmarks.redlines.lines import Write, wrongs
from testbed.api import ApiError
from testbed.installation import Installation

# Where a bound is off by one, here it shows.
EDGES = (0, 1, 2, 3, 4, 5, 8, 10, 11, 16, 20, 21, 40, 50, 51, 100, 1000)
OTHER_FIELDS: tuple[dict[str, Any], ...] = (
    {"metadata": {"labels": {"evil": "true"}}},
    {"metadata": {"annotations": {f"{GROUP}/allow-rollback": "true"}}},
    {"metadata": {"finalizers": ["example.com/held"]}},
)


@dataclass
class Sums:
    """What came of all tries. `forbidden` counts, by reason, what the oracle forbids; `needless` what it would have allowed."""

    tries: int = 0
    accepted: int = 0
    breaches: list[str] = field(default_factory=list)
    needless: list[str] = field(default_factory=list)
    forbidden: Counter[str] = field(default_factory=Counter)


class Mutant:
    """An operator without a gate. `seed` makes its tries the same in every run."""

    def __init__(self, installed: Installation, seed: int) -> None:
        self._installed = installed
        self._dice = random.Random(seed)
        self._epoch = installed.lead()
        self._written: set[Target] = set()

    def run(self, tries: int) -> Sums:
        """As many writes, one after the other."""
        sums = Sums()
        for number in range(tries):
            self._try(number, sums)
        return sums

    def _try(self, number: int, sums: Sums) -> None:
        target = self._dice.choice(TARGETS)
        before = target.numbers(self._installed.operator.get(target.path))
        write, body, manager = self._plan(number, target, before)
        reasons = sorted(set(wrongs(write, LINES)))
        sums.tries += 1
        sums.forbidden.update(reasons)
        try:
            self._installed.operator.patch(target.path, body, fieldManager=manager)
        except ApiError as refused:
            # Some random content is no valid object: that is neither a breach nor our refusal.
            if not reasons and refused.status == 403:
                sums.needless.append(f"{write}: {refused}")
            return
        sums.accepted += 1
        self._written.add(target)
        if reasons:
            sums.breaches.append(f"{', '.join(reasons)}: {write}")

    def _plan(self, number: int, target: Target, before: dict[str, int]) -> tuple[Write, dict[str, Any], str]:
        dice = self._dice
        after = self._wanted(target, before)
        # Never 0: the Lease is never at it.
        epoch = self._epoch if dice.random() < 0.85 else dice.choice((self._epoch - 1, self._epoch + 1, 10**6))
        manager = "autonomic" if dice.random() < 0.95 else "kubectl"
        other = dice.random() < 0.1
        body: dict[str, Any] = {"metadata": {"annotations": {}}, **({"spec": dict(after)} if after else {})}
        if target.kind == "ConfigMap":
            body["data"] = {"mode": str(number)}
        if other:
            meta = dice.choice(OTHER_FIELDS)["metadata"]
            body["metadata"] = {**body["metadata"], **meta, "annotations": dict(meta.get("annotations", {}))}
        body["metadata"]["annotations"] |= {f"{GROUP}/epoch": str(epoch), f"{GROUP}/op-id": self._op_id(number)}
        write = Write(
            target.namespace, target.kind, target.name, before, after,
            opted_in=target.namespace != "foreign", epoch_is_right=epoch == self._epoch, ours=manager == "autonomic",
            other_field=other, autoscaled=target.autoscaled, written_before=target in self._written,
        )  # fmt: skip
        return write, body, manager

    def _op_id(self, number: int) -> str:
        """Another plan each time, or one that claims to go on with what it never began."""
        return self._dice.choice((f"plan-{number}/0", f"plan-{number}/1/undo", "plan-x/0", "", "undo"))

    def _wanted(self, target: Target, before: dict[str, int]) -> dict[str, int]:
        return dict(self._moves(before)) if target.kind != "ConfigMap" else {}

    def _moves(self, before: dict[str, int]) -> Iterator[tuple[str, int]]:
        dice = self._dice
        for name, value in before.items():
            kept = len(before) > 1 and dice.random() < 0.5
            near = max(0, value + dice.choice((-3, -2, -1, 1, 2, 3)))
            yield name, value if kept else dice.choice((near, value * 2, value // 2, dice.choice(EDGES)))
