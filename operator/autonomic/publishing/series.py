"""How recorded series are called, and the labels that tell one objective's from another's."""

import json
from dataclasses import dataclass

from autonomic.domain.objectives import Objective
from autonomic.publishing.inexpressible import Inexpressible

TARGET = "autonomic:slo_target:ratio"
BUDGET = "autonomic:slo_budget_remaining:ratio"
INFO = "autonomic:slo_objective:info"
SLICE = "autonomic:slo_slice_errors:ratio"

RESERVED = frozenset({"alertname", "contract", "level", "namespace", "objective", "part", "severity", "window"})
"""Labels that the rules set themselves."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose series: an objective's, or (with `part`) those that a composite keeps of one of its parts."""

    namespace: str
    contract: str
    objective: str
    groups: tuple[str, ...] = ()
    part: str | None = None

    @property
    def labels(self) -> dict[str, str]:
        """The labels that each of its series carries, beside those of its groups."""
        own = {"contract": self.contract, "namespace": self.namespace, "objective": self.objective}
        return own | ({"part": self.part} if self.part else {})

    def of(self, metric: str) -> str:
        """The selector of its series of that name."""
        inner = ",".join(f"{label}={json.dumps(value)}" for label, value in self.labels.items())
        return f"{metric}{{{inner}}}"

    def events(self, window: str) -> str:
        """Name of the recorded rate of all events."""
        return f"autonomic:slo_{self._whose}events:rate{window}"

    def errors(self, window: str) -> str:
        """Name of the recorded rate of bad events."""
        return f"autonomic:slo_{self._whose}errors:rate{window}"

    def ratio(self, window: str) -> str:
        """Name of the recorded error ratio."""
        return f"autonomic:slo_{self._whose}errors:ratio_rate{window}"

    def each(self, aggregate: str, expr: str) -> str:
        """The aggregate of the expression, one result a group: `sum by (tenant) (expr)`."""
        by = f" by ({', '.join(self.groups)}) " if self.groups else ""
        return f"{aggregate}{by}({expr})"

    @property
    def on(self) -> str:
        """Matches series that have the groups' labels alone: `on (tenant)`."""
        return f"on ({', '.join(self.groups)})"

    @property
    def _whose(self) -> str:
        return "part_" if self.part else ""


def subject(namespace: str, contract: str, objective: Objective) -> Subject:
    """The subject of an objective. Raises Inexpressible when a label of groupBy is one that the rules set."""
    taken = sorted(RESERVED & set(objective.group_by))
    if taken:
        raise Inexpressible(
            f"objective {objective.name} of {namespace}/{contract}: groupBy has the label {taken[0]}, which the rules set"
            " themselves: group by another label, or leave publish out"
        )
    return Subject(namespace, contract, objective.name, objective.group_by)
