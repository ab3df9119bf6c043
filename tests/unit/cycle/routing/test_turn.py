"""A route's turn, over in-memory ports: weights follow what was learnt, within what a person approved, and never in a fight."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from autonomic.cycle.routing.permission import rival
from autonomic.domain.routes import ROUTE_FINALIZER, AdaptiveRoute
from autonomic.domain.words import EPOCH_ANNOTATION, OPERATION_ANNOTATION
from tests.unit.cycle.routing.scene import HTTP, KEY, REDLINE, ROUTE, Scene, adopt, http_route, route_raw, scene
from tests.unit.domain.specimens import NAMESPACE, NOW

COOLED = 121.0
"""Seconds: a little more than the cool-down between two steps."""


def haiku_is_better(candidate: str) -> bool:
    return candidate == "haiku"


def all_succeed(_: str) -> bool:
    return True


async def explore(world: Scene, tasks: int = 200, succeeds: Callable[[str], bool] = all_succeed) -> None:
    """The baseline is known, then both are tried."""
    await world.turn()
    world.tell(40, succeeds)
    await world.turn()
    world.tell(tasks, succeeds)


async def test_weights_move_to_the_better_candidate_by_steps_with_rests_between_them() -> None:
    world = await scene({"policy": {"algorithm": "ChangePoints"}})
    chance = Random(3)

    def succeeds(candidate: str) -> bool:
        return chance.random() < (0.95 if candidate == "haiku" else 0.8)

    await explore(world, 3000, succeeds)
    seen = []
    for _ in range(8):
        world.tell(400, succeeds)
        await world.turn(COOLED)
        seen.append((await world.weights())["haiku"])
    assert seen[-1] > 900
    assert all(later - sooner <= 200 for sooner, later in zip([20, *seen], seen, strict=False))


async def test_within_the_cool_down_no_weight_moves_and_after_it_they_do() -> None:
    world = await scene({"policy": {"algorithm": "Thompson"}, "safety": {"minSamples": 5}})
    chance = Random(3)

    def succeeds(candidate: str) -> bool:
        return chance.random() < (0.97 if candidate == "haiku" else 0.75)

    await explore(world, 1000, succeeds)
    await world.turn(COOLED)
    before = await world.weights()
    assert 100 < before["haiku"] <= 220
    world.tell(300, succeeds)
    await world.turn(1)
    assert await world.weights() == before
    await world.turn(COOLED)
    assert (await world.weights())["haiku"] > before["haiku"] + 100


async def test_a_broken_candidate_loses_its_weight_at_once_whatever_steps_and_rests_say() -> None:
    world = await scene({"policy": {"algorithm": "Thompson"}})
    chance = Random(3)

    def succeeds(candidate: str) -> bool:
        return chance.random() < (0.97 if candidate == "haiku" else 0.9)

    await explore(world, 3000, succeeds)
    for _ in range(4):
        world.tell(500, succeeds)
        await world.turn(COOLED)
    before = await world.weights()
    assert before["haiku"] > 50
    world.tell(600, lambda name: name != "haiku")
    assert KEY in world.woken
    await world.turn(1)
    assert await world.weights() == {"sonnet": 1000, "haiku": 0}


async def test_a_quiet_epoch_writes_nothing() -> None:
    world = await scene()
    await explore(world)
    await world.turn(COOLED)
    await world.turn(200)
    before = world.written()
    for _ in range(4):
        await world.turn(60)
    assert world.written() == before


async def test_in_observe_nothing_is_published_and_the_baseline_does_all_tasks() -> None:
    world = await scene({"mode": "Observe"})
    await explore(world)
    await world.turn(COOLED)
    assert await world.weights() == {"sonnet": 1, "haiku": 0}
    assert {world.service.decide(NAMESPACE, "triage", "triage").candidate for _ in range(200)} == {"sonnet"}
    assert await world.said("Published") == ("False", "Observe")
    status = AdaptiveRoute.read(await world.cluster.get(ROUTE)).status
    assert [each.samples for each in status.profiles if each.candidate == "sonnet"] != ["0"]


async def test_before_its_first_policy_is_adopted_a_route_publishes_nothing() -> None:
    world = await scene(approved=False)
    await explore(world)
    await world.turn(COOLED)
    assert await world.weights() == {"sonnet": 1, "haiku": 0}
    assert await world.said("Published") == ("False", "AwaitingApproval")
    await world.approve()
    await world.turn()
    assert await world.said("Published") == ("True", "Published")
    assert sum((await world.weights()).values()) == 1000


async def test_a_changed_policy_changes_nothing_before_it_is_adopted() -> None:
    world = await scene()
    await explore(world)
    await world.turn(COOLED)
    assert (await world.weights())["haiku"] > 0
    spec = {"baseline": "haiku", "candidates": [{"name": "haiku"}, {"name": "opus"}]}
    await world.cluster.patch_as("kubectl", ROUTE, {"spec": spec})
    world.tell(300, all_succeed)
    await world.turn(COOLED)
    assert await world.said("Published") == ("True", "Published")
    assert await world.said("Adopted") == ("False", "AwaitingApproval")
    assert set(world.service.desks[KEY].weights["triage"].weights) <= {"sonnet", "haiku"}
    assert (await world.weights())["sonnet"] > 500


async def test_a_mode_that_trusts_less_counts_at_once_whatever_was_adopted() -> None:
    world = await scene()
    await world.turn()
    await world.cluster.patch_as("kubectl", ROUTE, {"spec": {"mode": "Observe", "baseline": "haiku"}})
    await world.turn()
    assert await world.said("Published") == ("False", "Observe")
    assert await world.said("Adopted") == ("False", "Observe")
    assert "PlanProposed" not in world.diary.names


async def test_a_deleted_route_restores_the_baseline_that_was_adopted_not_one_that_was_never() -> None:
    world = await scene()
    await explore(world, 3000)
    await world.turn(COOLED)
    await world.cluster.patch_as("kubectl", ROUTE, {"spec": {"baseline": "haiku"}})
    await world.cluster.patch_as("kubectl", ROUTE, {"metadata": {"deletionTimestamp": NOW.isoformat()}})
    assert await world.turn() is None
    assert await world.weights() == {"sonnet": 1000, "haiku": 0}


async def test_the_kill_switch_holds_every_write_and_decisions_keep_to_the_baseline() -> None:
    world = await scene()
    await explore(world)
    await world.cluster.patch_as("kubectl", REDLINE, {"spec": {"killSwitch": True}})
    before = await world.weights()
    await world.turn(COOLED)
    assert await world.weights() == before
    assert await world.said("Published") == ("False", "KillSwitch")


async def test_a_frozen_object_is_not_written() -> None:
    world = await scene()
    await world.cluster.patch_as("kubectl", REDLINE, {"spec": {"freezeDays": ["Wednesday"]}})
    await world.turn()
    assert await world.weights() == {"sonnet": 1, "haiku": 0}
    assert await world.said("Published") == ("False", "Frozen")


@pytest.mark.parametrize("scope", [{"controlLoops": ["reliability"]}, {"kinds": ["Deployment"]}])
async def test_a_freeze_of_something_else_does_not_matter(scope: dict[str, Any]) -> None:
    world = await scene()
    await world.cluster.patch_as("kubectl", REDLINE, {"spec": {"freezeDays": ["Wednesday"], "appliesTo": scope}})
    await world.turn()
    assert await world.said("Published") == ("True", "Published")


async def test_a_weight_that_somebody_else_changed_stops_us_until_it_is_put_back() -> None:
    world = await scene()
    await explore(world)
    await world.turn(COOLED)
    ours = await world.weights()
    theirs = http_route(sonnet=500, haiku=500)["spec"]
    await world.cluster.patch_as("team-a", HTTP, {"spec": theirs})
    world.tell(300, haiku_is_better)
    for _ in range(3):
        await world.turn(COOLED)
    assert await world.weights() == {"sonnet": 500, "haiku": 500}
    assert await world.said("Conflict") == ("True", "Conflict")
    await world.cluster.patch_as("team-a", HTTP, {"spec": http_route(**ours)["spec"]})
    await world.turn(COOLED)
    assert await world.said("Conflict") == ("False", "None")


async def test_a_rule_that_another_took_the_place_of_is_not_written() -> None:
    world = await scene()
    await explore(world, 3000)
    await world.turn(COOLED)
    rules = (await world.cluster.get(HTTP))["spec"]["rules"]
    new = [{**rules[0], "matches": [{"path": {"value": "/new"}}]}, *rules]
    await world.cluster.patch_as("team-a", HTTP, {"spec": {"rules": new}})
    await world.turn(700)
    assert await world.said("Exploring") == ("False", "Stale")
    assert await world.said("Conflict") == ("True", "Conflict")
    assert (await world.cluster.get(HTTP))["spec"]["rules"] == new


async def test_a_write_of_ours_that_was_not_remembered_is_no_conflict() -> None:
    world = await scene()
    await explore(world)
    await world.turn(COOLED)
    route = await world.cluster.get(ROUTE)
    targets = [{**each, "written": "sha256:" + "0" * 64} for each in route["status"]["targets"]]
    meta = {"resourceVersion": route["metadata"]["resourceVersion"]}
    await world.cluster.patch_status(ROUTE, {"metadata": meta, "status": {"targets": targets}})
    world.tell(300, haiku_is_better)
    await world.turn(COOLED)
    assert await world.said("Conflict") == ("False", "None")


async def test_writes_bear_the_epoch_and_a_stamp_that_is_no_plans() -> None:
    world = await scene()
    await world.turn()
    annotations = (await world.cluster.get(HTTP))["metadata"]["annotations"]
    uid = (await world.cluster.get(ROUTE))["metadata"]["uid"]
    assert annotations == {EPOCH_ANNOTATION: "3", OPERATION_ANNOTATION: f"route/{uid}"}


async def test_silence_restores_the_baseline() -> None:
    world = await scene()
    await explore(world, 3000)
    await world.turn(COOLED)
    assert (await world.weights())["haiku"] > 0
    await world.turn(700)
    assert await world.weights() == {"sonnet": 1000, "haiku": 0}
    assert await world.said("Exploring") == ("False", "Stale")


async def test_the_baseline_is_restored_when_the_route_is_deleted() -> None:
    world = await scene()
    await explore(world, 3000)
    await world.turn(COOLED)
    assert ROUTE_FINALIZER in (await world.cluster.get(ROUTE))["metadata"]["finalizers"]
    assert (await world.weights())["haiku"] > 0
    await world.cluster.patch_as("kubectl", ROUTE, {"metadata": {"deletionTimestamp": NOW.isoformat()}})
    assert await world.turn() is None
    assert await world.weights() == {"sonnet": 1000, "haiku": 0}
    assert "finalizers" not in (await world.cluster.get(ROUTE))["metadata"]


async def test_a_deleted_route_leaves_alone_what_somebody_else_changed_and_says_so() -> None:
    world = await scene()
    await explore(world)
    await world.turn(COOLED)
    await world.cluster.patch_as("team-a", HTTP, {"spec": http_route(sonnet=500, haiku=500)["spec"]})
    await world.cluster.patch_as("kubectl", ROUTE, {"metadata": {"deletionTimestamp": NOW.isoformat()}})
    assert await world.turn() is None
    assert await world.weights() == {"sonnet": 500, "haiku": 500}
    assert "BaselineNotRestored" in world.diary.names
    assert "finalizers" not in (await world.cluster.get(ROUTE))["metadata"]


async def test_the_kill_switch_holds_the_end_of_a_route() -> None:
    world = await scene()
    await explore(world, 3000)
    await world.turn(COOLED)
    await world.cluster.patch_as("kubectl", REDLINE, {"spec": {"killSwitch": True}})
    before = await world.weights()
    await world.cluster.patch_as("kubectl", ROUTE, {"metadata": {"deletionTimestamp": NOW.isoformat()}})
    assert await world.turn() is not None
    assert await world.weights() == before


async def test_a_route_object_that_does_not_exist_is_named() -> None:
    world = await scene({"publish": [{"kind": "HTTPRoute", "name": "nowhere"}]})
    await world.turn()
    assert await world.said("Published") == ("False", "TargetMissing")


async def test_of_two_routes_with_one_place_only_the_elder_publishes() -> None:
    world = await scene()
    await world.clock.advance(5)
    await world.cluster.create(route_raw("younger"))
    view = world.store.view(world.clock.now())
    younger = view.routes[f"{NAMESPACE}/younger"]
    assert rival(younger, "HTTPRoute llm rule 0", view) == ROUTE
    await adopt(world.cluster, younger.ref)
    await world.turning.turn(younger.key)
    assert await world.weights() == {"sonnet": 1, "haiku": 0}
    conditions = (await world.cluster.get(younger.ref))["status"]["conditions"]
    assert {each["type"]: each["status"] for each in conditions}["Conflict"] == "True"
    assert rival(view.routes[KEY], "HTTPRoute llm rule 0", view) is None


async def test_what_was_learnt_outlives_a_restart() -> None:
    world = await scene()
    await explore(world, 500)
    await world.turn(310)
    before = world.service.desks[KEY]
    world.service.forget(KEY)
    after = world.service.keep(AdaptiveRoute.read(await world.cluster.get(ROUTE)))
    assert after.weights["triage"].weights == before.weights["triage"].weights
    assert after.learners["triage"].at == before.learners["triage"].at
    now = world.clock.now().timestamp()
    old, new = (each.learners["triage"].profiles(now)["sonnet"] for each in (before, after))
    assert new.success == pytest.approx(old.success)
    assert new.samples == pytest.approx(old.samples, rel=1e-3)


async def test_a_clock_that_is_set_back_makes_no_cool_down_last_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await scene({"policy": {"algorithm": "EpsilonGreedy", "epsilon": "1"}})
    await explore(world)
    await world.turn(COOLED)
    before = (await world.weights())["haiku"]
    world.tell(300, haiku_is_better)
    jumped = world.clock.now() - timedelta(days=1)
    monkeypatch.setattr(world.clock, "now", lambda: jumped)
    await world.turn()
    assert (await world.weights())["haiku"] > before


async def test_a_config_map_gets_the_weights_of_all_task_types_where_its_owner_lists_the_key() -> None:
    publish = [{"kind": "ConfigMap", "name": "weights", "key": "weights.json"}]
    owned = {"autonomic.maestro.dev/writable-keys": "weights.json"}
    meta = {"name": "weights", "namespace": NAMESPACE, "annotations": owned}
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"other": "1"}}
    world = await scene({"publish": publish, "taskTypes": ["triage", "code"]}, config)
    await world.turn()
    assert await world.said("Published") == ("True", "Published")
    ref = HTTP.model_copy(update={"api_version": "v1", "kind": "ConfigMap", "name": "weights"})
    data = (await world.cluster.get(ref))["data"]
    assert data["other"] == "1"
    assert '"triage"' in data["weights.json"] and '"code"' in data["weights.json"]
