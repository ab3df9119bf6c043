"""A Prometheus that forgets: the totals of its days, kept in a contract's status, outlive its samples.

The server keeps 15 days of samples by its own retention, the contract promises 28 days. What the server still has is
counted to the event; a whole day that it forgot is as it was counted then. Of the one day in which a rolling period begins
only the total is left: as much of it is taken as of its minutes lie in the period.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from autonomic.adapters.prometheus import PrometheusMetrics
from autonomic.cycle.ports import Ports
from autonomic.cycle.publishing import Publisher
from autonomic.cycle.reporting import Reporter
from autonomic.cycle.slo.engines import SloEngines
from autonomic.cycle.slo.turn import SloTurn
from autonomic.cycle.store import Store
from autonomic.domain.budgets import Assessment, Count, ErrorBudget
from autonomic.domain.contracts import SLAContract, SLAContractStatus
from autonomic.domain.meta import condition
from autonomic.domain.words import API_VERSION, ENABLED_LABEL, Truth
from autonomic.environment.server import MetricsServer
from autonomic.ports.cluster import Manifest
from autonomic.ports.memory.clock import ManualClock, MemoryEntropy
from autonomic.ports.memory.cluster import MemoryCluster
from autonomic.ports.memory.policy import MemoryPolicyEngine
from testbed.ports import with_free_ports
from testbed.process import Command
from testbed.prometheus import Prometheus, open_metrics_text
from testbed.remote_write import Sample, Series, series
from testbed.run import Run
from tests.unit.cycle.world import Admission
from tests.unit.domain.specimens import contract_raw, objective

BEGIN = datetime(2025, 6, 2, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
RETENTION, PERIOD = 15, 28
EARLY, LATE = BEGIN + 14 * DAY, BEGIN + PERIOD * DAY
NOON = LATE + 12 * 60 * MINUTE
MIDNIGHT = LATE + DAY
LATER = MIDNIGHT + 3 * MINUTE
A_DAY = 14_400
"""Tasks of a day, ten a minute."""
TIMEOUT = 30.0
CLOSE = Decimal("1e-9")
TASKS, FAILED = series("kept_tasks_total"), series("kept_failed_total")


def failed_on(day: int) -> int:
    """How many fail on a day, one a minute from six in the evening on: on each day three more than on the one before."""
    return 3 * (day + 1)


def history(since: datetime, until: datetime) -> dict[Series, list[Sample]]:
    """Every minute after `since` up to `until`, of counters that were zero when it all began."""
    tasks, failed, before = [], [], 0
    for day in range((until - BEGIN) // DAY + 1):
        for minute in range(24 * 60):
            at = BEGIN + day * DAY + minute * MINUTE
            if since <= at <= until:
                tasks.append(Sample(at, 10.0 * ((at - BEGIN) // MINUTE)))
                failed.append(Sample(at, float(before + min(max(minute - 18 * 60, 0), failed_on(day)))))
        before += failed_on(day)
    return {TASKS: tasks, FAILED: failed}


class ForgetfulPrometheus(Prometheus):
    """Drops what is older than its retention when it starts, as every Prometheus does."""

    def _command(self, port: int, more: Sequence[str]) -> Command:
        command = super()._command(port, more)
        argv = [each for each in command.argv if not str(each).startswith("--storage.tsdb.retention")]
        return Command(command.name, [*argv, f"--storage.tsdb.retention.time={RETENTION}d"], grace=command.grace)


@dataclass
class Replica:
    """One life of the operator."""

    job: SloTurn
    clock: ManualClock

    async def assessed(self, at: datetime) -> Assessment:
        """What it says when it is turned at that time."""
        await self.clock.advance((at - self.clock.now()).total_seconds())
        await self.job.turn("default")
        (said,) = self.job.engines.assessments("shop/agent")
        return said


@dataclass
class Desk:
    """One contract in a cluster, and replicas of the operator that come and go."""

    cluster: MemoryCluster
    clock: ManualClock
    metrics: PrometheusMetrics

    async def promise(self) -> None:
        """Makes the contract."""
        indicator = {"ratio": {"bad": FAILED.name, "total": TASKS.name}}
        promised = objective(target="99", window={"rolling": f"{PERIOD}d"}, indicator=indicator)
        await self.cluster.create(contract_raw(objectives=[promised]))

    async def raw(self) -> Manifest:
        """The contract as the cluster has it."""
        (found,) = await self.cluster.list(API_VERSION, "SLAContract")
        return found

    async def replica(self, contract: Manifest | None = None) -> Replica:
        """A fresh operator, that sees the contract as the cluster has it, or as it is given."""
        store = Store(ingestion_delay=timedelta(0), tenant_label=None)
        policy = MemoryPolicyEngine({}, revision="r1")
        ports = Ports(self.cluster, Admission(), self.metrics, policy, self.clock, MemoryEntropy(), ())
        room = {"metadata": {"name": "shop", "labels": {ENABLED_LABEL: "true"}}}
        store.apply("Namespace", {"apiVersion": "v1", "kind": "Namespace", **room})
        store.apply("SLAContract", contract or await self.raw())
        reporter, publisher = Reporter(ports, store), Publisher(self.cluster, self.clock)
        return Replica(SloTurn(ports, store, SloEngines(self.metrics), reporter, publisher, lambda: None), self.clock)


@dataclass(frozen=True)
class Story:
    """What several operators said, one after the other, of one contract and one server."""

    early: Assessment
    """After 14 days, of which the server had all."""
    late: Assessment
    """After 28 days, of which the server had 15."""
    noon: Assessment
    """Half a day later."""
    watched: Assessment
    """Past the next midnight, by one that was turned at every minute from before it on."""
    restarted: Assessment
    """At the same minute, by a fresh one."""
    blind: Assessment
    """The same, by a fresh one whose contract has no status."""
    status: SLAContractStatus
    """What was in the contract's status after 28 days."""


@pytest.fixture(scope="module")
def story(testbed_run: Run) -> Iterator[Story]:
    def begun(ports: list[int]) -> Prometheus:
        prometheus = ForgetfulPrometheus(testbed_run, ports[0])
        prometheus.service.start()
        return prometheus

    prometheus = with_free_ports(1, begun)
    yield asyncio.run(_told(prometheus))
    prometheus.service.stop()


async def _told(prometheus: Prometheus) -> Story:
    clock = ManualClock(EARLY)
    async with aclosing(PrometheusMetrics(MetricsServer(prometheus.url, TIMEOUT))) as metrics:
        desk = Desk(MemoryCluster(clock), clock, metrics)
        await desk.promise()
        empty = await desk.raw()
        _lives(prometheus, BEGIN, EARLY)
        early = await (await desk.replica()).assessed(EARLY)
        _lives(prometheus, EARLY, LATE)
        late = await (await desk.replica()).assessed(LATE)
        status = SLAContract.read(await desk.raw()).status
        _lives(prometheus, LATE, NOON)
        assert prometheus.value(f"count_over_time({TASKS.name}[12d])", BEGIN + 12 * DAY) is None
        noon = await (await desk.replica()).assessed(NOON)
        _lives(prometheus, NOON, LATER)
        replica = await desk.replica()
        watched = [await replica.assessed(MIDNIGHT + minute * MINUTE) for minute in range(-3, 4)]
        restarted = await (await desk.replica()).assessed(LATER)
        blind = await (await desk.replica(empty)).assessed(LATER)
    return Story(early, late, noon, watched[-1], restarted, blind, status)


def _lives(prometheus: Prometheus, since: datetime, until: datetime) -> None:
    """The samples of a stretch are there; those before its end as blocks, by which a server judges what is too old."""
    prometheus.backfill(open_metrics_text(history(since, until - MINUTE)))
    prometheus.write(history(until, until))


def budget(said: Assessment) -> ErrorBudget:
    """The budget, which is known."""
    assert isinstance(said.budget, ErrorBudget), said.budget
    return said.budget


def test_while_the_server_has_all_days_they_are_counted_there(story: Story) -> None:
    assert budget(story.early).count == Count("28d", Decimal(sum(map(failed_on, range(14)))), Decimal(14 * A_DAY))


def test_whole_days_that_the_server_forgot_are_counted_as_if_it_had_them(story: Story) -> None:
    failed, tasks = sum(map(failed_on, range(28))), 28 * A_DAY
    assert budget(story.late).count == Count("28d", Decimal(failed), Decimal(tasks))
    exact = 1 - Fraction(failed, tasks) / Fraction(1, 100)
    assert abs(Fraction(budget(story.late).remaining) - exact) < CLOSE


def test_of_the_day_in_which_the_period_begins_a_part_is_taken_evenly(story: Story) -> None:
    # The three of the first day failed in the evening, so all of them lie in the half that still counts.
    half = Decimal(failed_on(0)) / 2
    rest = sum(map(failed_on, range(1, 28)))
    assert budget(story.noon).count == Count("28d", half + rest, Decimal(28 * A_DAY))
    assert abs(half + rest - sum(map(failed_on, range(28)))) <= failed_on(0)


def test_a_restart_changes_nothing_of_it(story: Story) -> None:
    watched, restarted = budget(story.watched), budget(story.restarted)
    assert story.watched.at == story.restarted.at == LATER
    assert watched.count.total == 28 * A_DAY
    assert abs(watched.count.bad - restarted.count.bad) < CLOSE
    assert abs(watched.remaining - restarted.remaining) < CLOSE


def test_without_the_status_only_what_the_server_has_is_counted(story: Story) -> None:
    assert budget(story.blind).count.total < 16 * A_DAY
    assert budget(story.blind).count.bad < budget(story.restarted).count.bad


def test_the_contract_says_that_the_server_forgets_before_the_period_ends(story: Story) -> None:
    retained = condition(story.status.conditions, "HistoryRetained")
    assert retained
    assert (retained.status, retained.reason) == (Truth.FALSE, "RetentionTooShort")
    assert "keeps samples for 15d, the period 28d is longer" in retained.message
    assert not story.late.exact


def test_days_that_the_status_keeps_are_history(story: Story) -> None:
    assert story.late.history is None
    assert story.early.history is not None
    assert story.early.history < timedelta(days=15)


def test_the_status_keeps_each_day_as_it_was_counted(story: Story) -> None:
    (kept,) = (each.checkpoint for each in story.status.objectives)
    assert kept
    assert kept.through == LATE
    assert kept.days == tuple(f"{failed_on(day)}/{A_DAY}" for day in reversed(range(28)))
