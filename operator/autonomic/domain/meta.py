"""Object metadata, references and conditions, as Kubernetes defines them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from autonomic.domain.model import Model, Status
from autonomic.domain.words import Name, Text, Truth, Uid, Word

Label = Annotated[str, StringConstraints(max_length=63)]
LabelKey = Annotated[str, StringConstraints(max_length=317)]


class ObjectMeta(Model):
    """The metadata that decisions look at. The rest of what the server keeps is ignored."""

    model_config = ConfigDict(extra="ignore")

    name: str
    namespace: str | None = None
    uid: str = ""
    generation: int = 0
    resource_version: str = ""
    creation_timestamp: datetime | None = None
    deletion_timestamp: datetime | None = None
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)
    finalizers: tuple[str, ...] = ()


class ObjectRef(Model):
    """Where an object is. `namespace` is None for cluster-scoped kinds."""

    api_version: str
    kind: str
    name: str
    namespace: str | None = None

    @staticmethod
    def of(manifest: Mapping[str, Any]) -> "ObjectRef":
        """Where this one is, which says its apiVersion, kind and metadata as for kubectl."""
        meta = manifest["metadata"]
        return ObjectRef(
            api_version=manifest["apiVersion"],
            kind=manifest["kind"],
            name=meta["name"],
            namespace=meta.get("namespace"),
        )

    @property
    def key(self) -> str:
        """`namespace/name`, or the name of a cluster-scoped object."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    def __str__(self) -> str:
        """`Deployment demo/triage-agent`."""
        return f"{self.kind} {self.key}"


class WorkloadRef(Model):
    """A workload in the same namespace."""

    api_version: Annotated[str, StringConstraints(min_length=2, max_length=128)] = Field(
        description="API version of the workload, such as apps/v1."
    )
    kind: Word = Field(description="Kind of the workload, such as Deployment.")
    name: Name = Field(description="Name of the workload, in the same namespace.")

    def within(self, namespace: str) -> ObjectRef:
        """The full reference."""
        return _known(self.api_version, self.kind, self.name, namespace)


@lru_cache(maxsize=1 << 14)
def _known(api_version: str, kind: str, name: str, namespace: str) -> ObjectRef:
    # Every turn, and the guards of every plan, go through the targets of all contracts; to validate one costs the most.
    return ObjectRef(api_version=api_version, kind=kind, name=name, namespace=namespace)


class TargetRef(WorkloadRef):
    """A workload in the same namespace, pinned to one life of it."""

    uid: Uid = Field(
        description="UID of the workload when the plan was made; another life of the name is another target."
    )


class LabelSelector(Model):
    """Which labels an object must have; empty selects everything."""

    match_labels: dict[LabelKey, Label] = Field(
        default_factory=dict, max_length=16, description="Labels that must all be present with exactly these values."
    )

    def matches(self, labels: dict[str, str]) -> bool:
        """True when every wanted label has its wanted value."""
        return all(labels.get(key) == value for key, value in self.match_labels.items())


class Condition(Status):
    """A metav1.Condition. `last_transition_time` moves only when `status` does."""

    type: Word = Field(description="Name of the condition.")
    status: Truth = Field(description="True, False or Unknown.")
    reason: Word = Field(description="Machine-readable reason, CamelCase.")
    message: Text = Field(default="", description="A sentence for a person.")
    observed_generation: int = Field(default=0, ge=0, description="The generation of the spec that this speaks of.")
    last_transition_time: datetime = Field(description="When the status last changed.")


def conditions(
    known: Iterable[Condition], wanted: Iterable[tuple[str, Truth, str, str]], generation: int, now: datetime
) -> tuple[Condition, ...]:
    """Conditions after `wanted` (type, status, reason, message) is set: the transition time is kept while the status is."""
    before = {condition.type: condition for condition in known}
    after = dict(before)
    for name, status, reason, message in wanted:
        old = before.get(name)
        since = old.last_transition_time if old and old.status == status else now
        after[name] = Condition(
            type=name,
            status=status,
            reason=reason,
            message=message,
            observed_generation=generation,
            last_transition_time=since,
        )
    return tuple(after.values())


def condition(known: Iterable[Condition], name: str) -> Condition | None:
    """The condition of that type, if it was ever set."""
    for each in known:
        if each.type == name:
            return each
    return None
