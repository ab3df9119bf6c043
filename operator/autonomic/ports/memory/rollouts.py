"""The controller of workloads in memory: what is written is rolled out at once."""

from typing import Any

_WORKLOADS = frozenset({("apps/v1", "Deployment"), ("apps/v1", "StatefulSet")})


def rolled_out(raw: dict[str, Any]) -> dict[str, Any]:
    """A workload whose status says that all its pods are there; another object, or one without a status, as it is."""
    if (raw["apiVersion"], raw["kind"]) not in _WORKLOADS or "status" not in raw:
        return raw
    wanted = (raw.get("spec") or {}).get("replicas", 1)
    counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), wanted)
    status = {**raw["status"], "observedGeneration": raw["metadata"]["generation"], **counts}
    return {**raw, "status": status}
