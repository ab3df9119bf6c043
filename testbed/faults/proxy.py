"""The proxy in a thread of its own, for tests and harnesses that run in another."""

import asyncio
import secrets
import ssl
import threading
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from testbed import kubeconfig
from testbed.cluster import Cluster, NotOnThisClusterError
from testbed.faults.fault import Fault
from testbed.faults.record import Record
from testbed.faults.relay import Relay

_T = TypeVar("_T")
_SECONDS = 10.0


class FaultProxy:
    """A context manager: it listens at `url` while the block runs. `record` holds all that passed or did not."""

    def __init__(
        self, upstream: str, trust: ssl.SSLContext | None = None, identity: ssl.SSLContext | None = None
    ) -> None:
        self.record = Record()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault proxy", daemon=True)
        self._made: tuple[str, ssl.SSLContext | None, ssl.SSLContext | None] = (upstream, trust, identity)
        self._relay: Relay

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._relay.url

    def add(self, *faults: Fault) -> None:
        """Arms the faults; back when they are."""
        for fault in faults:
            self._call(partial(self._relay.add, fault))

    def discard(self, fault: Fault) -> None:
        """Disarms one fault; what it struck already stays struck."""
        self._call(lambda: self._relay.armed.discard(fault))

    def clear(self) -> None:
        """Disarms all faults."""
        self._call(self._relay.armed.clear)

    def thaw(self) -> None:
        """After a kill: what comes from now on passes. What was stopped is never sent on."""
        self._call(self._relay.thaw)

    @property
    def stopped(self) -> int:
        """How many requests met what a kill had frozen."""
        return self._relay.stopped

    def release(self, fault: Fault) -> None:
        """What that fault holds goes on its way."""
        self._call(lambda: self._relay.release(fault))

    def part(self) -> None:
        """A partition: connections stay open, and nothing passes in either direction until `join`."""
        self._call(self._relay.passage.clear)

    def join(self) -> None:
        """The partition is over."""
        self._call(self._relay.passage.set)

    def kubeconfig(self, cluster: Cluster, token: str) -> Path:
        """A new kubeconfig file that names this proxy, for the owner of `token`."""
        path = cluster.folder / "kubeconfigs" / f"proxy-{secrets.token_hex(4)}.yaml"
        return kubeconfig.with_token(path, self.url, cluster.ca_file, token)

    def __enter__(self) -> Self:
        self._thread.start()
        self._await(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._await(self._relay.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_SECONDS)
        self._loop.close()

    async def _start(self) -> None:
        upstream, trust, identity = self._made
        self._relay = Relay(upstream, self.record, trust, identity)
        await self._relay.start()

    def _call(self, what: Callable[[], object]) -> None:
        async def call() -> None:
            what()

        self._await(call())

    def _await(self, what: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(_SECONDS)


def before_apiserver(cluster: Cluster) -> FaultProxy:
    """A proxy before the API server of a local cluster. It shows the server's own certificate, so callers trust it alike.

    Raises `NotOnThisClusterError` where the server's key is not at hand.
    """
    key = cluster.ca_file.with_suffix(".key")
    if not key.exists():
        raise NotOnThisClusterError(f"a {cluster.kind} cluster keeps the key of its API server to itself")
    identity = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    identity.load_cert_chain(cluster.ca_file, key)
    return FaultProxy(cluster.url, ssl.create_default_context(cafile=str(cluster.ca_file)), identity)


def before_http(url: str) -> FaultProxy:
    """A proxy before a peer that speaks plain HTTP: Prometheus, OPA."""
    return FaultProxy(url)
