"""Profiles of a route's candidates, rebuilt by the next replica from what the last one exported, out of a real Prometheus."""

import secrets
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from autonomic.adapters.prometheus import PrometheusMetrics
from autonomic.adapters.telemetry.routes import route_metrics
from autonomic.cycle.routing.desk import in_force
from autonomic.cycle.routing.figures import figures_of
from autonomic.cycle.routing.recounting import Recounting
from autonomic.cycle.routing.service import AdaptiveRoutingService
from autonomic.cycle.store import Store
from autonomic.domain.routes import AdaptiveRoute
from autonomic.ports.memory.clock import ManualClock
from autonomic.routing.profile import PerformanceProfile
from testbed.prometheus import Prometheus
from testbed.remote_write import Sample, Series, series
from tests.contract.test_spend import AT
from tests.unit.cycle.routing.scene import route_raw
from tests.unit.domain.specimens import NAMESPACE

SCRAPE, TASKS = 15.0, 10
"""Seconds between two scrapes, and tasks in each."""
RATES = {"sonnet": 0.9, "haiku": 0.6}


@dataclass
class Replica:
    """It decides for one route, and its page of metrics is scraped."""

    name: str
    raw: dict[str, Any]
    clock: ManualClock

    def __post_init__(self) -> None:
        self.store = Store()
        self.store.apply("AdaptiveRoute", self.raw)
        self.service = AdaptiveRoutingService(self.clock, Random(5), self.name, lambda _: None)
        self.route = AdaptiveRoute.read(self.raw)
        self.desk = self.service.keep(self.route)
        self.desk.weights["triage"] = in_force({"sonnet": 500, "haiku": 500}, "as a test says")

    async def work(self, minutes: int) -> dict[Series, list[Sample]]:
        """Tasks are decided and told of; what was scraped meanwhile."""
        chance, found = Random(7), defaultdict[Series, list[Sample]](list)
        for _ in range(int(minutes * 60 / SCRAPE)):
            for _ in range(TASKS):
                made = self.service.decide(NAMESPACE, self.route.metadata.name, "triage")
                good = chance.random() < RATES[made.candidate]
                self.service.outcome(made.decision_id, good, chance.lognormvariate(0, 0.3), 0.01, chance.random() < 0.8)
            await self.clock.advance(SCRAPE)
            for family in route_metrics(figures_of(self.service)):
                for each in family.samples:
                    whose = series(each.name, **{**each.labels, "instance": self.name})
                    found[whose].append(Sample(self.clock.now(), each.value))
        return found

    def profile(self, candidate: str) -> PerformanceProfile:
        """As it stands now."""
        return self.desk.learners["triage"].profiles(self.clock.now().timestamp())[candidate]

    def checkpoint(self) -> dict[str, Any]:
        """The route with a status that remembers what this replica learnt until now."""
        learner = self.desk.learners["triage"]
        memory = [{"taskType": "triage", "at": learner.at, "state": learner.remember()}]
        return {**self.raw, "status": {"memory": memory, "checkpointAt": self.clock.now().isoformat()}}


def raw() -> dict[str, Any]:
    """A route that no other test has, made a day ago."""
    found = route_raw(f"triage-{secrets.token_hex(4)}")
    found["metadata"] |= {"uid": "u", "creationTimestamp": (AT - timedelta(days=1)).isoformat()}
    return found


def alike(before: PerformanceProfile, after: PerformanceProfile) -> None:
    """As far as counters that are scraped can tell."""
    assert before.success is not None
    assert before.latency_p95 is not None
    assert after.success == pytest.approx(before.success, abs=0.02)
    assert after.samples == pytest.approx(before.samples, rel=0.1)
    assert after.cost_per_task == pytest.approx(0.01, rel=0.02)
    assert after.json_validity == pytest.approx(before.json_validity, abs=0.02)
    assert after.latency_p95 is not None
    assert 0.5 < after.latency_p95 / before.latency_p95 < 2  # a bucket of the exported histogram
    assert after.last_seen == pytest.approx(before.last_seen, abs=600)


async def test_without_a_checkpoint_the_next_replica_knows_the_candidates_from_what_the_last_ones_exported(
    prometheus: Prometheus, real: PrometheusMetrics
) -> None:
    route, clock = raw(), ManualClock(AT)
    first = Replica("first", route, clock)
    prometheus.write(await first.work(20))
    second = Replica("second", first.checkpoint(), clock)
    prometheus.write(await second.work(20))
    third = Replica("third", route, clock)
    assert third.profile("sonnet").samples == 0
    assert await Recounting(real, third.store, third.service).recount(third.route.key) is None
    for name in RATES:
        alike(second.profile(name), third.profile(name))


async def test_what_happened_after_the_checkpoint_is_added_to_it_once(
    prometheus: Prometheus, real: PrometheusMetrics
) -> None:
    clock = ManualClock(AT)
    first = Replica("first", raw(), clock)
    scraped = await first.work(20)
    told = first.checkpoint()
    for whose, samples in (await first.work(15)).items():
        scraped[whose] += samples
    prometheus.write(scraped)
    second = Replica("second", told, clock)
    recounting = Recounting(real, second.store, second.service)
    for _ in range(2):
        assert await recounting.recount(second.route.key) is None
    for name in RATES:
        alike(first.profile(name), second.profile(name))


async def test_what_a_route_of_the_same_name_did_before_this_one_was_made_is_not_taken(
    prometheus: Prometheus, real: PrometheusMetrics
) -> None:
    route, clock = raw(), ManualClock(AT)
    prometheus.write(await Replica("first", route, clock).work(5))
    route["metadata"] |= {"uid": "v", "creationTimestamp": clock.now().isoformat()}
    await clock.advance(120)
    second = Replica("second", route, clock)
    await Recounting(real, second.store, second.service).recount(second.route.key)
    assert second.profile("sonnet").samples == 0
