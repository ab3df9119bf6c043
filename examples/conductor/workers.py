"""The port through which an agent sees its workers: the pods of its Deployment. And the port in memory."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol, Self


class Workload(NamedTuple):
    """A Deployment, by namespace and name."""

    namespace: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `namespace/name`; ValueError says what is wrong with anything else."""
        namespace, slash, name = text.partition("/")
        if not (namespace and slash and name) or "/" in name:
            raise ValueError(f"{text!r} names no Deployment: write namespace/name, such as demo/triage-agent")
        return cls(namespace, name)


@dataclass(frozen=True, slots=True)
class Pod:
    """One worker: it serves tasks while `ready`; `uid` is never given to another pod."""

    uid: str
    ready: bool


class Workers(Protocol):
    """Who serves a workload's tasks."""

    def pods(self, workload: Workload) -> frozenset[Pod]:
        """Every pod that still exists, ready or not; empty where nothing is known of the workload."""
        ...


class InMemoryWorkers:
    """Workers that a test sets."""

    def __init__(self) -> None:
        self._pods: dict[Workload, frozenset[Pod]] = {}

    def pods(self, workload: Workload) -> frozenset[Pod]:
        """See `Workers.pods`."""
        return self._pods.get(workload, frozenset())

    def set(self, workload: Workload, ready: Iterable[str], unready: Iterable[str] = ()) -> None:
        """From now on the workload has exactly the pods of these uids."""
        self._pods[workload] = frozenset({Pod(uid, True) for uid in ready} | {Pod(uid, False) for uid in unready})
