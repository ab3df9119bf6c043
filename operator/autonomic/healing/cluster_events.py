"""Kubernetes Events as signals: which trouble an Event tells of, and whom it is about.

The kubelet writes no Event when a container runs out of memory: that stands in the pod's status, and is told here when the
pod's container is started again.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from autonomic.domain.meta import ObjectRef
from autonomic.domain.signals.board import CLUSTER_EVENTS
from autonomic.domain.signals.received import Signal
from autonomic.domain.words import GROUP

OURSELVES = f"{GROUP}/operator"
"""Who reports the Events that the operator writes."""
OUT_OF_MEMORY = "OOMKilled"
_WORD = re.compile(r"[A-Z][A-Za-z0-9]{0,62}")
_CANONICAL = (
    ("BackOff", "restarting failed container", "CrashLoopBackOff"),
    ("BackOff", "pulling image", "ImagePullBackOff"),
    ("Failed", "ImagePullBackOff", "ImagePullBackOff"),
    ("Failed", "ErrImagePull", "ImagePullBackOff"),
    ("Failed", "pull image", "ImagePullBackOff"),
    ("OOMKilling", "", OUT_OF_MEMORY),
)
"""Reason and a part of the message as components write them, and what people call it."""

Manifest = Mapping[str, Any]


def trouble(event: Manifest) -> str | None:
    """What people call it; None where it is no word, or what we said ourselves: nobody is healed for being healed."""
    if event.get("reportingComponent") == OURSELVES:
        return None
    reason, message = str(event.get("reason") or ""), str(event.get("message") or "").lower()
    for known, part, name in _CANONICAL:
        if reason == known and part.lower() in message:
            return name
    return reason if _WORD.fullmatch(reason) else None


def involved(event: Manifest) -> ObjectRef | None:
    """The object that it is about; None where it names none."""
    about = event.get("involvedObject") or {}
    if not (about.get("kind") and about.get("name")):
        return None
    namespace = about.get("namespace") or (event.get("metadata") or {}).get("namespace")
    return ObjectRef(
        api_version=str(about.get("apiVersion") or "v1"),
        kind=str(about["kind"]),
        name=str(about["name"]),
        namespace=namespace,
    )


def controller(raw: Manifest) -> ObjectRef | None:
    """What controls an object, in its namespace."""
    meta = raw.get("metadata") or {}
    for owner in meta.get("ownerReferences") or ():
        if owner.get("controller"):
            return ObjectRef(
                api_version=str(owner["apiVersion"]),
                kind=str(owner["kind"]),
                name=str(owner["name"]),
                namespace=meta.get("namespace"),
            )
    return None


def ran_out_of_memory(pod: Manifest) -> bool:
    """Whether the last end of one of its containers was that."""
    statuses = (pod.get("status") or {}).get("containerStatuses") or ()
    ends = [(each.get(state) or {}).get("terminated") or {} for each in statuses for state in ("lastState", "state")]
    return any(end.get("reason") == OUT_OF_MEMORY for end in ends)


def signals(event: Manifest, types: Iterable[str], about: Iterable[ObjectRef], now: datetime) -> list[Signal]:
    """One signal for each type, with the kinds and names of whom it is about as labels: pod, replicaset, deployment."""
    meta = event.get("metadata") or {}
    times = event.get("count") or (event.get("series") or {}).get("count") or 1
    labels = {each.kind.lower(): each.name for each in about}
    node = (event.get("source") or {}).get("host")
    return [
        Signal(
            type=type_,
            namespace=str(meta.get("namespace") or ""),
            labels=labels | ({"node": str(node)} if node else {}),
            value=1.0,
            at=_at(event, now),
            source=CLUSTER_EVENTS,
            id=f"{meta.get('uid')}/{times}/{type_}",
        )
        for type_ in types
    ]


def _at(event: Manifest, now: datetime) -> datetime:
    """When it was seen last; now where that can't be read."""
    series, meta = event.get("series") or {}, event.get("metadata") or {}
    said = (
        event.get("lastTimestamp")
        or series.get("lastObservedTime")
        or event.get("eventTime")
        or meta.get("creationTimestamp")
    )
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError:
        return now
    return found if found.tzinfo else found.replace(tzinfo=UTC)
