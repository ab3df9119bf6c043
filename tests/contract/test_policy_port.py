"""What every `PolicyEngine` does, in memory and over a real OPA; and that no mistake in a policy is an approval."""

import copy
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any, Protocol

import pytest

from autonomic.adapters.opa import OpaPolicyEngine
from autonomic.domain.decisions import PolicyAnswer
from autonomic.domain.errors import Unavailable
from autonomic.ports.memory.policy import MemoryPolicyEngine
from autonomic.ports.policy import PolicyEngine
from testbed.opa import Opa, start_opa
from testbed.run import Run

TIMEOUT = 5.0
SHORT = 0.3

ECHO = """
package autonomic

revision := "echo-1"

decision := input.answer
"""

CARELESS = """
package autonomic

# Two approvals by mistake: the objection fails instead of objecting, and the whole rule fails.
decision := {"allow": true, "verdict": "Approve"} if {
    input.careless == "objection"
    not objects
}

objects if 1 / input.zero > 0

decision := {"allow": 1 / input.zero} if input.careless == "answer"
"""

RESTART: dict[str, Any] = {
    "now": "2026-11-22T10:00:00Z",
    "mode": "Enforce",
    "plan": {
        "name": "triage-agent-1",
        "controlLoop": "healing",
        "expiresAt": "2026-11-22T10:30:00Z",
        "trigger": {
            "type": "Signal",
            "signal": {"playbook": "stuck", "trigger": "stuck", "value": "3", "since": "2026-11-22T09:59:00Z"},
        },
        "requiresPerson": False,
    },
    "namespace": {"name": "shop", "labels": {"autonomic.maestro.dev/enabled": "true"}},
    "contract": None,
    "budget": None,
    "steps": [
        {
            "action": "Restart",
            "summary": "restart Deployment triage-agent",
            "target": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "triage-agent", "labels": {}},
            "effects": [],
            "replicas": None,
        }
    ],
}


class World(Protocol):
    """An engine that decides what its world was told, and a way to take the engine's peer away."""

    @property
    def engine(self) -> PolicyEngine:
        """What asks the policies."""
        ...

    def request(self, *answers: object) -> Mapping[str, Any]:
        """A request that is answered with the one answer given, or left undefined where none is."""
        ...

    def goes(self) -> None:
        """From now on nobody answers."""
        ...

    def returns(self) -> None:
        """Somebody answers again."""
        ...


class MemoryWorld:
    """The engine in memory."""

    def __init__(self) -> None:
        self.engine = MemoryPolicyEngine(revision="echo-1")

    def request(self, *answers: object) -> Mapping[str, Any]:
        """A request that is answered with the one answer given, or left undefined where none is."""
        self.engine.answer = next(iter(answers), None)
        return {}

    def goes(self) -> None:
        """From now on nobody answers."""
        self.engine.failure = Unavailable("gone")

    def returns(self) -> None:
        """Somebody answers again."""
        self.engine.failure = None


class OpaWorld:
    """A real OPA whose policy answers with a part of the request."""

    def __init__(self, echo: Opa, engine: OpaPolicyEngine) -> None:
        self.engine = engine
        self._echo = echo

    def request(self, *answers: object) -> Mapping[str, Any]:
        """A request that is answered with the one answer given, or left undefined where none is."""
        return {"answer": answers[0]} if answers else {}

    def goes(self) -> None:
        """From now on nobody answers."""
        self._echo.service.stop()

    def returns(self) -> None:
        """Somebody answers again."""
        self._echo.service.start()


@pytest.fixture(scope="module")
def echo(testbed_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Opa:
    return _opa(testbed_run, tmp_path_factory.mktemp("echo"), ECHO)


@pytest.fixture(params=["memory", "opa"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "memory":
        yield MemoryWorld()
        return
    echo = request.getfixturevalue("echo")
    async with aclosing(OpaPolicyEngine(echo.url, TIMEOUT)) as engine:
        yield OpaWorld(echo, engine)


@pytest.mark.parametrize("answer", [{"allow": False, "reasons": ["no"]}, True, "Approve", ["Approve"], 1, {}])
async def test_an_answer_is_handed_on_as_it_is(world: World, answer: object) -> None:
    assert await world.engine.decide(world.request(answer)) == answer


async def test_an_undefined_decision_is_none(world: World) -> None:
    assert await world.engine.decide(world.request()) is None


async def test_the_revision_of_the_policies_is_told(world: World) -> None:
    assert await world.engine.revision() == "echo-1"


async def test_an_engine_that_is_gone_is_unavailable_and_is_asked_again_when_it_returns(world: World) -> None:
    request = world.request("here")
    world.goes()
    try:
        with pytest.raises(Unavailable):
            await world.engine.decide(request)
        with pytest.raises(Unavailable):
            await world.engine.revision()
    finally:
        world.returns()
    assert await world.engine.decide(request) == "here"


async def test_our_policies_answer_in_the_form_that_governance_demands(opa: Opa) -> None:
    async with aclosing(OpaPolicyEngine(opa.url, TIMEOUT)) as engine:
        approved = PolicyAnswer.model_validate(await engine.decide(RESTART))
        assert (approved.allow, approved.verdict, approved.rules) == (True, "Approve", ["healing-restart"])
        assert approved.revision == await engine.revision() != "unversioned"
        waiting = copy.deepcopy(RESTART) | {"mode": "Propose"}
        assert PolicyAnswer.model_validate(await engine.decide(waiting)).verdict == "RequireApproval"
        denied = PolicyAnswer.model_validate(await engine.decide({}))
        assert (denied.allow, denied.verdict) == (False, "Deny")


async def test_our_policies_give_no_answer_to_a_time_that_is_none(opa: Opa) -> None:
    async with aclosing(OpaPolicyEngine(opa.url, TIMEOUT)) as engine:
        with pytest.raises(Unavailable, match="HTTP 500"):
            await engine.decide({**RESTART, "now": "noon"})


@pytest.mark.parametrize("careless", ["objection", "answer"])
async def test_a_policy_that_divides_by_zero_approves_nothing(testbed_run: Run, tmp_path: Path, careless: str) -> None:
    opa = _opa(testbed_run, tmp_path, CARELESS)
    try:
        async with aclosing(OpaPolicyEngine(opa.url, TIMEOUT)) as engine:
            with pytest.raises(Unavailable, match="a policy failed while it was evaluated"):
                await engine.decide({"careless": careless, "zero": 0})
            with pytest.raises(Unavailable, match="not loaded"):
                await engine.revision()
    finally:
        opa.service.stop()


async def test_an_engine_that_is_frozen_is_unavailable_in_time(echo: Opa) -> None:
    async with aclosing(OpaPolicyEngine(echo.url, SHORT)) as engine:
        assert await engine.decide({"answer": 1}) == 1
        echo.service.process.pause()
        try:
            started = time.monotonic()
            with pytest.raises(Unavailable, match=r"no answer within 0\.3 s"):
                await engine.decide({"answer": 1})
            assert time.monotonic() - started < TIMEOUT
        finally:
            echo.service.process.resume()
        assert await engine.decide({"answer": 2}) == 2


def _opa(run: Run, folder: Path, policy: str) -> Opa:
    (folder / "policy.rego").write_text(policy)
    return start_opa(run, folder)
