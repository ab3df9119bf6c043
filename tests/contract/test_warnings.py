"""The watch of the cluster's warnings, against a real API server."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from autonomic.adapters.clock import SystemClock
from autonomic.adapters.kubernetes.connection import Connection
from autonomic.adapters.kubernetes.warnings import WarningWatch
from autonomic.ports.memory.clock import ManualClock
from testbed.cluster import Cluster
from testbed.people import ADMIN

TIMEOUT = 20.0


def event(namespace: str, name: str, kind: str = "Warning") -> str:
    about = {"apiVersion": "v1", "kind": "Pod", "name": "agent", "namespace": namespace}
    body = {"apiVersion": "v1", "kind": "Event", "metadata": {"name": name, "namespace": namespace}}
    return json.dumps(
        {**body, "involvedObject": about, "type": kind, "reason": "BackOff", "message": "again", "count": 1}
    )


@contextlib.asynccontextmanager
async def watching(connection: Connection, clock: Any) -> AsyncIterator[tuple[asyncio.Queue[str], asyncio.Queue[str]]]:
    """Names of the warnings that were taken, and what was told."""
    taken: asyncio.Queue[str] = asyncio.Queue()
    told: asyncio.Queue[str] = asyncio.Queue()

    async def take(raw: dict[str, Any]) -> None:
        await taken.put(str(raw["metadata"]["name"]))

    task = asyncio.create_task(WarningWatch(connection, clock, take, told.put).run())
    try:
        yield taken, told
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def wait_for(queue: asyncio.Queue[str], wanted: set[str]) -> list[str]:
    """What came until all of that had come."""
    seen: list[str] = []
    async with asyncio.timeout(TIMEOUT):
        while not wanted <= set(seen):
            seen.append(await queue.get())
    return seen


async def test_warnings_that_are_kept_and_those_that_come_are_taken_and_nothing_else(
    cluster: Cluster, namespace: str
) -> None:
    cluster.kubectl("create", "-f", "-", input=event(namespace, "before"))
    connection = await Connection.open(cluster.kubeconfigs[ADMIN])
    async with contextlib.aclosing(connection), watching(connection, SystemClock()) as (taken, told):
        first = await wait_for(taken, {"before"})
        await asyncio.to_thread(cluster.kubectl, "create", "-f", "-", input=event(namespace, "normal", "Normal"))
        await asyncio.to_thread(cluster.kubectl, "create", "-f", "-", input=event(namespace, "after"))
        seen = first + await wait_for(taken, {"after"})
        assert seen.count("before") == seen.count("after") == 1
        assert "normal" not in seen
        assert told.empty()


async def test_who_may_not_read_them_is_told_once_and_tries_again(cluster: Cluster, namespace: str) -> None:
    clock = ManualClock(SystemClock().now())
    cluster.kubectl("create", "serviceaccount", "nobody", "-n", namespace)
    token = cluster.service_account_token(namespace, "nobody")
    connection = await Connection.open(cluster.kubeconfig_for(token))
    async with contextlib.aclosing(connection), watching(connection, clock) as (_, told):
        async with asyncio.timeout(TIMEOUT):
            assert "could not list warnings" in await told.get()
            await clock.asleep()
            await clock.advance(1.0)
            await clock.asleep()
        assert told.empty()
