"""The SLO turn over a cluster in memory: what is written, what is left unwritten, and who is woken."""

from datetime import timedelta
from typing import Any

from autonomic.cycle.ports import Ports
from autonomic.cycle.publishing import Publisher
from autonomic.cycle.reporting import Reporter
from autonomic.cycle.slo.engines import SloEngines
from autonomic.cycle.slo.turn import LONGEST, SloTurn
from autonomic.cycle.store import Store
from autonomic.domain.contracts import SLAContract, SLAContractStatus
from autonomic.domain.errors import Unavailable
from autonomic.domain.servers import DEFAULT
from autonomic.domain.words import API_VERSION, ENABLED_LABEL
from autonomic.ports.memory.clock import ManualClock, MemoryEntropy
from autonomic.ports.memory.cluster import MemoryCluster
from autonomic.ports.memory.policy import MemoryPolicyEngine
from tests.unit.cycle.slo.shop import MINUTE, Shop, promise
from tests.unit.cycle.world import Admission, Diary
from tests.unit.domain.specimens import NOW, contract_raw


class Fleet:
    """Some contracts in a cluster, and the job that judges them."""

    def __init__(self, *contracts: dict[str, Any], enabled: bool = True, servers: tuple[str, ...] = (DEFAULT,)) -> None:
        self.shop = Shop()
        self.clock = ManualClock(NOW)
        self.cluster = MemoryCluster(self.clock)
        self.diary = Diary(self.clock)
        entropy, policy = MemoryEntropy(), MemoryPolicyEngine({}, revision="r1")
        ports = Ports(self.cluster, Admission(), self.shop.metrics, policy, self.clock, entropy, (self.diary,))
        self.store = Store(ingestion_delay=timedelta(0), tenant_label=None, servers=servers)
        self.woken = 0
        publisher = Publisher(self.cluster, self.clock)
        engine = SloEngines(self.shop.metrics)
        self.turn = SloTurn(ports, self.store, engine, Reporter(ports, self.store), publisher, self._wake)
        labels = {ENABLED_LABEL: "true"} if enabled else {}
        room = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": labels}}
        self._wanted = [room, *contracts]

    def _wake(self) -> None:
        self.woken += 1

    async def begin(self) -> "Fleet":
        """The contracts are there, and were judged once."""
        for raw in self._wanted:
            await self.create(raw)
        await self.turn.turn("default")
        return self

    async def create(self, raw: dict[str, Any]) -> None:
        """One more object."""
        made = await self.cluster.create(raw)
        self.store.apply(raw["kind"], made)

    async def minutes(self, number: int, good: int = 100, bad: int = 0) -> list[int]:
        """Minutes pass with a turn at the end of each; how much was written in each."""
        written = []
        for _ in range(number):
            before = len(self.cluster.writes)
            await self.clock.advance(60)
            self.shop.runs(1, good=good, bad=bad)
            await self.turn.turn("default")
            written.append(len(self.cluster.writes) - before)
        return written

    async def status(self, name: str = "agent") -> SLAContractStatus:
        """What the cluster holds."""
        raw = [each for each in await self.cluster.list(API_VERSION, "SLAContract") if each["metadata"]["name"] == name]
        return SLAContract.read(raw[0]).status


def raw(name: str = "agent", **more: Any) -> dict[str, Any]:
    return contract_raw(name, objectives=[promise(**more)])


async def test_the_first_turn_writes_each_status_and_a_quiet_fleet_writes_nothing_more() -> None:
    fleet = await Fleet(*(raw(f"c{at}") for at in range(5))).begin()
    assert len([each for each in fleet.cluster.writes if each.method == "patch_status"]) == 5
    assert await fleet.minutes(5) == [0] * 5
    assert (await fleet.status("c3")).objectives[0].alert == "None"
    assert fleet.woken == 0


async def test_a_status_is_written_when_a_tenth_of_a_percent_of_the_budget_went_and_not_before() -> None:
    fleet = await Fleet(raw()).begin()  # 144,000 tasks: 720 may fail, and a tenth of a percent is 0.72 of them
    assert await fleet.minutes(1, good=99, bad=1) == [1]
    assert (await fleet.status()).objectives[0].budget_remaining == "99.8%"
    assert await fleet.minutes(3) == [0, 0, 0]
    rare = await Fleet(
        raw(target="50", alerting={"windows": [{"long": "1h", "short": "5m", "factor": "1.5", "level": "Breach"}]})
    ).begin()
    assert await rare.minutes(1, good=99, bad=1) == [1]  # from all of it to less than all
    assert await rare.minutes(20, good=99, bad=1) == [0] * 20


async def test_an_alert_is_written_in_its_minute_and_wakes_the_loops_while_it_lasts() -> None:
    fleet = await Fleet(raw(), raw("calm", app="b")).begin()
    await fleet.minutes(20, good=50, bad=50)
    assert (await fleet.status()).objectives[0].alert in ("Breach", "Exhausted")
    assert set(fleet.store.assessments) == {"shop/agent"}
    assert fleet.store.view(fleet.clock.now()).assessments["shop/agent"][0].level is not None
    woken = fleet.woken
    await fleet.minutes(1)
    assert fleet.woken == woken + 1
    assert "SLOAlertChanged" in fleet.diary.names


async def test_the_loops_are_woken_once_more_when_the_last_alert_is_over() -> None:
    fleet = await Fleet(
        raw(alerting={"windows": [{"long": "1h", "short": "5m", "factor": "14.4", "level": "Breach"}]}, target="95")
    ).begin()
    await fleet.minutes(55, good=10, bad=90)
    assert fleet.store.assessments
    await fleet.minutes(25)
    assert fleet.store.assessments == {}
    woken = fleet.woken
    await fleet.minutes(3)
    assert fleet.woken == woken


async def test_a_silent_server_is_written_once_and_so_is_its_return() -> None:
    fleet = await Fleet(raw()).begin()
    fleet.shop.metrics.failure = Unavailable("Prometheus is down")
    assert await fleet.minutes(4) == [1, 0, 0, 0]
    assert (await fleet.status()).objectives[0].alert == "Unknown"
    fleet.shop.metrics.failure = None
    assert await fleet.minutes(2) == [1, 0]


async def test_a_write_that_fails_is_told_and_tried_again() -> None:
    fleet = await Fleet(raw()).begin()
    fleet.cluster.fail_next("patch_status", Unavailable("no answer"))
    await fleet.minutes(1, good=50, bad=50)
    assert "ReportFailed" in fleet.diary.names
    assert (await fleet.status()).objectives[0].budget_remaining == "100.0%"
    await fleet.minutes(1)
    assert (await fleet.status()).objectives[0].budget_remaining != "100.0%"


async def test_a_namespace_that_has_not_opted_in_is_told_once() -> None:
    fleet = await Fleet(raw(), enabled=False).begin()
    told = {each.type: each.reason for each in (await fleet.status()).conditions}
    assert told["Ready"] == "NamespaceNotEnabled"
    assert await fleet.minutes(3) == [0, 0, 0]


async def test_an_indicator_that_can_t_work_is_told_once_and_says_why() -> None:
    odd = contract_raw("odd", objectives=[promise(indicator={"ratio": {"bad": "tasks{", "total": "tasks"}})])
    fleet = await Fleet(raw(), odd).begin()
    ready = next(each for each in (await fleet.status("odd")).conditions if each.type == "Ready")
    assert ready.reason == "InvalidIndicator"
    assert "indicator.ratio.bad: 'tasks{'" in ready.message
    assert await fleet.minutes(3) == [0, 0, 0]


async def test_the_status_that_is_asked_for_has_the_figures_of_now() -> None:
    fleet = await Fleet(raw()).begin()
    await fleet.minutes(1, good=99, bad=1)
    kept = fleet.store.contract("shop/agent")
    assert kept is not None
    now = fleet.turn.status(kept)
    assert now is not None
    assert now.objectives[0].budget_remaining == "99.8%"
    assert len(fleet.cluster.writes) == 4  # two objects, two statuses: to ask writes nothing


async def test_the_next_turn_is_when_the_next_bucket_closes_and_a_minute_away_at_most() -> None:
    fleet = await Fleet(raw()).begin()
    await fleet.clock.advance(59)
    soon = await fleet.turn.turn("default")
    assert soon is not None
    assert 1 < soon < 1.5
    empty = await Fleet().begin()
    assert await empty.turn.turn("default") == LONGEST
    assert MINUTE.total_seconds() == LONGEST
