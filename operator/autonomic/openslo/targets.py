"""The workload that a contract is about, in a word: OpenSLO has no reference to one."""

from typing import Any

from autonomic.domain.errors import Invalid
from autonomic.domain.meta import WorkloadRef

_KINDS = {"deployment": "Deployment", "statefulset": "StatefulSet", "daemonset": "DaemonSet"}
_APPS = "apps/v1"


def target_ref(word: str, place: str) -> dict[str, Any]:
    """`deployment/agent`, or `argoproj.io/v1alpha1/Rollout/agent`, as a contract writes it. Raises Invalid."""
    *group, kind, name = ["", *word.split("/")]
    api_version = "/".join(group).strip("/")
    if not name or not (api_version or kind.lower() in _KINDS):
        raise Invalid(
            f"{place} is {word!r}: write deployment/NAME, statefulset/NAME or daemonset/NAME, or APIVERSION/KIND/NAME"
        )
    if not api_version:
        return {"apiVersion": _APPS, "kind": _KINDS[kind.lower()], "name": name}
    return {"apiVersion": api_version, "kind": kind, "name": name}


def target_word(reference: WorkloadRef) -> str:
    """`deployment/agent` for Deployments and their like; the whole reference for others."""
    if reference.api_version == _APPS and reference.kind in _KINDS.values():
        return f"{reference.kind.lower()}/{reference.name}"
    return f"{reference.api_version}/{reference.kind}/{reference.name}"
