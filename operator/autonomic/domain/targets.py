"""A live object that a plan would change, with what decisions need to know of its surroundings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import Deed, FieldChange
from autonomic.domain.redlines import Effect


@dataclass(frozen=True)
class Target:
    """An object as last read from the API server.

    `autoscaler` names what scales it, if anything: `HorizontalPodAutoscaler web`. `related` are objects around it that an
    action looks at: the ReplicaSets of a Deployment that may be rolled back, NetworkPolicies, Jobs.
    """

    ref: ObjectRef
    raw: Mapping[str, Any]
    namespace_labels: Mapping[str, str] = field(default_factory=dict)
    autoscaler: str | None = None
    related: tuple[Mapping[str, Any], ...] = ()

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
    traffic: int | None = None
    """Percent of the traffic that is moved or turned away."""
    reversible: bool = True
    deed: Deed = "Patch"
    creates: str | None = None

    @property
    def due(self) -> bool:
        """Whether anything is left to do."""
        return bool(self.changes) or self.deed != "Patch"
