"""What of CostBudgets is not replayed, taken away before a twin sees it: it would be proposed at moments by chance."""

from typing import Any

from autonomic.domain.cost import CostBudget
from autonomic.simulate.scenario import Scenario

_LEFT_OUT = {"idle": "idle hours", "rightsizing": "rightsizing"}
_PARENT = "parent in the operator's namespace, which a replay does not know"


def replayable(given: Scenario) -> tuple[Scenario, list[str]]:
    """The scenario without it, and a sentence for each budget that lost something."""
    notes: list[str] = []
    objects = tuple(_without(raw, notes) for raw in given.objects)
    return given.model_copy(update={"objects": objects}), notes


def _without(raw: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    spec = raw.get("spec")
    if raw.get("kind") != CostBudget.names.kind or not isinstance(spec, dict):
        return raw
    lost = {name: words for name, words in _LEFT_OUT.items() if spec.get(name)}
    if isinstance(spec.get("parent"), dict) and spec["parent"].get("where") == "Platform":
        lost["parent"] = _PARENT
    if lost:
        meta = raw["metadata"]
        key = f"{meta.get('namespace', 'default')}/{meta['name']}"
        notes.append(f"budget {key} is replayed without its {' and its '.join(lost.values())}")
    return {**raw, "spec": {name: value for name, value in spec.items() if name not in lost}}
