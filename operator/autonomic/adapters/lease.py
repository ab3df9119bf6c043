"""Leadership by a Lease of our own: one replica acts, the others wait beside it."""

import asyncio
import contextlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from autonomic.domain.errors import AlreadyExists, AutonomicError, Conflict, LeadershipLost, NotFound
from autonomic.domain.meta import ObjectRef
from autonomic.ports.clock import Clock
from autonomic.ports.cluster import Cluster, Manifest

API_VERSION, KIND = "coordination.k8s.io/v1", "Lease"


@dataclass(frozen=True, slots=True)
class LeaseTimes:
    """All times of a Lease, in seconds, from its duration: two calls in a row may hang, and it is still held."""

    duration: int = 15

    @property
    def renew_every(self) -> float:
        """Between a renewal and the next."""
        return self.duration / 3

    @property
    def retry_every(self) -> float:
        """After a call that failed, and between two looks at another's Lease: a released one is taken over soon."""
        return min(1.0, self.duration / 15)

    @property
    def call(self) -> float:
        """The longest that one call may take."""
        return self.duration / 5

    @property
    def validity(self) -> float:
        """How long we act on a renewal, from when it was sent: shorter than others wait before they take over."""
        return self.duration * 0.8


class LeaseHolder:
    """Acquires the Lease, renews it, and knows at every moment whether this replica may write.

    `cluster` must not be gated by this Lease. `identity` must be unique to this process, not only to its pod.
    `on_lost` is called once, when a Lease that was held is held no more: end the process in it. `marks` gives annotations
    that go with each renewal.
    """

    def __init__(
        self,
        cluster: Cluster,
        clock: Clock,
        lease: ObjectRef,
        identity: str,
        on_lost: Callable[[], None],
        times: LeaseTimes | None = None,
        marks: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._cluster = cluster
        self._clock = clock
        self._ref = lease
        self._identity = identity
        self._on_lost = on_lost
        self._times = times or LeaseTimes()
        self._marks = marks
        self._held = asyncio.Event()
        self._turn = asyncio.Lock()
        self._stopping = False
        self._ours = False
        self._valid_until = -math.inf
        self._version = ""
        self._seen: dict[str, Any] | None = None
        self._seen_at = -math.inf
        self.epoch = 0
        """`leaseTransitions` of the Lease that we hold, or held last; 0 before."""

    async def run(self) -> None:
        """Waits for the Lease, then keeps it; returns when it is released or, after `on_lost`, when it is lost."""
        while not self._stopping:
            async with self._turn:
                pause = None if self._stopping else await self._step()
            if self._stopping:
                return
            if pause is None:
                self._lose()
                return
            await self._clock.sleep(pause)

    async def wait_held(self) -> None:
        """Returns as soon as this replica holds the Lease."""
        await self._held.wait()

    @property
    def held(self) -> bool:
        """Whether this replica may write now."""
        return self._clock.monotonic() < self._valid_until

    def may_write(self) -> None:
        """Raises LeadershipLost unless the Lease is surely still ours, whatever paused this process meanwhile."""
        if not self.held:
            raise LeadershipLost(f"{self._identity} does not hold {self._ref}")

    async def release(self) -> None:
        """Hands the Lease over at once if it is held, and ends `run`. From the call on nothing may be written."""
        self._stopping = True
        self._valid_until = -math.inf
        self._held.clear()
        async with self._turn:
            if self._ours:
                self._ours = False
                with contextlib.suppress(AutonomicError, TimeoutError):
                    await self._hand_over()

    async def _hand_over(self) -> None:
        if (await self._look()).get("holderIdentity") == self._identity:
            await self._write({"holderIdentity": "", "renewTime": _micro(self._clock.now())})

    async def _step(self) -> float | None:
        """One renewal or one attempt; the seconds until the next. None when the Lease was held and is lost."""
        if self._ours:
            return await self._renew()
        with contextlib.suppress(AutonomicError, TimeoutError):
            await self._try_to_acquire()
        return self._times.renew_every if self._ours else self._times.retry_every

    async def _renew(self) -> float | None:
        # What we were doing when it lapsed has been refused meanwhile: better to start anew, even if nobody took over.
        if not self.held:
            return None
        try:
            await self._claim({"leaseDurationSeconds": self._times.duration, "renewTime": _micro(self._clock.now())})
        except (Conflict, NotFound):
            return self._times.retry_every if await self._is_still_ours() else None
        except (AutonomicError, TimeoutError):
            return min(self._times.retry_every, max(0.0, self._valid_until - self._clock.monotonic()))
        return self._times.renew_every

    async def _is_still_ours(self) -> bool:
        """Somebody wrote the Lease: an annotation, our own write whose answer was lost, or another's claim."""
        try:
            spec = await self._look()
        except NotFound:
            return False
        except (AutonomicError, TimeoutError):
            return True  # not known; `_renew` gives up when the validity has run out
        return spec.get("holderIdentity") == self._identity and spec.get("leaseTransitions") == self.epoch

    async def _try_to_acquire(self) -> None:
        try:
            spec = await self._look()
        except NotFound:
            with contextlib.suppress(AlreadyExists):
                await self._create()
            return
        if not self._may_take(spec):
            return
        transitions = int(spec.get("leaseTransitions") or 0)
        # A claim of ours whose answer was lost counts once.
        epoch = transitions if spec.get("holderIdentity") == self._identity else transitions + 1
        with contextlib.suppress(Conflict):
            await self._claim(self._whole(epoch))

    def _may_take(self, spec: dict[str, Any]) -> bool:
        """Whether the holder gave it up, is us, or was silent for a whole duration by OUR clock: clocks differ."""
        if spec.get("holderIdentity") in (None, "", self._identity):
            return True
        duration = max(float(spec.get("leaseDurationSeconds") or 0), self._times.duration)
        return self._clock.monotonic() - self._seen_at > duration

    async def _look(self) -> dict[str, Any]:
        async with asyncio.timeout(self._times.call):
            lease = await self._cluster.get(self._ref)
        self._version = lease["metadata"]["resourceVersion"]
        spec: dict[str, Any] = lease.get("spec") or {}
        if spec != self._seen:
            self._seen, self._seen_at = spec, self._clock.monotonic()
        return spec

    async def _create(self) -> None:
        meta = {"name": self._ref.name, "namespace": self._ref.namespace}
        manifest = {"apiVersion": API_VERSION, "kind": KIND, "metadata": meta, "spec": self._whole(1)}
        sent = self._clock.monotonic()
        async with asyncio.timeout(self._times.call):
            lease = await self._cluster.create(manifest)
        self._hold(lease, sent)

    async def _claim(self, spec: dict[str, Any]) -> None:
        sent = self._clock.monotonic()
        self._hold(await self._write(spec), sent)

    async def _write(self, spec: dict[str, Any]) -> Manifest:
        async with asyncio.timeout(self._times.call):
            meta = {"resourceVersion": self._version, "annotations": dict(self._marks())}
            return await self._cluster.patch(self._ref, {"metadata": meta, "spec": spec})

    def _hold(self, lease: Manifest, sent: float) -> None:
        self._version = lease["metadata"]["resourceVersion"]
        self.epoch = int(lease["spec"]["leaseTransitions"])
        self._ours = True
        if not self._stopping:
            self._valid_until = sent + self._times.validity
            self._held.set()

    def _lose(self) -> None:
        self._ours = False
        self._valid_until = -math.inf
        self._held.clear()
        self._on_lost()

    def _whole(self, epoch: int) -> dict[str, Any]:
        now = _micro(self._clock.now())
        return {
            "holderIdentity": self._identity,
            "leaseDurationSeconds": self._times.duration,
            "acquireTime": now,
            "renewTime": now,
            "leaseTransitions": epoch,
        }


def lease_ref(namespace: str, name: str) -> ObjectRef:
    """Where a Lease is."""
    return ObjectRef(api_version=API_VERSION, kind=KIND, name=name, namespace=namespace)


def _micro(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
