"""Names, labels and descriptions, both ways."""

import re
from typing import Any

from autonomic.domain.contracts import SLAContract
from autonomic.domain.words import GROUP
from autonomic.openslo import annotations as kept
from autonomic.openslo.annotations import Annotations, key, structure
from autonomic.openslo.names import label
from autonomic.openslo.node import Node

_LABEL_KEY = re.compile(r"[a-zA-Z0-9]([-._a-zA-Z0-9]{0,61}[a-zA-Z0-9])?")
_LABEL_VALUE = re.compile(r"([a-zA-Z0-9]([-._a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)?")
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def metadata(slo: Node, annotations: Annotations, target: str, namespace: str | None) -> dict[str, Any]:
    """The metadata of the contract that the SLO belongs to. Raises Invalid."""
    given = slo.need("metadata")
    found: dict[str, Any] = {"name": annotations.text(kept.CONTRACT) or label(given.need("name").text())}
    annotated, labels = annotations.others() | _described(slo, target), _labels(given, annotations)
    kept_namespace = annotations.text(kept.NAMESPACE)
    if namespace or kept_namespace:
        found["namespace"] = namespace or kept_namespace
    return found | ({"labels": labels} if labels else {}) | ({"annotations": annotated} if annotated else {})


def slo_metadata(contract: SLAContract, name: str) -> dict[str, Any]:
    """The metadata of an SLO of the contract, without the annotations that are ours."""
    given = contract.metadata
    labels = {each: value for each, value in given.labels.items() if _LABEL_KEY.fullmatch(each)}
    shown = given.annotations.get(key(kept.DISPLAY_NAME))
    found = {"name": name, **({"displayName": shown} if shown else {}), **({"labels": labels} if labels else {})}
    return found | {"annotations": {}}


def prefixed_labels(contract: SLAContract) -> dict[str, str]:
    """Labels whose keys OpenSLO does not allow: those with a prefix."""
    return {each: value for each, value in contract.metadata.labels.items() if not _LABEL_KEY.fullmatch(each)}


def foreign_annotations(contract: SLAContract) -> dict[str, str]:
    """Annotations that go over as they are: those of others."""
    given = contract.metadata.annotations
    return {name: value for name, value in given.items() if name != _APPLIED and not name.startswith(f"{GROUP}/")}


def unknown_annotations(contract: SLAContract) -> tuple[str, ...]:
    """Annotations of ours that say nothing of an SLO."""
    said = {key(kept.DISPLAY_NAME), key(kept.DESCRIPTION), key(kept.SERVICE)}
    return tuple(name for name in contract.metadata.annotations if name.startswith(f"{GROUP}/") and name not in said)


def _described(slo: Node, target: str) -> dict[str, str]:
    """What OpenSLO shows of the SLO, as annotations of the contract; a service called as the workload needs none."""
    spec = slo.need("spec")
    fields = {
        kept.DISPLAY_NAME: slo.need("metadata").get("displayName"),
        kept.DESCRIPTION: spec.get("description"),
        kept.SERVICE: spec.get("service"),
    }
    found = {word: node.text() for word, node in fields.items() if node}
    return {key(word): text for word, text in found.items() if (word, text) != (kept.SERVICE, target)}


def _labels(given: Node, annotations: Annotations) -> dict[str, str]:
    labels, others = given.get("labels"), annotations.get(kept.LABELS)
    found = {name: labels.get(name) for name in labels.value} if labels else {}
    usable = {name: _value(node) for name, node in found.items() if node}
    return {name: value for name, value in usable.items() if value is not None} | (structure(others) if others else {})


def _value(node: Node) -> str | None:
    """The one value of a label; None for what Kubernetes does not allow, which is named."""
    value = node.value[0] if isinstance(node.value, list) and len(node.value) == 1 else node.value
    if isinstance(value, str) and _LABEL_VALUE.fullmatch(value):
        node.accept()
        return value
    node.lose("a label has one value of at most 63 letters, digits, '-', '_' and '.'")
    return None
