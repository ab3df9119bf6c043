"""The table of contracts that must be refused, read: each a good contract with one change, and what is said about it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from autonomic.slo.indicators import Options
from tests.unit.domain.specimens import NAMESPACE, contract_raw


@dataclass(frozen=True)
class Refused:
    """One row. `admission` is a part of what the API server answers; None where it can't know and accepts."""

    name: str
    spec: dict[str, Any]
    says: str
    admission: str | None
    options: Options

    def document(self, namespace: str = NAMESPACE) -> dict[str, Any]:
        """The contract, named `agent`, as somebody would apply it."""
        whole = contract_raw(**self.spec)
        return whole | {"metadata": {"name": "agent", "namespace": namespace}}


def table() -> list[Refused]:
    """Every row, in order."""
    rows = yaml.safe_load(Path(__file__).with_name("contracts.yaml").read_text())
    return [_row(**row) for row in rows]


def _row(
    name: str,
    says: str,
    admission: str | None = None,
    objective: dict[str, Any] | None = None,
    spec: dict[str, Any] | None = None,
    around: dict[str, Any] | None = None,
) -> Refused:
    good: dict[str, Any] = contract_raw()["spec"]
    changed = merged(good, spec or {})
    if objective:
        changed["objectives"] = [merged(good["objectives"][0], objective)]
    changed["objectives"] = [good["objectives"][0] if each == "same" else each for each in changed["objectives"]]
    surroundings = {"tenant_label": None, "free_queries": True} | (around or {})
    return Refused(name, changed, says, admission, Options(namespace=NAMESPACE, contract="agent", **surroundings))


def merged(good: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """`change` merged into `good`: objects are merged, null removes, all else replaces."""
    out = dict(good)
    for name, value in change.items():
        if value is None:
            out.pop(name, None)
        elif isinstance(value, dict):
            out[name] = merged(out.get(name) or {}, value)
        else:
            out[name] = value
    return out
