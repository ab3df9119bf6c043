"""Subjects: what snapshots are of, how they are named, and which contracts say something of which."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from autonomic.domain.contracts import SLAContract
from autonomic.domain.health import HealthSnapshot, SubjectKind
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import API_VERSION, COMPONENT_LABEL, WORKSTREAM_LABEL

WEIGHTS = {"Gold": 3, "Silver": 2, "Bronze": 1}
"""How much a workload counts in the mean of a group, by the tier of its contract."""

_PLAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LONGEST = 253
_MARK = 10


class Key(NamedTuple):
    """One subject. A tuple, since thousands are looked up in a cycle."""

    namespace: str
    kind: SubjectKind
    name: str

    @property
    def ref(self) -> ObjectRef:
        """Where its snapshot is."""
        return ObjectRef(
            api_version=API_VERSION, kind=HealthSnapshot.names.kind, name=self.object_name, namespace=self.namespace
        )

    @property
    def object_name(self) -> str:
        """`agent-triage`. A name that no object may bear is bent into one, with a mark that tells it from others."""
        if self.kind == "System":
            return "system"
        name = f"{self.kind.lower()}-{self.name}"
        if len(name) <= _LONGEST and _PLAIN.fullmatch(name):
            return name
        bent = re.sub(r"[^a-z0-9]+", "-", name.lower())[: _LONGEST - _MARK - 1].rstrip("-")
        return f"{bent}-{hashlib.sha256(self.name.encode()).hexdigest()[:_MARK]}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a contract belongs: its workload, its workstream where it has one, how much it counts, what it lives from."""

    workload: Key
    workstream: Key | None
    weight: int
    depends_on: tuple[str, ...]

    @property
    def system(self) -> Key:
        """The namespace."""
        return Key(self.workload.namespace, "System", self.workload.namespace)

    @property
    def groups(self) -> tuple[Key, ...]:
        """The groups that the workload is a member of."""
        return (self.system,) if self.workstream is None else (self.workstream, self.system)


def place(contract: SLAContract) -> Place:
    """The place of a contract. Workloads of one name in a namespace are one subject, whatever their kind."""
    meta = contract.metadata
    namespace, stream = meta.namespace or "", meta.labels.get(WORKSTREAM_LABEL)
    kind: SubjectKind = "Infra" if meta.labels.get(COMPONENT_LABEL) == "Infra" else "Agent"
    return Place(
        workload=Key(namespace, kind, contract.spec.target_ref.name),
        workstream=Key(namespace, "Workstream", stream) if stream else None,
        weight=WEIGHTS[contract.spec.tier],
        depends_on=tuple(f"{namespace}/{each.name}" for each in contract.spec.depends_on),
    )


def about(contracts: Mapping[str, SLAContract], workload: str) -> dict[str, SLAContract]:
    """The contracts of the workloads of that name, and of all that they live from or take parts of composites from."""
    found = {key: each for key, each in contracts.items() if each.spec.target_ref.name == workload}
    ahead = list(found)
    for key in ahead:
        for name in (*place(contracts[key]).depends_on, *_parts(contracts[key])):
            if name in contracts and name not in found:
                found[name] = contracts[name]
                ahead.append(name)
    return found


def _parts(contract: SLAContract) -> list[str]:
    parts = [part for each in contract.spec.objectives for part in each.indicator.composite or ()]
    return [f"{contract.metadata.namespace}/{part.objective.partition('/')[0]}" for part in parts]
