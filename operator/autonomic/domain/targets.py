"""A live object that a plan would change, with what decisions need to know of its surroundings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import FieldChange
from autonomic.domain.redlines import Effect


@dataclass(frozen=True)
class Target:
    """An object as last read from the API server. `autoscaler` names the HPA that scales it, if any."""

    ref: ObjectRef
    raw: Mapping[str, Any]
    namespace_labels: Mapping[str, str] = field(default_factory=dict)
    autoscaler: str | None = None

    @property
    def uid(self) -> str:
        """The UID of this life of the object."""
        return str(self.raw["metadata"]["uid"])

    @property
    def resource_version(self) -> str:
        """What it was when it was read."""
        return str(self.raw["metadata"]["resourceVersion"])

    @property
    def labels(self) -> Mapping[str, str]:
        """The object's labels."""
        labels: Mapping[str, str] = self.raw["metadata"].get("labels") or {}
        return labels

    @property
    def annotations(self) -> Mapping[str, str]:
        """The object's annotations."""
        annotations: Mapping[str, str] = self.raw["metadata"].get("annotations") or {}
        return annotations


@dataclass(frozen=True)
class StepFacts:
    """What one action would do to its target: the input of every rule of governance."""

    action: str
    target: Target
    changes: tuple[FieldChange, ...]
    effects: frozenset[Effect]
    summary: str
    replicas_before: int | None = None
    replicas_after: int | None = None
    objection: str | None = None
