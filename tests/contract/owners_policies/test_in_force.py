"""Owners' policies over a real OPA: heard as soon as they are applied, stricter at most."""

import copy

import pytest

from autonomic.domain.errors import Unavailable
from tests.contract.owners_policies.world import CARE, LOOSE, NO_FRIDAYS, World
from tests.contract.test_policy_port import RESTART


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
