"""An OPA that is started for a simulation or an embedded layer: real, over the shipped policies, and gone afterwards."""

import asyncio
import contextlib
from pathlib import Path

import aiohttp
import pytest

from autonomic.adapters.opa import policies_in, started
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.ports.memory.clock import MemoryEntropy
from autonomic.sdk import AutonomicLayer
from autonomic.sdk.policy import opened
from autonomic.simulate import Base, Twin, scenario, try_out
from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.programs.catalogue import OPA
from testbed.showcase import POLICIES
from tests.unit.domain.specimens import NOW
from tests.unit.simulate.scenes import FAILING, OBJECTS

FORBIDS = """package autonomic.owners.frozen

denials contains {"rule": "frozen", "reason": "nothing moves this week"} if input.steps
"""


@pytest.fixture(scope="module")
def program() -> str:
    """The OPA that the testbed has."""
    ensure_built((OPA,))
    return str(program_path(OPA))


async def _is_there(address: str) -> bool:
    with contextlib.suppress(aiohttp.ClientError):
        async with aiohttp.ClientSession() as session, session.get(f"{address}/health") as answer:
            return answer.status == 200
    return False


async def test_it_answers_while_it_is_wanted_and_is_gone_afterwards(program: str) -> None:
    async with started(program, policies_in(POLICIES)) as address:
        assert await _is_there(address)
    assert not await _is_there(address)


async def test_it_is_gone_when_whoever_wanted_it_fails_or_is_cancelled(program: str) -> None:
    with pytest.raises(RuntimeError):
        async with started(program, policies_in(POLICIES)) as address:
            raise RuntimeError
    assert not await _is_there(address)
    began: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def wait() -> None:
        async with started(program, policies_in(POLICIES)) as address:
            began.set_result(address)
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    address = await began
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert not await _is_there(address)


async def test_the_shipped_policies_rule_a_simulated_plan(program: str) -> None:
    given = scenario({"objects": OBJECTS, "figures": [FAILING]})
    async with opened(program, POLICIES) as engine:
        (plan,) = (await try_out(Twin(Base(engine, MemoryEntropy()), given, NOW), given)).plans
    assert plan.verdict == "RequireApproval"
    assert any(reason.startswith("large-scale-up: ") for reason in plan.reasons)
    assert plan.spec["policyRevision"].startswith("files-")


async def test_another_policy_beside_them_changes_the_answer(program: str, tmp_path: Path) -> None:
    for file in POLICIES.glob("*.rego"):
        (tmp_path / file.name).write_text(file.read_text())
    (tmp_path / "frozen.rego").write_text(FORBIDS)
    async with AutonomicLayer(opa=program, policies=tmp_path) as layer:
        outcome = await layer.simulate({"objects": OBJECTS, "figures": [FAILING]}, live=False)
    assert [each.verdict for each in outcome.plans] == ["Deny"]
    assert outcome.plans[0].reasons[0] == "owners.frozen.frozen: nothing moves this week"


async def test_a_policy_that_is_faulty_is_named(program: str, tmp_path: Path) -> None:
    (tmp_path / "bad.rego").write_text("package autonomic\n\ndecision := {\n")
    with pytest.raises(Invalid, match=r"bad\.rego:"):
        async with started(program, policies_in(tmp_path)):
            pass


async def test_policies_without_a_revision_are_not_those_of_the_operator(program: str, tmp_path: Path) -> None:
    (tmp_path / "other.rego").write_text("package other\n\nallow := true\n")
    with pytest.raises(Unavailable, match="the policies of this operator are not loaded"):
        async with opened(program, tmp_path):
            pass
