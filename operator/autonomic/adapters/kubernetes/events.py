"""Facts as Kubernetes Events, for `kubectl describe` and `kubectl events`."""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from autonomic.domain.errors import AlreadyExists, AutonomicError, NotFound
from autonomic.domain.findings import Fact
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import GROUP
from autonomic.ports.clock import Clock
from autonomic.ports.cluster import Cluster, Manifest
from autonomic.ports.journal import Journal

API_VERSION, KIND = "events.k8s.io/v1", "Event"
HOME_OF_CLUSTER_SCOPED = "default"
NOTE_BYTES = 1024
WAITING_FACTS = 1000
REMEMBERED_EVENTS = 1000
REPEAT_SECONDS = 60.0
DRAIN_SECONDS = 2.0
PAUSE_SECONDS = 0.5
"""Until a fact is told: what it tells of goes on meanwhile, and need not share the API server with its own story."""


@dataclass(frozen=True)
class _Waiting:
    fact: Fact
    at: datetime
    due: float


@dataclass(frozen=True)
class _Told:
    name: str
    count: int
    written: float


class EventJournal(Journal):
    """Tells facts in the background, one at a time and each after a pause; `start` it, `aclose` it.

    What cannot be told is counted in `dropped`.

    A fact that is told again makes no second Event: its count is written, at most once a minute. `uid_of` gives the UID of
    an object, or "" if it is not known; `kubectl describe` finds only Events that name the right one. `instance` is
    this process: another one does not continue its Events.
    """

    def __init__(self, cluster: Cluster, clock: Clock, instance: str, uid_of: Callable[[ObjectRef], str]) -> None:
        self.dropped = 0
        self._cluster = cluster
        self._clock = clock
        self._instance = instance[:128]
        self._uid_of = uid_of
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue(WAITING_FACTS)
        self._ending = asyncio.Event()
        self._told: OrderedDict[str, _Told] = OrderedDict()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to tell what was recorded and will be."""
        self._ending.clear()
        self._task = asyncio.create_task(self._tell_all(), name="events")

    async def aclose(self) -> None:
        """Tells what waits, without a pause and for at most two seconds, and ends."""
        if self._task is None:
            return
        self._ending.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._waiting.join()
        self._task.cancel()
        await asyncio.wait([self._task])

    async def record(self, fact: Fact) -> None:
        """Queues the fact, or drops it when too many wait already."""
        try:
            self._waiting.put_nowait(_Waiting(fact, self._clock.now(), self._clock.monotonic() + PAUSE_SECONDS))
        except asyncio.QueueFull:
            self.dropped += 1

    async def _tell_all(self) -> None:
        while True:
            waiting = await self._waiting.get()
            try:
                await self._pause(waiting.due)
                await self._tell(waiting.fact, waiting.at)
            except AutonomicError:
                self.dropped += 1
            finally:
                self._waiting.task_done()

    async def _pause(self, due: float) -> None:
        """Returns when it is due, or at once at the end."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, due - self._clock.monotonic())):
                await self._ending.wait()

    async def _tell(self, fact: Fact, at: datetime) -> None:
        uid = self._uid_of(fact.about)
        key = _digest(self._instance, fact.about, uid, fact.name, fact.message)
        known = self._told.get(key)
        if known is None:
            await self._create(key, self._event(key, fact, uid, at))
        else:
            await self._repeat(key, self._event(key, fact, uid, at), known)

    async def _create(self, key: str, event: Manifest) -> None:
        with contextlib.suppress(AlreadyExists):  # our own, whose answer was lost
            await self._cluster.create(event)
        self._remember(key, _Told(event["metadata"]["name"], 1, self._clock.monotonic()))

    async def _repeat(self, key: str, event: Manifest, known: _Told) -> None:
        told = replace(known, count=known.count + 1)
        self._remember(key, told)
        now = self._clock.monotonic()
        if now - known.written < REPEAT_SECONDS:
            return
        series = {"count": told.count, "lastObservedTime": event["eventTime"]}
        namespace = event["metadata"]["namespace"]
        ref = ObjectRef(api_version=API_VERSION, kind=KIND, name=known.name, namespace=namespace)
        try:
            await self._cluster.patch(ref, {"series": series})
            self._remember(key, replace(told, written=now))
        except NotFound:  # the server keeps Events for an hour or so
            await self._create(key, event)

    def _remember(self, key: str, told: _Told) -> None:
        self._told[key] = told
        self._told.move_to_end(key)
        if len(self._told) > REMEMBERED_EVENTS:
            self._told.popitem(last=False)

    def _event(self, key: str, fact: Fact, uid: str, at: datetime) -> Manifest:
        """`kubectl describe` lists such Events by their names: the time in them keeps the order of what happened."""
        about = fact.about
        return {
            "apiVersion": API_VERSION,
            "kind": KIND,
            "metadata": {
                "name": f"{about.name[:200]}.{int(at.timestamp() * 1e6):x}.{key}",
                "namespace": about.namespace or HOME_OF_CLUSTER_SCOPED,
            },
            "eventTime": _micro(at),
            "reportingController": f"{GROUP}/operator",
            "reportingInstance": self._instance,
            "type": "Warning" if fact.warning else "Normal",
            "reason": fact.name,
            "action": fact.name,
            "note": fact.message.encode()[:NOTE_BYTES].decode(errors="ignore"),
            "regarding": _regarding(about, uid),
        }


def _regarding(about: ObjectRef, uid: str) -> dict[str, str]:
    named = {"apiVersion": about.api_version, "kind": about.kind, "name": about.name}
    return named | ({"namespace": about.namespace} if about.namespace else {}) | ({"uid": uid} if uid else {})


def _digest(*parts: Any) -> str:
    return sha256("\0".join(str(part) for part in parts).encode()).hexdigest()[:16]


def _micro(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
