"""How a PrometheusRule that is there stands to the one that is wanted: whose it is, who changed it, what it lacks."""

from collections.abc import Iterator, Mapping
from typing import Any

from autonomic.domain.contracts import SLAContract

MANAGER = "autonomic"
"""The field manager of everything that the operator writes."""

Object = Mapping[str, Any]


def belongs_to(contract: SLAContract, live: Object) -> bool:
    """Whether this life of the contract is its controller."""
    owners = live["metadata"].get("ownerReferences") or []
    return any(each.get("controller") and each.get("uid") == contract.metadata.uid for each in owners)


def changed_by(live: Object) -> tuple[str, ...]:
    """Who else owns a field of its spec, by the server's own record."""
    entries = live["metadata"].get("managedFields") or []
    owners = (each.get("manager", "somebody") for each in entries if "f:spec" in (each.get("fieldsV1") or {}))
    return tuple(sorted({each for each in owners if each != MANAGER}))


def lacking(wanted: Object, live: Object) -> dict[str, Any] | None:
    """The merge patch that makes it what is wanted, bound to this version of it; None where it is that already.

    Labels of ours that are no longer wanted go; those of others stay.
    """
    labels = live["metadata"].get("labels") or {}
    changed: dict[str, str | None] = {
        label: value for label, value in wanted["metadata"]["labels"].items() if labels.get(label) != value
    }
    changed |= {label: None for label in _our_labels(live) if label not in wanted["metadata"]["labels"]}
    body = {"spec": wanted["spec"]} if live.get("spec") != wanted["spec"] else {}
    if not changed and not body:
        return None
    meta = {key: live["metadata"][key] for key in ("uid", "resourceVersion")}
    return {"metadata": meta | ({"labels": changed} if changed else {}), **body}


def _our_labels(live: Object) -> Iterator[str]:
    for each in live["metadata"].get("managedFields") or []:
        if each.get("manager") == MANAGER:
            fields = each.get("fieldsV1", {}).get("f:metadata", {}).get("f:labels", {})
            yield from (name.removeprefix("f:") for name in fields if name.startswith("f:"))
