"""Every door of the API, served on loopback over in-memory ports, to somebody who may do everything."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator

from fastapi import FastAPI

from autonomic.adapters.clock import SystemClock, SystemEntropy
from autonomic.adapters.opa import Means, OpaTrial, policies_in
from autonomic.api import Events, Health, Intake, LayerView, Routing, Simulating, Snapshots, build, serve
from autonomic.api.examples import PLACES
from autonomic.api.seals import Seal
from autonomic.cycle.feed import Feed, News
from autonomic.cycle.reception import Reception
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import Review
from autonomic.domain.view import View
from autonomic.governance.owners_syntax import allowed
from autonomic.health.rows import Row
from autonomic.ports.access import Caller
from autonomic.ports.memory.access import MemoryAccess
from autonomic.ports.memory.signals import MemorySignalLog
from autonomic.ports.policy import PolicySet, PolicyTrial
from autonomic.ports.reviewing import Reviewing
from autonomic.signals.limits import Limits
from autonomic.simulate import Simulator
from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.ports import LOOPBACK, is_listening, with_free_ports
from testbed.programs.catalogue import OPA
from testbed.showcase import POLICIES
from testbed.waiting import until
from tests.unit.api.conftest import World, page
from tests.unit.api.contracts import NOON, contract, judged
from tests.unit.api.test_health import row
from tests.unit.api.test_plans import healing, plan
from tests.unit.cycle.routing.scene import Scene, scene
from tests.unit.domain.cost_specimens import budget
from tests.unit.simulate.scenes import OBJECTS, turning

TOKEN = "fuzzers"
_CALLER = Caller("fuzzer@example.com", "1", ())
_SECONDS = 30.0
_SHORT, _SHORTER = 0.05, 0.02
"""A stream that would go on for an hour ends before the next question."""


class Everything(MemoryAccess):
    """Everybody who is known may do everything."""

    async def may(self, caller: Caller, verb: str, resource: str, namespace: str | None) -> bool:  # noqa: ARG002
        """Always."""
        return True


class Forgetting(Reviewing):
    """Takes every review."""

    async def give(self, token: str, plan: ObjectRef, review: Review) -> None:
        """Forgets it."""


async def _app() -> FastAPI:
    routing, layer = await scene(), await turning(*OBJECTS)
    await routing.turn()
    return build(
        _view(routing),
        Everything({TOKEN: _CALLER}),
        Health(lambda: None, page),
        intake=_intake(),
        snapshots=Snapshots(lambda _: _rows(), lambda _contracts, _at: _rows(), lambda: NOON),
        routing=Routing(routing.service, lambda: None),
        reviewing=Forgetting(),
        simulating=Simulating(Simulator(layer, seconds=_SECONDS, trial=_trial()).simulate, lambda: None),
        happening=Events(_feed(), SystemClock(), Seal(SystemEntropy().nonce), _SHORTER, _SHORT),
    )


def _trial() -> PolicyTrial:
    """A real OPA for policies that are supposed, among the shipped ones."""
    ensure_built((OPA,))

    async def shipped() -> PolicySet:
        return policies_in(POLICIES)

    return OpaTrial(Means(str(program_path(OPA)), POLICIES / "schemas" / "input.json", _SECONDS, allowed), shipped)


def _view(routing: Scene) -> LayerView:
    contracts = {each.key: each for each in (contract("shop", "triage-agent", judged()), contract("bank"))}
    plans = {each.key: each for each in (plan(PLACES["/autonomic/plans/"]), healing("two"), plan("three", "lab"))}
    budgets = {each.key: each for each in (budget("team"), budget("other"))}

    def view() -> View:
        known = routing.store.view(NOON)
        return View(now=NOON, contracts=contracts, plans=plans, budgets=budgets, routes=known.routes)

    account = World(Everything({})).account
    return LayerView(view, lambda _: None, lambda: None, account, lambda: asyncio.sleep(0))


def _intake() -> Intake:
    clock = SystemClock()
    reception = Reception(MemorySignalLog(clock), clock, lambda _: None, Limits(), left_out=lambda: None)
    return Intake(reception, lambda: None, clock.monotonic)


def _feed() -> Feed:
    feed = Feed("life")
    feed.publish(News("PlanChanged", "adaptationplans", "shop", NOON, {"plan": "one"}))
    return feed


async def _rows() -> list[Row]:
    return [row("web"), row("db", "Critical", "Infra")]


@contextlib.contextmanager
def served() -> Iterator[str]:
    """The address of the API, served by a thread that is gone with the block."""
    port = with_free_ports(1, lambda ports: ports[0])
    loop, ending = asyncio.new_event_loop(), asyncio.Event()

    async def serving() -> None:
        task = asyncio.create_task(serve(await _app(), LOOPBACK, port))
        await ending.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serving()), name="served")
    thread.start()
    try:
        until(lambda: is_listening(port), _SECONDS, "the API to listen")
        yield f"http://{LOOPBACK}:{port}"
    finally:
        loop.call_soon_threadsafe(ending.set)
        thread.join(_SECONDS)
        loop.close()
