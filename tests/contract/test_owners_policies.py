"""Owners' policies over a real OPA: checked before they count, stricter at most, and never fewer than are known."""

import copy
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from autonomic.adapters.opa import OpaPolicyEngine, OpaPolicyServer, OpaProgram
from autonomic.cycle.policies import OwnersPolicies, Peers
from autonomic.domain.decisions import PolicyAnswer
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.domain.findings import Fact
from autonomic.domain.meta import ObjectRef
from autonomic.governance.owners_syntax import allowed
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.cluster import MemoryCluster
from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.opa import Opa, start_opa
from testbed.programs.catalogue import OPA
from testbed.run import Run
from testbed.showcase import POLICIES
from tests.contract.scripted_server import answering, http
from tests.contract.test_policy_port import RESTART
from tests.unit.domain.specimens import NOW

TIMEOUT = 5.0
SHORT = 0.3
HOME = "autonomic-system"
SCHEMA = POLICIES / "schemas" / "input.json"

NO_FRIDAYS = """package autonomic.owners.fridays

denials contains {"rule": "no-restarts", "reason": "triage is not restarted"} if {
	some step in input.steps
	step.action == "Restart"
}
"""

CARE = """package autonomic.owners.care

concerns contains {"rule": "ask", "reason": "ask somebody", "reviewers": 3} if input.mode == "Enforce"
"""

LOOSE = """package autonomic.owners.loose

import rego.v1

permits contains {"step": 0, "rule": "all", "reason": "everything"}

verdict := "Approve"

allow := true

reviewers := 1

concerns contains "never" if input.plan.name == "?"

denials contains "never" if input.plan.name == "?"
"""

BROKEN = {
    "syntax": ("package autonomic.owners.b\n\ndenials contains", "rego_parse_error"),
    "unknown field": (
        'package autonomic.owners.b\n\ndenials contains {"rule": "r", "reason": "x"} if input.plam.name == "x"\n',
        "undefined ref: input.plam.name",
    ),
    "unused variable": (
        'package autonomic.owners.b\n\ndenials contains "x" if {\n\tunused := 1\n\tinput.mode == "Enforce"\n}\n',
        "unused",
    ),
    "network": (
        'package autonomic.owners.b\n\ndenials contains "x" if http.send({"method": "GET", "url": "http://x"}).body\n',
        "undefined function http.send",
    ),
    "names of hosts": (
        'package autonomic.owners.b\n\ndenials contains "x" if net.lookup_ip_addr("x")\n',
        "undefined function net.lookup_ip_addr",
    ),
    "environment": (
        'package autonomic.owners.b\n\ndenials contains "x" if opa.runtime().env.HOME\n',
        "undefined function opa.runtime",
    ),
    "clock": (
        'package autonomic.owners.b\n\ndenials contains "x" if time.now_ns() > 1\n',
        "undefined function time.now_ns",
    ),
    "chance": (
        'package autonomic.owners.b\n\ndenials contains "x" if rand.intn("x", 2) > 0\n',
        "undefined function rand.intn",
    ),
    "package of ours": (
        'package autonomic\n\ndenials contains "x" if input.mode == "Enforce"\n',
        "its package is autonomic:",
    ),
    "package too deep": (
        'package autonomic.owners.b.c\n\ndenials contains "x" if input.mode == "Enforce"\n',
        "its package is autonomic.owners.b.c:",
    ),
    "data": (
        'package autonomic.owners.b\n\ndenials contains "x" if data.autonomic.config.x\n',
        "it reads data: a policy of owners reads input and its own rules",
    ),
    "imported data": (
        'package autonomic.owners.b\n\nimport data.autonomic.permits\n\ndenials contains "x" if count(permits) == 0\n',
        "it reads data",
    ),
    "denials that are no set": (
        'package autonomic.owners.b\n\ndenials := ["x"] if input.mode == "Enforce"\n',
        "a rule denials is no `denials contains",
    ),
    "concerns that are an object": (
        "package autonomic.owners.b\n\nconcerns[x] := 1 if x := input.mode\n",
        "a rule concerns is no `concerns contains",
    ),
    "nothing that is heard": (
        'package autonomic.owners.b\n\ndenial contains "x" if input.mode == "Enforce"\n',
        "would change no answer",
    ),
    "a mark of its own": (
        'package autonomic.owners.b\n\nconcerns contains "x" if input.mode == "?"\n\nloaded contains "other/b.rego=1"\n',
        "it has a rule loaded, which is the operator's own",
    ),
    "too large": ("package autonomic.owners.b\n\n#" + "x" * 40_000, "at most 32768 are read"),
}


class World:
    """ConfigMaps in memory, a real OPA and a real `opa check`."""

    def __init__(
        self,
        engine: OpaPolicyEngine,
        server: OpaPolicyServer,
        cluster: MemoryCluster | None = None,
        program: Path | None = None,
    ) -> None:
        self.cluster = cluster or MemoryCluster(ManualClock(NOW))
        self.facts: list[Fact] = []
        self.engine = engine
        self.server = server
        checker = OpaProgram(str(program or program_path(OPA)), SCHEMA, allowed)
        self.peers = Peers(self.cluster, HOME, checker, server, engine, ManualClock(NOW), (self,), lambda: True)
        self.policies = OwnersPolicies(self.peers)

    async def record(self, fact: Fact) -> None:
        """Keeps it."""
        self.facts.append(fact)

    async def put(self, name: str, *texts: str, label: str = "true") -> None:
        """A person applies a ConfigMap."""
        await self.delete(name)
        meta = {"name": name, "namespace": HOME, "labels": {"autonomic.maestro.dev/policy": label}}
        data = {f"p{number}.rego": text for number, text in enumerate(texts)}
        await self.cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data})

    async def delete(self, name: str) -> None:
        """A person deletes it."""
        for each in await self.cluster.list("v1", "ConfigMap", HOME):
            if each["metadata"]["name"] == name:
                ref = ObjectRef(api_version="v1", kind="ConfigMap", name=name, namespace=HOME)
                await self.cluster.delete(ref, each["metadata"]["uid"])

    async def answer(self, question: Mapping[str, Any] = RESTART) -> PolicyAnswer:
        """What is decided. Raises Unavailable."""
        return PolicyAnswer.model_validate(await self.policies.decide(question))

    async def rules(self) -> list[str]:
        """The rules that fired."""
        return (await self.answer()).rules

    def again(self) -> OwnersPolicies:
        """The operator, started again."""
        self.policies = OwnersPolicies(self.peers)
        return self.policies


def left(folder: Path) -> list[Path]:
    """What is in it."""
    return list(folder.iterdir())


@pytest.fixture(scope="module")
def own_opa(testbed_run: Run) -> Iterator[Opa]:
    opa = start_opa(testbed_run, POLICIES)
    yield opa
    opa.service.stop()


@pytest.fixture
async def world(own_opa: Opa) -> AsyncIterator[World]:
    ensure_built((OPA,))
    async with (
        aclosing(OpaPolicyEngine(own_opa.url, TIMEOUT)) as engine,
        aclosing(OpaPolicyServer(own_opa.url, TIMEOUT)) as server,
    ):
        yield World(engine, server)
        for module in await server.loaded():
            if module.startswith("autonomic-owners/"):
                await server.unload(module)


async def test_without_policies_of_owners_the_shipped_ones_decide(world: World) -> None:
    await world.policies.look()
    answer = await world.answer()
    assert (answer.verdict, answer.rules) == ("Approve", ["healing-restart"])
    assert answer.revision == await world.engine.revision() == await world.policies.revision()
    assert "owners" not in answer.revision


async def test_nothing_is_decided_before_the_policies_were_read(world: World) -> None:
    with pytest.raises(Unavailable, match="have not been read yet"):
        await world.answer()
    with pytest.raises(Unavailable, match="have not been read yet"):
        await world.policies.revision()


async def test_an_owner_denies_and_the_revision_says_that_he_was_heard(world: World) -> None:
    await world.policies.look()
    before = (await world.answer()).revision
    await world.put("fridays", NO_FRIDAYS)
    await world.policies.look()
    answer = await world.answer()
    assert (answer.verdict, answer.rules) == ("Deny", ["owners.fridays.no-restarts"])
    assert answer.reasons == ["triage is not restarted"]
    assert answer.revision.startswith(f"{before}+owners.")
    assert await world.policies.revision() == answer.revision


async def test_an_owner_asks_for_people(world: World) -> None:
    await world.put("care", CARE)
    await world.policies.look()
    answer = await world.answer()
    assert (answer.verdict, answer.rules, answer.reviewers) == ("RequireApproval", ["owners.care.ask"], 3)


async def test_a_changed_policy_is_another_revision_and_a_deleted_one_is_forgotten(world: World) -> None:
    await world.put("one", NO_FRIDAYS)
    await world.put("two", CARE)
    await world.policies.look()
    both = (await world.answer()).revision
    await world.put("two", CARE.replace("ask somebody", "ask anybody"))
    await world.policies.look()
    changed = (await world.answer()).revision
    await world.delete("two")
    await world.policies.look()
    one = await world.answer()
    await world.delete("one")
    await world.policies.look()
    none = await world.answer()
    assert len({both, changed, one.revision, none.revision}) == 4
    assert (one.verdict, none.verdict) == ("Deny", "Approve")


async def test_a_policy_that_only_loosens_changes_nothing(world: World) -> None:
    await world.policies.look()
    gold = copy.deepcopy(RESTART) | {"contract": {"name": "c", "tier": "Gold", "annotations": {}}}
    questions = [RESTART, gold, RESTART | {"mode": "Propose"}, RESTART | {"steps": []}, {}]
    before = [await world.answer(question) for question in questions]
    await world.put("loose", LOOSE)
    await world.policies.look()
    assert world.policies.refused == {}
    for question, old in zip(questions, before, strict=True):
        new = await world.answer(question)
        assert new.model_copy(update={"revision": ""}) == old.model_copy(update={"revision": ""})
        assert new.revision != old.revision


async def test_only_configmaps_with_the_label_count(world: World) -> None:
    await world.put("care", CARE, label="yes")
    await world.policies.look()
    assert (await world.answer()).verdict == "Approve"


@pytest.mark.parametrize("fault", BROKEN)
async def test_a_broken_policy_is_refused_and_named_and_the_last_good_one_stays(world: World, fault: str) -> None:
    text, why = BROKEN[fault]
    await world.put("fridays", NO_FRIDAYS)
    await world.policies.look()
    good = await world.answer()
    await world.put("fridays", text)
    await world.policies.look()
    assert why in world.policies.refused["fridays"]
    assert await world.answer() == good
    (fact,) = world.facts
    assert (fact.name, fact.warning) == ("PolicyRefused", True)
    assert (fact.about.kind, fact.about.namespace, fact.about.name) == ("ConfigMap", HOME, "fridays")
    assert why in fact.message
    assert "its last good text stays in force" in fact.message


async def test_a_refusal_is_told_once_and_so_is_its_end(world: World) -> None:
    await world.policies.look()
    await world.put("care", BROKEN["data"][0])
    for _ in range(3):
        await world.policies.look()
    await world.put("care", CARE)
    for _ in range(3):
        await world.policies.look()
    assert [fact.name for fact in world.facts] == ["PolicyRefused", "PolicyTakenIn"]
    assert "it is not in force" in world.facts[0].message


async def test_a_broken_policy_that_is_new_leaves_the_others_in_force(world: World) -> None:
    await world.put("fridays", NO_FRIDAYS)
    await world.policies.look()
    await world.put("broken", BROKEN["syntax"][0])
    await world.policies.look()
    assert await world.rules() == ["owners.fridays.no-restarts"]


async def test_after_a_start_a_broken_policy_holds_every_plan_until_it_is_corrected(world: World) -> None:
    await world.put("broken", BROKEN["syntax"][0])
    await world.policies.look()
    with pytest.raises(Unavailable, match=r"ConfigMap broken is refused, and no good text .* rego_parse_error"):
        await world.answer()
    await world.put("broken", CARE)
    await world.policies.look()
    assert await world.rules() == ["owners.care.ask"]


async def test_a_broken_policy_that_holds_every_plan_can_be_deleted(world: World) -> None:
    await world.put("broken", BROKEN["clock"][0])
    await world.policies.look()
    await world.delete("broken")
    await world.policies.look()
    assert (await world.answer()).verdict == "Approve"


async def test_after_a_restart_of_opa_no_smaller_set_decides_and_the_set_is_loaded_again(
    own_opa: Opa, world: World
) -> None:
    await world.put("fridays", NO_FRIDAYS)
    await world.put("broken", CARE)
    await world.policies.look()
    await world.put("broken", BROKEN["syntax"][0])
    await world.policies.look()
    good = await world.answer()
    own_opa.service.stop()
    with pytest.raises(Unavailable):
        await world.answer()
    own_opa.service.start()
    assert PolicyAnswer.model_validate(await world.engine.decide(RESTART)).verdict == "Approve"
    with pytest.raises(Unavailable, match="not all in force"):
        await world.policies.revision()
    assert await world.answer() == good
    assert await world.policies.revision() == good.revision


async def test_a_set_that_opa_lost_is_found_by_looking_too(world: World) -> None:
    await world.put("fridays", NO_FRIDAYS)
    await world.policies.look()
    revision = await world.policies.revision()
    for module in await world.server.loaded():
        if module.startswith("autonomic-owners/"):
            await world.server.unload(module)
    await world.policies.look()
    assert await world.policies.revision() == revision


async def test_a_policy_that_somebody_else_loaded_is_taken_out_again(world: World) -> None:
    await world.policies.look()
    await world.server.load("autonomic-owners/x/p.rego", CARE + '\nloaded contains "x"\n')
    assert (await world.answer()).verdict == "Approve"
    assert not [module for module in await world.server.loaded() if module.startswith("autonomic-owners/")]


async def test_an_operator_that_starts_again_finds_what_is_loaded(world: World) -> None:
    await world.put("fridays", NO_FRIDAYS)
    await world.policies.look()
    good = await world.answer()
    again = world.again()
    await again.look()
    assert await world.answer() == good


async def test_several_files_stand_by_themselves_and_two_may_not_share_a_package(world: World) -> None:
    await world.put("both", NO_FRIDAYS, CARE)
    await world.policies.look()
    assert await world.rules() == ["owners.fridays.no-restarts"]
    await world.put("more", CARE)
    await world.policies.look()
    assert "package autonomic.owners.care is that of both too" in world.policies.refused["more"]
    await world.put("twice", LOOSE, LOOSE)
    await world.policies.look()
    assert "is that of another file, p0.rego, too" in world.policies.refused["twice"]


async def test_too_many_policies_change_nothing(world: World) -> None:
    await world.put("fridays", NO_FRIDAYS)
    await world.policies.look()
    good = await world.answer()
    for number in range(32):
        await world.put(f"p{number}", CARE.replace("owners.care", f"owners.care{number}"))
    await world.policies.look()
    assert set(world.policies.refused.values()) == {"there are 33 policies of owners, at most 32 are read"}
    assert await world.answer() == good


async def test_a_policy_that_fails_while_it_is_evaluated_approves_nothing(world: World) -> None:
    await world.put("careless", CARE.replace('input.mode == "Enforce"', "1 / count(input.steps) > 100"))
    await world.policies.look()
    assert (await world.answer()).verdict == "Approve"
    with pytest.raises(Unavailable, match="a policy failed while it was evaluated"):
        await world.answer(RESTART | {"steps": []})


async def test_what_can_not_be_checked_is_refused_and_tried_again(world: World, tmp_path: Path) -> None:
    program = tmp_path / "opa"
    unchecked = World(world.engine, world.server, world.cluster, program)
    await unchecked.put("care", CARE)
    await unchecked.policies.look()
    with pytest.raises(Unavailable, match="opa, which AUTONOMIC_OPA_PROGRAM names, does not run"):
        await unchecked.answer()
    program.symlink_to(program_path(OPA))
    await unchecked.policies.look()
    assert await unchecked.rules() == ["owners.care.ask"]


async def test_what_the_server_refuses_after_the_check_leaves_the_last_good_set(world: World) -> None:
    await world.put("fridays", NO_FRIDAYS)
    await world.policies.look()
    good = await world.answer()
    # A rule of another kind at the place of the owner's package, as a newer set of shipped policies might have one.
    await world.server.load("shipped/clash.rego", "package autonomic.owners.care\n\nconcerns := 1 if input.mode\n")
    try:
        await world.put("care", CARE)
        await world.policies.look()
        assert "OPA refused autonomic-owners/care/p0.rego" in world.policies.refused["care"]
        assert (await world.answer()).revision == good.revision
    finally:
        await world.server.unload("shipped/clash.rego")


async def test_what_the_server_refuses_of_a_changed_policy_leaves_its_last_good_text(world: World) -> None:
    await world.put("care", CARE)
    await world.policies.look()
    good = await world.answer()
    await world.server.load("shipped/clash.rego", "package autonomic.owners.clash\n\nconcerns := 1 if input.mode\n")
    try:
        await world.put("care", CARE.replace("owners.care", "owners.clash"))
        await world.policies.look()
        assert "OPA refused" in world.policies.refused["care"]
        assert await world.policies.revision() == good.revision
    finally:
        await world.server.unload("shipped/clash.rego")
    assert await world.answer() == good


async def test_after_a_start_what_the_server_refuses_holds_every_plan(world: World) -> None:
    await world.server.load("shipped/clash.rego", "package autonomic.owners.care\n\nconcerns := 1 if input.mode\n")
    await world.put("care", CARE)
    await world.policies.look()
    await world.server.unload("shipped/clash.rego")
    with pytest.raises(Unavailable, match="ConfigMap care is refused, and no good text"):
        await world.answer()


async def test_an_opa_that_is_frozen_decides_nothing(own_opa: Opa, world: World) -> None:
    await world.put("care", CARE)
    async with (
        aclosing(OpaPolicyEngine(own_opa.url, SHORT)) as engine,
        aclosing(OpaPolicyServer(own_opa.url, SHORT)) as server,
    ):
        impatient = World(engine, server, world.cluster)
        await impatient.policies.look()
        own_opa.service.process.pause()
        try:
            with pytest.raises(Unavailable, match=r"no answer within 0\.3 s"):
                await impatient.answer()
            with pytest.raises(Unavailable):
                await impatient.policies.look()
        finally:
            own_opa.service.process.resume()
        assert await impatient.rules() == ["owners.care.ask"]


@pytest.mark.parametrize(
    "body", ["{}", '{"result": "Approve"}', '{"result": {"allow": true}}', '{"result": {"revision": "r+owners.0"}}']
)
async def test_an_answer_that_is_none_is_never_an_approval(world: World, body: str) -> None:
    async with answering(http(200, body)) as server, aclosing(OpaPolicyEngine(server.url, TIMEOUT)) as engine:
        malformed = World(engine, world.server, world.cluster)
        malformed.peers.engine.revision = world.engine.revision  # type: ignore[method-assign]
        await malformed.policies.look()
        with pytest.raises((Unavailable, ValidationError)):
            await malformed.answer()


async def test_the_server_names_what_it_can_not_compile(world: World) -> None:
    with pytest.raises(Invalid, match=r"OPA refused autonomic-owners/x/p\.rego"):
        await world.server.load("autonomic-owners/x/p.rego", "package x\n\nnonsense")


async def test_the_server_loads_what_it_is_given_and_nothing_that_was_rewritten(world: World) -> None:
    with pytest.raises(Invalid, match=r"OPA refused autonomic-owners/x/p\.rego"):
        await world.server.load("autonomic-owners/x/p.rego", "package x\n\nallow { input.a }\n")


async def test_a_check_leaves_no_file_behind(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    await world.put("care", CARE)
    await world.policies.look()
    assert left(tmp_path) == []
