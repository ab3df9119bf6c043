"""The head of the journal goes with the Lease: no write of its own, and none that disturbs the leader."""

import asyncio
from collections.abc import Callable

from autonomic.adapters.journal.head import HEAD_ANNOTATION, head_of
from autonomic.adapters.lease import LeaseHolder, LeaseTimes, lease_ref
from autonomic.domain.audit.record import Head
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.cluster import MemoryCluster
from tests.unit.journal.journals import NOW

LEASE = lease_ref("autonomic-system", "autonomic")
FIRST, SECOND = Head(1, "sha256:" + "1" * 64), Head(2, "sha256:" + "2" * 64)


async def held(cluster: MemoryCluster, clock: ManualClock, marks: Callable[[], dict[str, str]]) -> LeaseHolder:
    """A leader that renews."""
    holder = LeaseHolder(cluster, clock, LEASE, "a", lambda: None, LeaseTimes(15), marks)
    holder.task = asyncio.create_task(holder.run())  # type: ignore[attr-defined]  # kept from the garbage collector
    await holder.wait_held()
    return holder


async def test_the_head_goes_with_each_renewal_and_with_the_handing_over() -> None:
    clock, marks = ManualClock(NOW), dict[str, str]()
    cluster = MemoryCluster(clock)
    holder = await held(cluster, clock, lambda: marks)
    assert await head_of(cluster, LEASE) is None
    marks[HEAD_ANNOTATION] = str(FIRST)
    before = len(cluster.writes)
    await clock.advance(6)
    assert (await head_of(cluster, LEASE), len(cluster.writes) - before) == (FIRST, 1)
    marks[HEAD_ANNOTATION] = str(SECOND)
    await holder.release()
    assert await head_of(cluster, LEASE) == SECOND


async def test_a_new_leader_without_a_record_leaves_the_head_as_it_is() -> None:
    clock = ManualClock(NOW)
    cluster = MemoryCluster(clock)
    first = await held(cluster, clock, lambda: {HEAD_ANNOTATION: str(FIRST)})
    await clock.advance(6)
    await first.release()
    await held(cluster, clock, dict)
    await clock.advance(6)
    assert await head_of(cluster, LEASE) == FIRST


async def test_a_head_that_is_none_is_taken_for_none() -> None:
    clock = ManualClock(NOW)
    cluster = MemoryCluster(clock)
    assert await head_of(cluster, LEASE) is None
    await held(cluster, clock, lambda: {HEAD_ANNOTATION: "17"})
    await clock.advance(6)
    assert await head_of(cluster, LEASE) is None
