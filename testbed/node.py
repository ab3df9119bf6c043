"""The one node of the local cluster: KWOK plays it, with room for every pod that a test asks for."""

from collections.abc import Mapping
from typing import Any

NODE_NAME = "testbed-node"


def fake_node() -> dict[str, Any]:
    """The Node to create."""
    room = {"cpu": "1000", "memory": "4000Gi", "pods": "5000", "ephemeral-storage": "4000Gi"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": NODE_NAME,
            "annotations": {"kwok.x-k8s.io/node": "fake"},
            "labels": {"kubernetes.io/hostname": NODE_NAME, "kubernetes.io/os": "linux", "type": "kwok"},
        },
        "status": {"allocatable": room, "capacity": room},
    }


def is_ready(node: Mapping[str, Any]) -> bool:
    """Whether the scheduler would put pods there."""
    conditions = node.get("status", {}).get("conditions", [])
    ready = any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)
    return ready and not node["spec"].get("taints")
