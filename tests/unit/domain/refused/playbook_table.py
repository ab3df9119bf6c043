"""The table of playbooks that must be refused, read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.unit.domain.refused.table import merged
from tests.unit.domain.specimens import NAMESPACE, playbook_raw

GOOD: dict[str, Any] = {"triggers": [{"name": "failed", "type": "Signal", "signal": {"type": "TaskFailureCount"}}]}


@dataclass(frozen=True)
class RefusedPlaybook:
    """One row. `admission` is a part of what the API server answers; None where it can't know and accepts."""

    name: str
    spec: dict[str, Any]
    says: str
    admission: str | None

    def document(self, namespace: str = NAMESPACE) -> dict[str, Any]:
        """The playbook, named `crashes`, as somebody would apply it."""
        whole = playbook_raw(**self.spec)
        return whole | {"metadata": {"name": "crashes", "namespace": namespace}}


def playbook_table() -> list[RefusedPlaybook]:
    """Every row, in order."""
    rows = yaml.safe_load(Path(__file__).with_name("playbooks.yaml").read_text())
    return [_row(**row) for row in rows]


def _row(
    name: str,
    says: str,
    admission: str | None = None,
    trigger: dict[str, Any] | None = None,
    spec: dict[str, Any] | None = None,
) -> RefusedPlaybook:
    changed = merged(playbook_raw(**GOOD)["spec"], spec or {})
    if trigger:
        changed["triggers"] = [merged(GOOD["triggers"][0], trigger)]
    return RefusedPlaybook(name, changed, says, admission)
