"""How much of one namespace is judged: where it has more objects of a kind than an administrator allows, the oldest stay."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from autonomic.domain.meta import Condition, ObjectMeta, condition
from autonomic.domain.resource import Resource

TOO_MANY = "TooMany"
"""The reason of `Ready` of what is left out."""

Rank = tuple[float, str]
"""When it was made, in seconds since the epoch, and its name: of the same second the first by name stays."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """A kind of which a namespace has more than `most`: how many, and the youngest of those that stay."""

    kind: str
    namespace: str
    most: int
    there: int
    last: Rank


Crowds = Mapping[tuple[str, str], Crowd]
"""By kind and namespace; those that have no more than they may are not in it."""


def rank(meta: ObjectMeta) -> Rank:
    """What was not made yet is the youngest."""
    return (meta.creation_timestamp.timestamp() if meta.creation_timestamp else inf), meta.name


def crowd(kind: str, namespace: str, there: Sequence[Rank], most: int) -> Crowd | None:
    """`there` are all of that kind and namespace, the oldest first. None where all of them stay."""
    return Crowd(kind, namespace, most, len(there), there[most - 1]) if len(there) > most else None


def leaving_out(crowds: Crowds, held: Resource) -> Crowd | None:
    """The crowd that leaves the object out; None where it is judged."""
    if not crowds:
        return None
    found = crowds.get((held.names.kind, held.metadata.namespace or ""))
    return found if found is not None and rank(held.metadata) > found.last else None


def sentence(crowd: Crowd, told: Iterable[Condition]) -> str:
    """Why it is left out, and the way out. What its status says already stays, though others came or went.

    A number that moves would be a write for each that is left out, whenever one more comes.
    """
    ready = condition(told, "Ready")
    if ready is not None and _stands(ready, crowd):
        return ready.message
    return (
        f"{_beginning(crowd)}: there were {crowd.there} when this was written; delete what is not needed, or have an"
        " administrator allow more (objectsPerNamespace of the chart, AUTONOMIC_OBJECTS_PER_NAMESPACE)"
    )


def is_told(crowd: Crowd, meta: ObjectMeta, told: Iterable[Condition]) -> bool:
    """Whether the status of what is left out says so already, of the spec as it is."""
    ready = condition(told, "Ready")
    return ready is not None and ready.observed_generation == meta.generation and _stands(ready, crowd)


def _stands(ready: Condition, crowd: Crowd) -> bool:
    return ready.reason == TOO_MANY and ready.message.startswith(f"{_beginning(crowd)}:")


def _beginning(crowd: Crowd) -> str:
    return f"of the {crowd.kind}s of namespace {crowd.namespace} the oldest {crowd.most} are judged, and this is none of them"
