"""The app over what a test puts into it, asked in memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest

from autonomic.api import Health, LayerView, build
from autonomic.cycle.loop_turn import TurnRecord
from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import AutonomicError
from autonomic.domain.view import View
from autonomic.ports.access import Access, Caller
from autonomic.ports.memory.access import MemoryAccess
from tests.unit.api.contracts import NOON

ALICE = Caller("alice@example.com", "1", ("sre",))
DAVE = Caller("dave@example.com", "2", ("developers",))
LIST = ("list", "slacontracts")


class FailingAccess(MemoryAccess):
    """A cluster that gives no answer while `failure` is set."""

    failure: AutonomicError | None = None

    async def who(self, token: str) -> Caller | None:
        """The caller, or the failure."""
        if self.failure:
            raise self.failure
        return await super().who(token)


@dataclass
class World:
    """What the app shows: change it, then ask."""

    access: Access
    contracts: dict[str, SLAContract] = field(default_factory=dict)
    turns: dict[str, TurnRecord] = field(default_factory=dict)
    unready: str | None = None

    def know(self, *contracts: SLAContract) -> None:
        """These contracts are in the Store."""
        self.contracts |= {each.key: each for each in contracts}

    def view(self) -> View:
        """The picture at noon."""
        return View(now=NOON, contracts=self.contracts)


@pytest.fixture
def access() -> FailingAccess:
    """Alice may list contracts everywhere, Dave in `shop` alone."""
    grants = [(ALICE.name, *LIST, None), (DAVE.name, *LIST, "shop")]
    return FailingAccess({"alices": ALICE, "daves": DAVE}, grants)


@pytest.fixture
def world(access: FailingAccess) -> World:
    """Nothing is known yet, and all is well."""
    return World(access)


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A client that sends no token."""
    layer = LayerView(view=world.view, turns=lambda: world.turns)
    health = Health(unready=lambda: world.unready, metrics=lambda accept: (b"up 1\n", f"text/plain; accepted={accept}"))
    transport = httpx.ASGITransport(build(layer, world.access, health), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://operator") as client:
        yield client


@pytest.fixture
async def alice(http: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client that sends Alice's token."""
    http.headers["Authorization"] = "Bearer alices"
    return http
