"""A signal as it came in: what senders push, and what the cluster tells of itself."""

from collections.abc import Mapping
from datetime import datetime

import msgspec


class Signal(msgspec.Struct, frozen=True, gc=False):
    """One thing that was said about one subject at one moment. Tens of thousands are made in a second: a Struct costs least."""

    type: str
    """A type of the catalogue (TaskFailureCount, ...), a Kubernetes Event's reason (OOMKilled), an alert's name, or unknown."""

    namespace: str
    """The tenant that it speaks of."""

    labels: Mapping[str, str]
    """What it is about: deployment, agent, model, job, task, code, ..."""

    value: float
    """Finite; 1.0 where a mere occurrence."""

    at: datetime
    """When it was so, by the sender (checked against our clock)."""

    source: str
    """CloudEvents source, "alertmanager", "kubernetes-events", ..."""

    id: str
    """Unique within the source."""
