"""What every `Outlets` does, in memory and over real connections; and that a call is sent once, to whom it was meant for."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import pytest

from autonomic.adapters.outlets.configured import ConfiguredOutlets
from autonomic.adapters.outlets.pausing import FIRST
from autonomic.domain.errors import AutonomicError, Invalid, Unavailable
from autonomic.environment.outlets import Outlet
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.outlets import MemoryOutlets
from autonomic.ports.outlets import Outcall, Outlets, OutletType
from tests.contract.certificates import Authority, serving
from tests.contract.scripted_server import ScriptedServer, answering, http
from tests.unit.domain.specimens import NOW

TELL = Outcall("Channel", "oncall", "shop/agent-1", "Deployment/agent", "the agent was scaled", "uid-1/1")
ASK = Outcall("Endpoint", "conductor", "shop/agent-1", "Deployment/agent", "drain", "uid-1/0", {"grace": "30s"})
CALLS = {"Channel": TELL, "Endpoint": ASK}
ERRORS = {Unavailable: 503, Invalid: 422}


class World(Protocol):
    """Outlets of which the first call may fail, and what arrived, each try."""

    @property
    def outlets(self) -> Outlets:
        """A channel `oncall` and an endpoint `conductor`."""
        ...

    def arrived(self) -> list[tuple[str, str, str]]:
        """The key, the plan and the message of every call that was answered with yes."""
        ...

    async def later(self) -> None:
        """So much time passes that an outlet is called again."""
        ...


class Memory:
    """In memory."""

    def __init__(self, failure: AutonomicError | None) -> None:
        self.outlets = MemoryOutlets("oncall", endpoints=("conductor",))
        if failure:
            self.outlets.fail_next(failure)

    def arrived(self) -> list[tuple[str, str, str]]:
        """From what it remembers."""
        return [(call.key, call.plan, call.message) for call in self.outlets.sent]

    async def later(self) -> None:
        """No time is needed."""


@dataclass
class Real:
    """Over TLS on loopback."""

    outlets: ConfiguredOutlets
    server: ScriptedServer
    clock: ManualClock
    failed: bool

    def arrived(self) -> list[tuple[str, str, str]]:
        """From what the server took."""
        return [_read(head, json.loads(body)) for head, body in self.server.requests[self.failed :]]

    async def later(self) -> None:
        """The pause after a failure is over."""
        await self.clock.advance(FIRST)


def _read(head: str, body: dict[str, str]) -> tuple[str, str, str]:
    if "operation" in body:
        key = next(line.partition(": ")[2] for line in head.splitlines() if line.startswith("Idempotency-Key"))
        assert key == body["key"]
        return key, body["plan"], body["operation"]
    message, _, facts = body["message"].partition("\n\n")
    said = dict(line.split(": ") for line in facts.splitlines())
    assert body["title"] == f"Plan {said['plan']}"
    return said["reference"], said["plan"], message


@pytest.fixture(params=["memory", "real"])
async def opened(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator["Opening"]:
    """What makes worlds of one kind."""
    async with AsyncExitStack() as stack:
        yield Opening(request.param, stack, tmp_path)


@dataclass
class Opening:
    """Makes worlds."""

    kind: str
    stack: AsyncExitStack
    folder: Path

    async def world(self, failure: type[Unavailable] | type[Invalid] | None = None) -> World:
        """A world in which the first call fails so."""
        if self.kind == "memory":
            return Memory(failure("not now") if failure else None)
        authority, clock = Authority(self.folder), ManualClock(NOW)
        first = http(ERRORS[failure], "") if failure else None
        tls = serving(authority.issue("server"))
        server = await self.stack.enter_async_context(answering(http(200, "{}"), first=first, tls=tls))
        outlets = ConfiguredOutlets(configured(server.url, authority.file), clock)
        return Real(outlets, server, clock, failed=failure is not None)


def configured(url: str, authorities: Path) -> tuple[Outlet, Outlet]:
    """A channel and an endpoint at that address."""
    host = url.partition("://")[2]
    return (
        Outlet(name="oncall", type="Channel", url=f"jsons://{host}/hook", ca_file=authorities),
        Outlet(name="conductor", type="Endpoint", url=f"https://{host}/operations", ca_file=authorities),
    )


types = pytest.mark.parametrize("type_", ["Channel", "Endpoint"])


async def test_channels_and_endpoints_are_known_apart(opened: Opening) -> None:
    outlets = (await opened.world()).outlets
    assert [set(outlets.known(type_)) for type_ in ("Channel", "Endpoint")] == [{"oncall"}, {"conductor"}]


@types
async def test_a_call_arrives_with_its_key_its_plan_and_what_is_said(opened: Opening, type_: OutletType) -> None:
    world, call = await opened.world(), CALLS[type_]
    await world.outlets.call(call)
    assert world.arrived() == [(call.key, call.plan, call.message)]


@types
async def test_a_second_try_bears_the_same_key(opened: Opening, type_: OutletType) -> None:
    world = await opened.world()
    for _ in range(2):
        await world.outlets.call(CALLS[type_])
    assert [key for key, _, _ in world.arrived()] == [CALLS[type_].key] * 2


@types
async def test_no_answer_may_be_tried_again_later(opened: Opening, type_: OutletType) -> None:
    world = await opened.world(Unavailable)
    with pytest.raises(Unavailable):
        await world.outlets.call(CALLS[type_])
    assert world.arrived() == []
    await world.later()
    await world.outlets.call(CALLS[type_])
    assert len(world.arrived()) == 1


@types
async def test_a_refusal_is_final(opened: Opening, type_: OutletType) -> None:
    world = await opened.world(Invalid)
    with pytest.raises(Invalid):
        await world.outlets.call(CALLS[type_])


@types
async def test_nobody_is_called_who_is_not_configured_and_nobody_under_another_type(
    opened: Opening, type_: OutletType
) -> None:
    world, call = await opened.world(), CALLS[type_]
    other = ASK if call is TELL else TELL
    for name in ("nobody", other.outlet):
        with pytest.raises(Invalid, match=f"there is no {type_} {name}"):
            await world.outlets.call(replace(call, outlet=name))
    assert world.arrived() == []
