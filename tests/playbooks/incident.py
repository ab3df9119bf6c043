"""One incident: the playbook for it, what it happens to, what is said of it, and what the cure changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from testbed.world import Manifest

LIBRARY = Path(__file__).parents[2] / "charts" / "autonomic" / "playbooks"


@dataclass(frozen=True)
class Said:
    """A signal that is pushed as long as the trouble goes on: a type with labels, while it is bad and once it is well.

    `well` None: it is said no more.
    """

    type: str
    labels: Mapping[str, str]
    bad: float = 1.0
    well: float | None = None


@dataclass(frozen=True)
class Happened:
    """A Kubernetes Event that comes again as long as the trouble goes on, about an object of the namespace.

    Of a Deployment it is about one of its pods, whose container last ended by `last`.
    """

    reason: str
    message: str
    api_version: str
    kind: str
    name: str
    last: str = ""


@dataclass(frozen=True)
class Incident:
    """`objects` are there before it, and `prepare` makes of them what can't be applied. `kind` and `name` are what is changed.

    `read` gives the changed value: `before` at first, `after` when healed. `quicker` lies over the playbook's spec: only how
    long things take is changed. `undone`: how often a cure is first tried that does not help.
    """

    playbook: str
    objects: tuple[Manifest, ...]
    trouble: tuple[Said | Happened, ...]
    kind: str
    name: str
    read: Callable[[Manifest], object]
    before: object
    after: object
    quicker: Mapping[str, Any] = field(default_factory=dict)
    prepare: tuple[Manifest, ...] = ()
    attempts: int = 1

    def manifest(self, namespace: str) -> Manifest:
        """The playbook as it is shipped, in that namespace, in Enforce, and quicker."""
        made: Manifest = yaml.safe_load((LIBRARY / f"{self.playbook}.yaml").read_text())
        made["metadata"]["namespace"] = namespace
        for trigger in made["spec"]["triggers"]:
            trigger.update({"for": "2s"} if "for" in trigger else {})
        quick = {"mode": "Enforce", "cooldown": "1s", "verification": {"settle": "1s", "within": "12s"}}
        made["spec"] |= {**quick, **self.quicker}
        return made
