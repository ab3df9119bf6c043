"""Owners' policies that are broken: refused, named, and never fewer in force than are known."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from autonomic.domain.errors import Invalid, Unavailable
from testbed.cache import program_path
from testbed.programs.catalogue import OPA
from tests.contract.owners_policies.world import BROKEN, CARE, HOME, NO_FRIDAYS, World


def left(folder: Path) -> list[Path]:
    """What is in it."""
    return list(folder.iterdir())


@asynccontextmanager
async def clash_with(world: World, package: str) -> AsyncIterator[None]:
    """A rule of another kind at the place of the owner's package, as a newer set of shipped policies might have one."""
    await world.server.load("shipped/clash.rego", f"package autonomic.{package}\n\nconcerns := 1 if input.mode\n")
    try:
        yield
    finally:
        await world.server.unload("shipped/clash.rego")


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
    async with clash_with(world, "owners.care"):
        await world.put("care", CARE)
        await world.policies.look()
        assert "OPA refused autonomic-owners/care/p0.rego" in world.policies.refused["care"]
        assert (await world.answer()).revision == good.revision


async def test_what_the_server_refuses_of_a_changed_policy_leaves_its_last_good_text(world: World) -> None:
    await world.put("care", CARE)
    await world.policies.look()
    good = await world.answer()
    async with clash_with(world, "owners.clash"):
        await world.put("care", CARE.replace("owners.care", "owners.clash"))
        await world.policies.look()
        assert "OPA refused" in world.policies.refused["care"]
        assert await world.policies.revision() == good.revision
    assert await world.answer() == good


async def test_after_a_start_what_the_server_refuses_holds_every_plan(world: World) -> None:
    async with clash_with(world, "owners.care"):
        await world.put("care", CARE)
        await world.policies.look()
    with pytest.raises(Unavailable, match="ConfigMap care is refused, and no good text"):
        await world.answer()


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
