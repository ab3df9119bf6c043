"""A fleet of contracts: `templates` indicators, each used by many objectives that differ in one label."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autonomic.domain.words import API_VERSION, ENABLED_LABEL

NAMESPACE = "fleet"


@dataclass(frozen=True)
class Fleet:
    """`objectives` of them, one a contract, spread evenly over `templates`; the period is that of each."""

    objectives: int
    templates: int = 200
    period: str = "28d"

    def pairs(self) -> Iterator[tuple[int, int]]:
        """(template, number in the template) of each objective."""
        return ((at % self.templates, at // self.templates) for at in range(self.objectives))

    def names(self) -> Iterator[str]:
        """The names of the contracts."""
        return (f"agent-{template}-{number}" for template, number in self.pairs())

    def contract(self, name: str) -> dict[str, Any]:
        """The contract of that name, as the API server hands it over."""
        _, template, number = name.split("-")
        return self._raw(int(template), int(number))

    def namespace(self) -> dict[str, Any]:
        """Their namespace, opted in."""
        meta = {"name": NAMESPACE, "labels": {ENABLED_LABEL: "true"}, "resourceVersion": "1"}
        return {"apiVersion": "v1", "kind": "Namespace", "metadata": meta}

    def _raw(self, template: int, number: int) -> dict[str, Any]:
        metric = f"tasks_{template}_total"
        indicator = {
            "bad": f'{metric}{{app="agent-{number}",status="failed"}}',
            "total": f'{metric}{{app="agent-{number}"}}',
        }
        objective = {
            "name": "success",
            "target": "99.5",
            "window": {"rolling": self.period},
            "indicator": {"ratio": indicator},
        }
        name = f"agent-{template}-{number}"
        return {
            "apiVersion": API_VERSION,
            "kind": "SLAContract",
            "metadata": {"name": name, "namespace": NAMESPACE, "uid": name, "generation": 1, "resourceVersion": "1"},
            "spec": {
                "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
                "objectives": [objective],
            },
        }
