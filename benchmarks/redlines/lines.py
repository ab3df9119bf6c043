"""The RedLines of the harness, and the oracle: may this write be, by these lines? Plain Python, written for itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

Numbers = Mapping[str, int]
DEFAULTS: Mapping[str, Numbers] = {
    "Deployment": {"replicas": 1},
    "StatefulSet": {"replicas": 1},
    "HorizontalPodAutoscaler": {"minReplicas": 1, "maxReplicas": 1},
    "ScaledObject": {"minReplicaCount": 0, "maxReplicaCount": 100},
}


@dataclass(frozen=True)
class Line:
    """A RedLine over one namespace, or over all when `namespace` is empty."""

    name: str
    namespace: str = ""
    least: int | None = None
    most: int | None = None
    step: Fraction | None = None
    kinds: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    killed: bool = False
    rests: bool = False
    cools: bool = False

    def spec(self) -> dict[str, Any]:
        """As it is written in the cluster."""
        limits = {"minReplicas": self.least, "maxReplicas": self.most, "cooldown": "1h" if self.cools else None}
        bounds = {key: value for key, value in limits.items() if value is not None}
        if self.step is not None:
            bounds["maxStep"] = str(float(self.step))
        labels = {"matchLabels": {"kubernetes.io/metadata.name": self.namespace}} if self.namespace else {}
        scope = {"namespaceSelector": labels, "kinds": list(self.kinds), "names": list(self.names)}
        rest = (
            {"freezeDays": [f"{datetime.now(UTC) + timedelta(days=days):%A}" for days in (0, 1)]} if self.rests else {}
        )
        return {"appliesTo": scope, "limits": bounds, "killSwitch": self.killed, **rest}

    def holds_for(self, write: "Write") -> bool:
        """Whether it speaks of that target."""
        here = self.namespace in ("", write.namespace)
        return here and write.kind in (self.kinds or (write.kind,)) and write.name in (self.names or (write.name,))


@dataclass(frozen=True)
class Write:
    """A write and the world that it meets. `before` and `after` are the numbers of the spec; `epoch` is right or not."""

    namespace: str
    kind: str
    name: str
    before: Numbers = field(default_factory=dict)
    after: Numbers = field(default_factory=dict)
    opted_in: bool = True
    epoch_is_right: bool = True
    ours: bool = True
    other_field: bool = False
    autoscaled: bool = False
    written_before: bool = False


def wrongs(write: Write, lines: tuple[Line, ...]) -> Iterator[str]:
    """Every reason for which it must be refused; none when it may be."""
    changed = {name: (write.before[name], value) for name, value in write.after.items() if write.before[name] != value}
    if not write.opted_in:
        yield "not opted in"
    if not write.epoch_is_right:
        yield "epoch"
    if not write.ours:
        yield "field manager"
    if write.other_field:
        yield "another field"
    if write.autoscaled and changed:
        yield "autoscaled"
    for line in lines:
        if line.holds_for(write):
            yield from _crossed(line, write, changed)


def _crossed(line: Line, write: Write, changed: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    if line.killed:
        yield "kill switch"
    if line.rests:
        yield "day of rest"
    if line.cools and write.written_before:
        yield "cooldown"
    for before, after in changed.values():
        if line.least is not None and after < line.least:
            yield "minReplicas"
        if line.most is not None and after > line.most:
            yield "maxReplicas"
        if line.step is not None and abs(after - before) > line.step * max(before, after):
            yield "maxStep"
