"""Policies that are supposed, over the real OPA: they rule, what is faulty is named, what is hostile is refused or cut off."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from autonomic import cli
from autonomic.adapters.opa import Means, OpaPolicyEngine, OpaPolicyServer, OpaTrial, policies_in, started
from autonomic.adapters.opa.printed import MOST_PRINTED, most_of, tree_of
from autonomic.adapters.opa.trial import CAREFUL
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.domain.servers import DEFAULT
from autonomic.governance.owners_syntax import allowed
from autonomic.layer import AutonomicLayer
from autonomic.ports.policy import PolicyEngine, PolicySet, PolicyTrial
from autonomic.simulate import Outcome, Simulator, TookTooLong, Unfit, Untried, Wish, scenario
from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.kernel import children, gone
from testbed.opa import Opa, start_opa
from testbed.programs.catalogue import OPA
from testbed.run import Run
from testbed.showcase import POLICIES
from testbed.waiting import until
from tests.unit.simulate.scenes import FAILING, two_tenants

EXAMPLE = [str(Path(__file__).parents[2] / "examples" / "simulate" / name) for name in ("shop.yaml", "incident.yaml")]
SCHEMA = POLICIES / "schemas" / "input.json"
QUESTION, LONGEST, SECONDS = 1.0, 60.0, 60.0
"""Of a question, of a simulation, and of a test's patience."""
FORBIDS = """package autonomic.owners.frozen

denials contains {"rule": "frozen", "reason": "nothing moves this week"} if input.steps
"""
ALLOWS = 'package autonomic.owners.frozen\n\nconcerns contains "never so" if input.mode == "Observe"\n'
ENDLESS = """package autonomic.owners.endless

denials contains "never" if {
	input.steps
	all := numbers.range(1, 3000)
	count([1 | some a in all; some b in all; some c in all; a + b == c]) == 0
}
"""
GREEDY = """package autonomic.owners.greedy

denials contains "never" if {
	input.steps
	count([text | some n in numbers.range(1, 300000000); text := sprintf("%d", [n])]) == 0
}
"""


@pytest.fixture(scope="module")
def program() -> str:
    """The OPA that the testbed has."""
    ensure_built((OPA,))
    return str(program_path(OPA))


@pytest.fixture(scope="module")
def own_opa(testbed_run: Run) -> Iterator[Opa]:
    """The operator's, over the shipped policies."""
    opa = start_opa(testbed_run, POLICIES)
    yield opa
    opa.service.stop()


async def shipped() -> PolicySet:
    """The packs alone."""
    return policies_in(POLICIES)


@pytest.fixture
def trial(program: str) -> PolicyTrial:
    """Beside the packs."""
    return OpaTrial(Means(program, SCHEMA, QUESTION, allowed), shipped)


@pytest.fixture
async def layer() -> AutonomicLayer:
    """A layer that knows an agent of `shop`, and one of `bank`."""
    return await two_tenants()


def wish(*texts: str, instead: str = "Same", namespace: str | None = None, **parts: Any) -> Wish:
    """What is supposed: an agent fails, and these policies."""
    files = [{"name": f"p{number}.rego", "rego": text} for number, text in enumerate(texts)]
    policies = {"files": files, "insteadOf": instead}
    return Wish(scenario({"figures": [FAILING], "policies": policies, **parts}), namespace=namespace)


async def tried(layer: AutonomicLayer, trial: PolicyTrial, asked: Wish) -> Outcome:
    """What would follow."""
    return await Simulator(layer, LONGEST, trial).simulate(asked)


def told(pid: int) -> bytes:
    """The environment that a process was started with."""
    return Path(f"/proc/{pid}/environ").read_bytes()


@pytest.fixture
def left() -> Iterator[None]:
    """Nothing that a test starts is there when it ends."""
    before = children(os.getpid())
    yield
    assert children(os.getpid()) <= before


pytestmark = pytest.mark.usefixtures("left")


async def test_a_supposed_policy_rules_and_the_outcome_says_so(layer: AutonomicLayer, trial: PolicyTrial) -> None:
    outcome = await tried(layer, trial, wish(FORBIDS))
    (plan,) = outcome.plans
    assert (plan.verdict, plan.reasons[0]) == ("Deny", "owners.frozen.frozen: nothing moves this week")
    assert outcome.policies is not None
    assert (outcome.policies.files, outcome.policies.instead_of) == (("p0.rego",), "Same")
    assert outcome.policies.revision.startswith("supposed-")
    assert outcome.policies.revision == plan.spec["policyRevision"]


async def test_a_pack_is_replaced_by_a_file_of_its_name(layer: AutonomicLayer, trial: PolicyTrial) -> None:
    large = (await tried(layer, trial, wish(instead="Owners"))).plans[0]
    assert (large.verdict, "large-scale-up" in str(large.reasons)) == ("RequireApproval", True)
    calm = (POLICIES / "blast_radius.rego").read_text().replace('"maxScaleFactor", 1.5', '"maxScaleFactor", 9')
    policies = {"files": [{"name": "blast_radius.rego", "rego": calm}]}
    free = await tried(layer, trial, Wish(scenario({"figures": [FAILING], "policies": policies})))
    assert "large-scale-up" not in str(free.plans[0].reasons)
    assert free.policies is not None
    assert free.policies.beside == ()


async def test_without_the_packs_that_decide_nothing_is_tried(layer: AutonomicLayer, trial: PolicyTrial) -> None:
    with pytest.raises(Unfit, match="the policies of this operator are not loaded"):
        await tried(layer, trial, wish("package autonomic\n\non := 1\n", instead="All"))
    everything = list(policies_in(POLICIES).modules.values())
    outcome = await tried(layer, trial, wish(*everything, FORBIDS, instead="All"))
    assert [each.verdict for each in outcome.plans] == ["Deny"]


async def test_the_policies_in_force_are_those_that_the_operators_opa_holds(
    layer: AutonomicLayer, own_opa: Opa, program: str
) -> None:
    async with aclosing(OpaPolicyServer(own_opa.url, 5.0)) as server:
        await server.load("autonomic-owners/rules/frozen.rego", FORBIDS)
        trial = OpaTrial(Means(program, SCHEMA, QUESTION, allowed), server.held)
        try:
            held = await server.held()
            assert {"autonomic-owners/rules/frozen.rego"} < held.modules.keys()
            assert held.data["autonomic"]["policy"]["revision"]
            beside, same, owners = [
                (await tried(layer, trial, each)).plans[0].reasons
                for each in (
                    wish(FORBIDS.replace("frozen", "other")),
                    wish(ALLOWS),
                    wish(instead="Owners"),
                )
            ]
        finally:
            await server.unload("autonomic-owners/rules/frozen.rego")
        assert {each.partition(":")[0] for each in beside} == {"owners.frozen.frozen", "owners.other.other"}
        assert "frozen" not in f"{same}{owners}"


FAULTY = {
    "no Rego": ("package autonomic.owners.x\n\ndenials contains {\n", "p1.rego:4", "rego_parse_error"),
    "a name that there is not": ('package autonomic.owners.x\n\ndenials contains "a" if y\n', "p1.rego:3", "unsafe"),
    "a misspelt input": (
        'package autonomic.owners.x\n\ndenials contains "a" if input.stepz\n', "p1.rego:3", "undefined ref: input.stepz",
    ),
    "the network": (
        'package autonomic.owners.x\n\ndenials contains "a" if http.send({"method": "get", "url": "http://a"}).status_code\n',
        "p1.rego:3", "undefined function http.send",
    ),
    "names of hosts": (
        'package autonomic.owners.x\n\ndenials contains a if some a in net.lookup_ip_addr("a")\n',
        "p1.rego:3", "undefined function net.lookup_ip_addr",
    ),
    "a schema elsewhere": (
        'package autonomic.owners.x\n\ndenials contains "a" if json.match_schema({}, {"$ref": "http://a/b"})[0]\n',
        "p1.rego:3", "undefined function json.match_schema",
    ),
    "an annotation with a schema elsewhere": (
        'package autonomic.owners.x\n\n# METADATA\n# schemas:\n#   - input: {"$ref": "http://a/b"}\n'
        'denials contains "a" if input.mode == "b"\n',
        "p1.rego:6", "remote reference loading disabled",
    ),
    "brackets within one another": (
        f"package autonomic.owners.x\n\ndenials contains x if x := {'(' * 15_000}1{')' * 15_000}\n",
        "p1.rego:3", "max parsing recursion depth exceeded",
    ),
    "a chain without end": (
        f'package autonomic.owners.x\n\nf := 1 if input.mode == "a" {"else := 1 if input.mode " * 300}\n'
        "denials contains x if x := f\n",
        "p1.rego:1", "levels within one another",
    ),
    "the environment": (
        "package autonomic.owners.x\n\ndenials contains a if some a in opa.runtime().env\n",
        "p1.rego:3", "undefined function opa.runtime",
    ),
    "other policies": (
        "package autonomic.owners.x\n\ndenials contains a if a := data.autonomic.config\n", "p1.rego", "it reads data",
    ),
    "a pack with a way out": (
        "package autonomic\n\nx := opa.runtime()\n", "p1.rego:3", "undefined function opa.runtime",
    ),
    "a pack against the others": (
        "package autonomic\n\nmax_reasons := 1\n\ndefault allow := true\n", "p1.rego", "default rules",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTY)
async def test_a_faulty_policy_is_refused_with_its_file_its_line_and_what_opa_says(
    case: str, layer: AutonomicLayer, trial: PolicyTrial
) -> None:
    text, place, why = FAULTY[case]
    with pytest.raises(Unfit) as caught:
        await tried(layer, trial, wish(FORBIDS, text))
    (flaw,) = caught.value.flaws
    assert flaw.field == "policies.files.1.rego"
    assert place in flaw.value
    assert why in flaw.detail


CRUSHING = {
    "a tree of 50 MB": f'f := 1 if input.mode == "a" {"else := 1 if input.mode " * 1200}\ndenials contains x if x := f\n',
    "lists within one another": f"denials contains x if x := {'[' * 15_000}{']' * 15_000}\n",
}


@pytest.mark.parametrize("case", CRUSHING)
async def test_a_policy_that_is_made_to_crush_whoever_reads_it_is_refused(
    case: str, layer: AutonomicLayer, trial: PolicyTrial
) -> None:
    with pytest.raises(Unfit, match=r"bytes of it|more memory than policies get"):
        await tried(layer, trial, wish(f"package autonomic.owners.x\n\n{CRUSHING[case]}"))


@pytest.mark.parametrize("text", [ENDLESS, GREEDY])
async def test_a_policy_that_is_endless_whatever_is_asked_is_refused(
    text: str, layer: AutonomicLayer, trial: PolicyTrial
) -> None:
    with pytest.raises(Unfit, match=r"they do not tell their revision: (no answer within 1 s|Server disconnected)"):
        await tried(layer, trial, wish(text.replace("\tinput.steps\n", "")))


@pytest.mark.parametrize("text", [ENDLESS, GREEDY])
async def test_a_policy_without_end_is_cut_off_and_its_plan_waits_while_the_loops_turn(
    text: str, layer: AutonomicLayer, trial: PolicyTrial
) -> None:
    trying = asyncio.create_task(tried(layer, trial, wish(text)))
    await layer.slo.turn(DEFAULT)
    await layer.whole.turn_loops()
    assert not trying.done()
    (plan,) = (await trying).plans
    assert (plan.verdict, plan.waiting) == (None, "PolicyEngineUnavailable")


async def test_a_policy_that_takes_all_memory_ends_its_own_opa_and_nothing_else(program: str) -> None:
    policies, before = await shipped(), children(os.getpid())
    greedy = PolicySet({**policies.modules, "greedy.rego": GREEDY}, policies.data)
    async with started(program, greedy, replace(CAREFUL, seconds=0)) as address:
        (pid,) = children(os.getpid()) - before
        async with aclosing(OpaPolicyEngine(address, LONGEST)) as engine:
            with pytest.raises(Unavailable, match=r"disconnected|reset"):
                await engine.decide({"steps": []})
        assert await asyncio.to_thread(until, lambda: gone(pid), SECONDS, "its OPA to be gone")


async def test_what_opa_prints_is_read_as_far_as_it_is_of_use() -> None:
    stream = asyncio.StreamReader()
    stream.feed_data(b"x" * (MOST_PRINTED + 1))
    stream.feed_eof()
    with pytest.raises(Invalid, match="simpler way"):
        await most_of(stream)
    assert tree_of("a.rego", b'{"rules": []}') == {"rules": []}
    for depth in (300, 3000):
        with pytest.raises(Invalid, match=r"a\.rego:1: it has more than 200 levels"):
            tree_of("a.rego", b'{"a":' * depth + b"1" + b"}" * depth)


async def test_a_simulation_that_takes_too_long_ends_with_its_opa(layer: AutonomicLayer, program: str) -> None:
    slow = OpaTrial(Means(program, SCHEMA, LONGEST, allowed), shipped)
    with pytest.raises(TookTooLong):
        await Simulator(layer, 5.0, slow).simulate(wish(ENDLESS))


async def test_whoever_goes_away_takes_their_opa_along(layer: AutonomicLayer, program: str) -> None:
    reached, before = asyncio.Event(), children(os.getpid())

    class Watched(OpaTrial):
        @asynccontextmanager
        async def serve(self, policies: PolicySet) -> AsyncIterator[PolicyEngine]:
            async with super().serve(policies) as engine:
                reached.set()
                yield engine

    slow = Watched(Means(program, SCHEMA, LONGEST, allowed), shipped)
    trying = asyncio.create_task(tried(layer, slow, wish(ENDLESS)))
    await reached.wait()
    assert len(children(os.getpid()) - before) == 1
    trying.cancel()
    with suppress(asyncio.CancelledError):
        await trying
    assert children(os.getpid()) <= before


def test_the_command_takes_a_policy_file_in_place_of_another(program: str, tmp_path: Path) -> None:
    rego = tmp_path / "restarts.rego"
    rego.write_text(FORBIDS)
    given = (*EXAMPLE, "--opa", program, "--policies", str(POLICIES), "--policy", str(rego))
    told = CliRunner().invoke(cli.app(run=lambda _: None), ["simulate", *given])
    assert told.exit_code == 0, told.output
    assert "supposed instead of Same: restarts.rego; revision supposed-" in told.stdout
    assert "Deny: owners.frozen.frozen: nothing moves this week" in told.stdout
    rego.write_text("package autonomic.owners.frozen\n\ndenials contains {\n")
    faulty = CliRunner().invoke(cli.app(run=lambda _: None), ["simulate", *given])
    assert (faulty.exit_code, "restarts.rego:4: rego_parse_error" in faulty.stderr) == (2, True), faulty.output


async def test_one_tenants_policies_are_never_asked_about_anothers_plans(
    layer: AutonomicLayer, trial: PolicyTrial
) -> None:
    figures = [{"contract": "bank/*", "errorRatio": "10%"}]
    (waits,) = (await Simulator(layer).simulate(Wish(scenario({"figures": figures})))).plans
    meta = {"name": waits.name, "namespace": "bank", "uid": "p1", "resourceVersion": "9"}
    layer.store.apply("AdaptationPlan", {"metadata": meta, "spec": waits.spec})
    asked: list[Mapping[str, Any]] = layer.ports.policy.asked  # type: ignore[attr-defined]
    asked.clear()
    outcome = await tried(layer, trial, wish(FORBIDS, namespace="shop"))
    assert [(each.namespace, each.verdict) for each in outcome.plans] == [("shop", "Deny")]
    assert {each["namespace"]["name"] for each in asked} == {"bank"}


async def test_a_program_that_is_none_is_named_with_what_to_set(layer: AutonomicLayer) -> None:
    nowhere = OpaTrial(Means("/nowhere/opa", SCHEMA, QUESTION, allowed), shipped)
    for asked in (wish(FORBIDS), wish(instead="Owners")):
        with pytest.raises(Untried, match="/nowhere/opa, which AUTONOMIC_OPA_PROGRAM names, does not run"):
            await tried(layer, nowhere, asked)
    without = OpaTrial(Means("opa", None, QUESTION, allowed), shipped)
    with pytest.raises(Untried, match="AUTONOMIC_POLICY_SCHEMA is None"):
        await tried(layer, without, wish(FORBIDS))


async def test_a_started_opa_sees_nothing_of_our_environment(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTONOMIC_TEST_SECRET", "s3cret")
    before = children(os.getpid())
    async with started(program, policies_in(POLICIES)):
        (pid,) = children(os.getpid()) - before
        assert b"s3cret" not in told(pid)


KILLED = """
import asyncio, sys
from pathlib import Path
from autonomic.adapters.opa import policies_in, started

async def main():
    async with started(sys.argv[1], policies_in(Path(sys.argv[2]))):
        print("up", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def test_a_started_opa_is_gone_when_whoever_started_it_is_killed(program: str, tmp_path: Path) -> None:
    argv, env = [sys.executable, "-c", KILLED, program, str(POLICIES)], {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=env) as starter:
        try:
            assert starter.stdout is not None
            assert starter.stdout.readline() == "up\n"
            (pid,) = children(starter.pid)
        finally:
            starter.kill()
    until(lambda: gone(pid), SECONDS, "its OPA to be gone")
