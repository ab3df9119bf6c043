"""The app over what a test puts into it, asked in memory."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

import httpx
import pytest

from autonomic.api import Events, Health, LayerView, Snapshots, build
from autonomic.api.lane import Lane
from autonomic.api.seals import Seal
from autonomic.cycle.feed import Feed
from autonomic.cycle.health.past import rows_at
from autonomic.cycle.slo.accounting import account, judged_alone, status_of
from autonomic.domain.contracts import SLAContract, SLAContractStatus
from autonomic.domain.cost import CostBudget
from autonomic.domain.errors import AutonomicError
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan, Review
from autonomic.domain.view import View
from autonomic.health.rows import Row
from autonomic.ports.access import Access, Caller
from autonomic.ports.memory.access import MemoryAccess
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.ports.plugins import PluginStanding
from autonomic.ports.reviewing import Reviewing
from autonomic.slo.account import ContractAccount
from tests.unit.api.contracts import NOON
from tests.unit.slo.judging import view

ALICE = Caller("alice@example.com", "1", ("sre",))
DAVE = Caller("dave@example.com", "2", ("developers",))
ERIN = Caller("erin@example.com", "3", ("finance",))
VERBS = ("list", "get")
_NONCES = (f"{number:016x}{0:016x}" for number in count(1))
SEAL = Seal(lambda: next(_NONCES))
"""Of all events of these tests."""
SEEING_COST = ((ALICE.name, None), (DAVE.name, "shop"), (ERIN.name, "shop"))


class FailingAccess(MemoryAccess):
    """A cluster that gives no answer while `failure` is set."""

    failure: AutonomicError | None = None

    async def who(self, token: str) -> Caller | None:
        """The caller, or the failure."""
        if self.failure:
            raise self.failure
        return await super().who(token)


class RememberingReviewing(Reviewing):
    """Remembers each review with the token that it came with, unless `failure` is set."""

    def __init__(self) -> None:
        self.given: list[tuple[str, ObjectRef, Review]] = []
        self.failure: AutonomicError | None = None

    async def give(self, token: str, plan: ObjectRef, review: Review) -> None:
        """Remembers it, or fails."""
        if self.failure:
            raise self.failure
        self.given.append((token, plan, review))


@dataclass
class World:
    """What the app shows: change it, then ask."""

    access: Access
    contracts: dict[str, SLAContract] = field(default_factory=dict)
    judged: dict[str, SLAContractStatus] = field(default_factory=dict)
    looked_at: list[str] = field(default_factory=list)
    metrics: MemoryMetrics = field(default_factory=lambda: MemoryMetrics({}))
    unready: str | None = None
    rows: list[Row] = field(default_factory=list)
    budgets: list[CostBudget] = field(default_factory=list)
    plans: list[AdaptationPlan] = field(default_factory=list)
    reviewing: RememberingReviewing = field(default_factory=RememberingReviewing)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOON))
    lane: Lane = field(default_factory=Lane)
    plugins: tuple[PluginStanding, ...] = ()
    feed: Feed = field(default_factory=lambda: Feed("life", most=8))

    def know(self, *contracts: SLAContract) -> None:
        """These contracts are in the Store."""
        self.contracts |= {each.key: each for each in contracts}

    def status(self, contract: SLAContract) -> SLAContractStatus | None:
        """What this replica judged."""
        self.looked_at.append(contract.key)
        return self.judged.get(contract.key)

    async def account(self, contract: SLAContract) -> ContractAccount:
        """From an engine that asks `metrics`."""
        engine = await judged_alone(self.metrics, contract, view(contract, now=NOON))
        return await account(engine, contract, status_of(engine, contract, NOON), NOON)

    async def healths(self, namespace: str | None) -> list[Row]:
        """How subjects are, of which this replica knows."""
        return [each for each in self.rows if namespace in (None, each.key.namespace)]

    async def healths_at(self, contracts: Mapping[str, SLAContract], at: datetime) -> list[Row]:
        """How they were, from an engine that asks `metrics`."""
        return await rows_at(self.metrics, contracts, view(*contracts.values(), now=NOON), at)

    def judged_at(self) -> datetime | None:
        """A minute before noon, where it judged anything."""
        return NOON - timedelta(minutes=1) if self.judged else None

    def view(self) -> View:
        """The picture at noon."""
        budgets, plans = {each.key: each for each in self.budgets}, {each.key: each for each in self.plans}
        return View(now=NOON, contracts=self.contracts, budgets=budgets, plans=plans)


async def page(accept: str) -> tuple[bytes, str]:
    """A page of metrics that says what was asked for."""
    return b"up 1\n", f"text/plain; accepted={accept}"


@pytest.fixture
def access() -> FailingAccess:
    """Alice may list and get contracts everywhere, Dave in `shop` alone; Erin may list budgets there, not plans."""
    grants = [
        (name, verb, "slacontracts", where)
        for name, where in ((ALICE.name, None), (DAVE.name, "shop"))
        for verb in VERBS
    ]
    grants += [(ALICE.name, "list", "healthsnapshots", None), (DAVE.name, "list", "healthsnapshots", "shop")]
    grants += [(name, "list", "costbudgets", where) for name, where in SEEING_COST]
    grants += [
        (name, verb, "adaptationplans", where)
        for name, where in SEEING_COST
        if name != ERIN.name
        for verb in ("list", "get", "watch")
    ]
    return FailingAccess({"alices": ALICE, "daves": DAVE, "erins": ERIN}, grants)


@pytest.fixture
def world(access: FailingAccess) -> World:
    """Nothing is known yet, and all is well."""
    return World(access)


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A client that sends no token."""
    layer = LayerView(world.view, world.status, world.judged_at, world.account, lambda: asyncio.sleep(0), world.lane)
    health = Health(unready=lambda: world.unready, metrics=page)
    snapshots = Snapshots(
        now=world.healths, then=world.healths_at, looked_at=world.judged_at, plugins=lambda: world.plugins
    )
    app = build(
        layer,
        world.access,
        health,
        snapshots=snapshots,
        reviewing=world.reviewing,
        happening=Events(world.feed, world.clock, SEAL, gathering=0.0),
    )
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://operator") as client:
        yield client


@pytest.fixture
async def alice(http: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client that sends Alice's token."""
    http.headers["Authorization"] = "Bearer alices"
    return http
