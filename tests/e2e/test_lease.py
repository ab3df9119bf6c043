"""Leadership on a real API server: one replica acts, and the next one only when it surely does not."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from autonomic.adapters.clock import SystemClock
from autonomic.adapters.kubernetes.client import KubernetesCluster
from autonomic.adapters.kubernetes.connection import Connection
from autonomic.adapters.lease import LeaseHolder, LeaseTimes, lease_ref
from autonomic.domain.errors import LeadershipLost, Unavailable
from autonomic.ports.cluster import Cluster as ClusterPort
from autonomic.ports.memory.cluster import MemoryCluster
from testbed.cluster import Cluster
from testbed.people import ADMIN
from testbed.waiting import until

SHORT = LeaseTimes(duration=2)
LONG = LeaseTimes(duration=60)
PATIENCE = 15.0


class LeapingClock(SystemClock):
    """The machine's clock, plus leaps: a monotonic leap is what a process sees that was paused."""

    def __init__(self) -> None:
        self.leapt = 0.0
        self.wrong_by = timedelta()

    def monotonic(self) -> float:
        """Seconds, leaps included."""
        return super().monotonic() + self.leapt

    def now(self) -> datetime:
        """The time, as far as this machine knows."""
        return super().now() + self.wrong_by


@dataclass
class Replica:
    """One operator, as far as the Lease goes. `task` runs it; to cancel it is to kill the replica."""

    holder: LeaseHolder
    clock: LeapingClock
    lost: asyncio.Event
    task: asyncio.Task[None] = field(init=False)

    def start(self) -> "Replica":
        """Let it run."""
        self.task = asyncio.create_task(self.holder.run())
        return self

    async def leads(self) -> None:
        """Wait until it does."""
        await asyncio.wait_for(self.holder.wait_held(), PATIENCE)

    async def die(self) -> None:
        """Stop without a word, as by kill -9."""
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task

    @property
    def may_write(self) -> bool:
        """Whether a write would be let through."""
        with contextlib.suppress(LeadershipLost):
            self.holder.may_write()
            return True
        return False


Make = Callable[..., Replica]


@pytest.fixture
async def replica(cluster: Cluster, namespace: str) -> AsyncIterator[Make]:
    """Makes running replicas that compete for one Lease."""
    connection = await Connection.open(cluster.kubeconfigs[ADMIN])
    made: list[Replica] = []

    def make(name: str, times: LeaseTimes = SHORT, wrong_by: timedelta = timedelta()) -> Replica:
        made.append(_replica(KubernetesCluster(connection, lambda: None), name, times, namespace))
        made[-1].clock.wrong_by = wrong_by
        return made[-1].start()

    yield make
    for each in made:
        await each.die()
    await connection.aclose()


def _replica(port: ClusterPort, name: str, times: LeaseTimes, namespace: str) -> Replica:
    clock, lost = LeapingClock(), asyncio.Event()
    return Replica(LeaseHolder(port, clock, lease_ref(namespace, "autonomic"), name, lost.set, times), clock, lost)


@pytest.fixture
def lease(cluster: Cluster, namespace: str) -> Callable[[], dict[str, Any]]:
    """Reads the Lease's spec."""
    path = f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases/autonomic"
    return lambda: dict(cluster.api().get(path)["spec"])


async def _renewed(lease: Callable[[], dict[str, Any]], times: int) -> None:
    """Wait until the Lease was renewed that often."""
    for _ in range(times):
        before = lease()["renewTime"]
        await asyncio.to_thread(until, lambda last=before: lease()["renewTime"] != last, PATIENCE, "a renewal")


async def test_one_of_two_replicas_leads(replica: Make, lease: Callable[[], dict[str, Any]]) -> None:
    both = [replica("a"), replica("b")]
    waits = [asyncio.create_task(each.leads()) for each in both]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    await _renewed(lease, 4)
    assert sorted(each.may_write for each in both) == [False, True]
    (leader,) = [name for name, each in zip("ab", both, strict=True) if each.may_write]
    assert lease()["holderIdentity"] == leader
    assert lease()["leaseTransitions"] == 1
    assert not any(each.lost.is_set() for each in both)
    for wait in waits:
        wait.cancel()


async def test_before_it_leads_a_replica_may_not_write(namespace: str) -> None:
    holder = _replica(MemoryCluster(SystemClock()), "a", SHORT, namespace).holder
    with pytest.raises(LeadershipLost, match=f"a does not hold Lease {namespace}/autonomic"):
        holder.may_write()
    assert holder.epoch == 0


async def test_a_dead_leader_is_replaced_after_it_may_surely_not_write_any_more(replica: Make) -> None:
    first = replica("first")
    await first.leads()
    second = replica("second")
    await first.die()
    assert first.may_write
    await second.leads()
    assert not first.may_write
    assert second.may_write
    assert second.holder.epoch == 2


async def test_a_wrong_wall_clock_takes_nothing_from_a_leader_that_renews(
    replica: Make, lease: Callable[[], dict[str, Any]]
) -> None:
    leader = replica("leader")
    await leader.leads()
    others = [replica("from-tomorrow", wrong_by=timedelta(days=1)), replica("late", wrong_by=timedelta(days=-1))]
    await _renewed(lease, 5)
    assert leader.may_write
    assert not any(each.may_write for each in others)
    assert lease()["leaseTransitions"] == 1


async def test_a_leader_that_was_paused_may_not_write_and_ends(replica: Make) -> None:
    leader = replica("leader")
    await leader.leads()
    leader.clock.leapt += SHORT.validity
    assert not leader.may_write
    await asyncio.wait_for(leader.lost.wait(), PATIENCE)
    await leader.task
    assert not leader.may_write


async def test_a_leader_whose_lease_was_taken_ends(replica: Make, cluster: Cluster, namespace: str) -> None:
    leader = replica("leader")
    await leader.leads()
    taken = '{"spec":{"holderIdentity":"another","leaseTransitions":2}}'
    cluster.kubectl("patch", "lease", "autonomic", "-n", namespace, "--type=merge", "-p", taken)
    await asyncio.wait_for(leader.lost.wait(), PATIENCE)
    assert not leader.may_write


async def test_a_leader_whose_lease_was_deleted_ends(replica: Make, cluster: Cluster, namespace: str) -> None:
    leader = replica("leader")
    await leader.leads()
    cluster.kubectl("delete", "lease", "autonomic", "-n", namespace)
    await asyncio.wait_for(leader.lost.wait(), PATIENCE)
    assert not leader.may_write


async def test_an_annotation_on_the_lease_costs_nobody_the_leadership(
    replica: Make, cluster: Cluster, namespace: str, lease: Callable[[], dict[str, Any]]
) -> None:
    leader = replica("leader", LeaseTimes(duration=5))
    await leader.leads()
    cluster.kubectl("annotate", "lease", "autonomic", "-n", namespace, "looked-at=yes")
    await _renewed(lease, 2)
    assert leader.may_write
    assert not leader.lost.is_set()


async def test_a_released_lease_is_taken_over_at_once(replica: Make, lease: Callable[[], dict[str, Any]]) -> None:
    first = replica("first", LONG)
    await first.leads()
    second = replica("second", LONG)
    await first.holder.release()
    assert not first.may_write
    await second.leads()
    assert second.holder.epoch == 2
    assert lease()["holderIdentity"] == "second"
    assert not first.lost.is_set()


async def test_a_leader_that_cannot_reach_the_server_ends_in_time(cluster: Cluster, replica: Make) -> None:
    if cluster.control_plane is None:
        pytest.skip("only the API server of a local cluster can be paused")
    leader = replica("leader")
    await leader.leads()
    server = cluster.process("kube-apiserver")
    server.pause()
    try:
        await asyncio.wait_for(leader.lost.wait(), PATIENCE)
    finally:
        server.resume()
    assert not leader.may_write


async def test_a_claim_whose_answer_was_lost_counts_once(namespace: str) -> None:
    port = MemoryCluster(SystemClock())
    port.fail_next("create", Unavailable("reset"), after_commit=True)
    leader = _replica(port, "leader", SHORT, namespace).start()
    await leader.leads()
    assert leader.holder.epoch == 1
    await leader.die()
