"""Every action that patches, on every kind of target: over the memory cluster, and over a real API server alike."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest

from autonomic.domain.errors import Unavailable
from autonomic.domain.meta import ObjectRef
from autonomic.domain.targets import Target
from autonomic.domain.words import GROUP, OPERATION_ANNOTATION
from autonomic.execution.drift import Drift
from autonomic.execution.fields import read as field
from autonomic.execution.ownership import foreign_owners
from autonomic.execution.restoring import LASTING
from autonomic.ports.memory.cluster import merged
from testbed.cluster import Cluster
from tests.contract.actions import autoscalers, config, kinds, queues, routes, workloads
from tests.contract.actions.carried import EPOCH, SEQ, STAMPS, Carried, read
from tests.contract.actions.row import Manifest, Row, app, with_value
from tests.contract.actions.stage import RealWorld, Stage, content
from tests.contract.actions.stages import in_memory, on_server

ROWS = (*workloads.ROWS, *autoscalers.ROWS, *config.ROWS, *routes.ROWS, *queues.ROWS)
OTHER = "kubectl-edit"
each_row = pytest.mark.parametrize("row", ROWS, ids=str)


@pytest.fixture(scope="module")
def stocked(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A namespace for all that is tried here, in a real cluster that knows the kinds of others."""
    files = kinds.install(cluster, tmp_path_factory.mktemp("kinds"))
    cluster.create_namespace("actions")
    yield "actions"
    cluster.delete_namespace("actions")
    kinds.uninstall(cluster, files)


@pytest.fixture(params=["memory", "kubernetes"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    if request.param == "memory":
        yield in_memory()
        return
    namespace: str = request.getfixturevalue("stocked")
    async with on_server(request.getfixturevalue("cluster"), namespace) as stage:
        yield stage


async def begun(row: Row, stage: Stage) -> Carried:
    """The row's action, claimed on a target of its own."""
    name = stage.name()
    for made in row.around(name):
        await stage.make(made)
    ref = await stage.make(first_release(row, name) if row.releases else row.target(name))
    if row.releases:
        await stage.world.write("kubectl-create", ref, row.target(name))
        await stage.world.rest(ref)
    return await Carried.begin(stage, ref, row.permitted)


def first_release(row: Row, name: str) -> Manifest:
    """The target as it was one release before."""
    wanted = row.target(name)
    for path, (_, old) in row.changes.items():
        wanted = with_value(wanted, path, old)
    return wanted


def values(row: Row, raw: Manifest) -> list[object]:
    """What stands in the row's fields."""
    return [field(raw, path) for path in row.changes]


def shape(raw: Manifest) -> Manifest:
    """All that people wrote of an object, without what the server, its controllers and our stamps add.

    Nothing in a map or list is as good as no map or list: the server keeps no empty ones of its own kinds.
    """
    own = content(raw)
    ours = (*STAMPS, "deployment.kubernetes.io/revision")
    notes = {key: value for key, value in own["metadata"].pop("annotations", {}).items() if key not in ours}
    return {key: filled(value) for key, value in {**own, "notes": notes}.items()}


def filled(value: object) -> object:
    """Without the empty maps and lists in it."""
    if isinstance(value, dict):
        inner = {key: filled(each) for key, each in value.items()}
        return {key: each for key, each in inner.items() if each not in ({}, [])}
    return [filled(each) for each in value] if isinstance(value, list) else value


def meddled(row: Row, raw: Manifest, side: int) -> Manifest:
    """The object with somebody else's value in the row's first field; where there are but two, with the other one."""
    path, sides = next(iter(row.changes.items()))
    return with_value(raw, path, sides[side] if row.theirs is None else row.theirs)


@each_row
async def test_an_action_says_what_it_will_change_and_what_speaks_against_it(row: Row, stage: Stage) -> None:
    carried = await begun(row, stage)
    assert (carried.facts.objection, carried.facts.summary) == (None, row.says)
    assert values(row, await carried.live()) == [before for before, _ in row.changes.values()]
    for each in carried.facts.changes:
        assert row.releases or each.path in row.changes
    for unfit, why in row.unfit:
        said = carried.kind.objection(carried.action, altered(carried.target, unfit))
        assert said is not None
        assert why in said


def altered(target: Target, patch: Manifest) -> Target:
    """The target after somebody's merge patch."""
    raw = merged(target.raw, patch)
    ref = ObjectRef(
        api_version=raw["apiVersion"], kind=raw["kind"], name=target.ref.name, namespace=target.ref.namespace
    )
    return Target(ref, raw, target.namespace_labels, target.autoscaler, target.related)


@pytest.mark.parametrize("row", [row for row in ROWS if row.permitted["type"] in LASTING - {"Rollback"}], ids=str)
async def test_a_change_is_given_back_by_a_plan_of_its_own(row: Row, stage: Stage) -> None:
    carried = await begun(row, stage)
    before = shape(await carried.live())
    await carried.apply()
    back = await carried.giving_back()
    await back.apply()
    assert shape(await back.live()) == before
    assert (await back.live())["metadata"]["annotations"][OPERATION_ANNOTATION] == back.step.op_id


@each_row
async def test_a_change_is_made_once_takes_and_is_taken_back_once(row: Row, stage: Stage) -> None:
    carried = await begun(row, stage)
    before = await carried.live()
    await once(carried, carried.apply)
    after = await carried.live()
    assert values(row, after) == [wanted for _, wanted in row.changes.values()]
    stamps = {name: after["metadata"]["annotations"][name] for name in STAMPS}
    assert list(stamps.values()) == [carried.step.op_id, str(SEQ), str(EPOCH)]
    assert foreign_owners(carried.step.changes, after) == {}
    await taken(row, carried, before)
    await once(carried, carried.undo)
    back = await carried.live()
    assert shape(back) == shape(before)
    assert back["metadata"]["annotations"][OPERATION_ANNOTATION] == f"{carried.step.op_id}/undo"


async def once(carried: Carried, act: Callable[[], Awaitable[None]]) -> None:
    """Does it while the answer is lost, then twice more: one write in all."""
    carried.stage.wire.lose = True
    with pytest.raises(Unavailable):
        await act()
    committed = len(carried.stage.wire.answers)
    await act()
    await act()
    assert len(carried.stage.wire.answers) == committed


async def taken(row: Row, carried: Carried, before: Manifest) -> None:
    """What follows by controllers is waited for; what does not has taken at once."""
    unseen = {**carried.stage.wire.answers[-1], "status": before.get("status", {})}
    waits = carried.kind.pending(carried.action, Target(carried.target.ref, unseen))
    assert (waits is not None) == row.rolls
    if isinstance(carried.stage.world, RealWorld):
        await carried.stage.world.rest(carried.target.ref)
    assert await carried.pending() is None


@each_row
async def test_what_another_changed_is_neither_overwritten_nor_undone_and_they_are_named(
    row: Row, stage: Stage
) -> None:
    carried = await begun(row, stage)
    ref, before = carried.target.ref, await carried.live()
    await stage.world.write(OTHER, ref, meddled(row, before, 1))
    await refuses(carried, carried.apply, OTHER)
    await stage.world.write(OTHER, ref, before)
    await carried.apply()
    after = await carried.live()
    await stage.world.write(OTHER, ref, meddled(row, after, 0))
    await refuses(carried, carried.undo, OTHER)
    await stage.world.write(OTHER, ref, after)
    if all(wanted is not None for _, wanted in row.changes.values()):
        await refuses(carried, carried.undo, f"now belongs to .*{OTHER}")


async def refuses(carried: Carried, act: Callable[[], Awaitable[None]], why: str) -> None:
    """Nothing is written, and it is said why."""
    written = len(carried.stage.wire.answers)
    with pytest.raises(Drift, match=why):
        await act()
    assert len(carried.stage.wire.answers) == written


@each_row
async def test_another_life_of_the_target_is_another_target(row: Row, stage: Stage) -> None:
    carried = await begun(row, stage)
    await carried.apply()
    await stage.make_again(carried.target.ref, row.target(carried.target.ref.name))
    for act in (carried.apply, carried.undo):
        await refuses(carried, act, "deleted and created again")
    uid = (await read(stage, carried.target.ref)).uid
    assert uid != carried.target.uid
    assert f"{GROUP}/op-id" not in ((await carried.live())["metadata"].get("annotations") or {})


async def beside(
    stage: Stage, make: Callable[[str], Manifest], permitted: Manifest, path: str, theirs: object
) -> Carried:
    """An action that is done; then somebody writes another field of the same list."""
    ref = await stage.make(make(stage.name()))
    carried = await Carried.begin(stage, ref, permitted)
    await carried.apply()
    await stage.world.write(OTHER, ref, with_value(await carried.live(), path, theirs))
    return carried


async def test_another_variable_of_the_container_is_no_hindrance_for_undoing_ours(stage: Stage) -> None:
    row = next(each for each in ROWS if each.name == "SetEnv Deployment")
    carried = await beside(stage, row.target, row.permitted, app("env", "[name=OTHER]", "value"), "theirs")
    await carried.undo()
    live = await carried.live()
    assert [field(live, app("env", f"[name={name}]", "value")) for name in ("MODE", "OTHER")] == ["fast", "theirs"]


async def test_a_list_that_is_written_as_a_whole_belongs_to_who_wrote_it_last(stage: Stage) -> None:
    row = next(each for each in ROWS if each.name == "ShiftTraffic HTTPRoute")
    first_rule = "/spec/rules/0/backendRefs/[name=large]/weight"
    carried = await beside(stage, row.target, row.permitted, first_rule, 8)
    await refuses(carried, carried.undo, f"now belongs to {OTHER}")


async def test_an_element_is_found_again_wherever_it_stands(stage: Stage) -> None:
    row = next(each for each in ROWS if each.name == "ShiftTraffic HTTPRoute")
    ref = await stage.make(row.target(stage.name()))
    carried = await Carried.begin(stage, ref, row.permitted)
    live = await carried.live()
    live["spec"]["rules"][1]["backendRefs"].reverse()
    await stage.world.write(OTHER, ref, live)
    await carried.apply()
    after = await carried.live()
    assert {each["name"]: each["weight"] for each in after["spec"]["rules"][1]["backendRefs"]} == {
        "large": 50,
        "small": 50,
    }


def matching(header: str, **weights: int) -> Manifest:
    """A rule for requests with that header."""
    backends = [{"name": name, "port": 80, "weight": weight} for name, weight in weights.items()]
    return {"matches": [{"headers": [{"name": header, "value": "1"}]}], "backendRefs": backends}


def put_before(raw: Manifest) -> Manifest:
    """The route after somebody put a rule before the others; by names and weights, each is like its neighbour."""
    rules = [matching("x-new", large=90, small=10), *raw["spec"]["rules"]]
    return {**raw, "spec": {**raw["spec"], "rules": rules}}


async def two_alike(stage: Stage, permitted: Manifest) -> Carried:
    """A route of two rules that differ in what they match alone; the action is for the second one."""
    made = routes.route("HTTPRoute", stage.name())
    made["spec"]["rules"] = [matching(header, large=90, small=10) for header in ("x-first", "x-second")]
    return await Carried.begin(stage, await stage.make(made), permitted)


SHIFTS: tuple[Manifest, ...] = (
    {"type": "ShiftTraffic", "shiftTraffic": {"rule": 1, "weights": {"large": 50, "small": 50}}},
    {"type": "Reroute", "reroute": {"rule": 1, "source": "large", "destination": "small"}},
)
each_shift = pytest.mark.parametrize("permitted", SHIFTS, ids=lambda each: each["type"])


@each_shift
async def test_a_rule_that_took_the_place_of_ours_since_the_plan_was_made_or_claimed_is_not_written(
    stage: Stage, permitted: Manifest
) -> None:
    carried = await two_alike(stage, permitted)
    await stage.world.write(OTHER, carried.target.ref, put_before(await carried.live()))
    said = carried.kind.objection(carried.action, await read(stage, carried.target.ref))
    assert "rule 1 is another one than when the plan was made" in str(said)
    await refuses(carried, carried.apply, f"rule 1 is another one .* was changed by {OTHER}")


@each_shift
async def test_a_rule_that_takes_the_place_of_ours_while_we_write_is_not_written(
    stage: Stage, permitted: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = await two_alike(stage, permitted)
    reading = stage.wire.get

    async def then_somebody_writes(ref: ObjectRef) -> Manifest:
        monkeypatch.undo()
        live = await reading(ref)
        await stage.world.write(OTHER, ref, put_before(live))
        return live

    monkeypatch.setattr(stage.wire, "get", then_somebody_writes)
    await refuses(carried, carried.apply, "rule 1 is another one")


@each_shift
async def test_a_rule_that_took_the_place_of_ours_since_we_wrote_is_not_undone(
    stage: Stage, permitted: Manifest
) -> None:
    carried = await two_alike(stage, permitted)
    await carried.apply()
    assert await carried.pending() is None
    await stage.world.write(OTHER, carried.target.ref, put_before(await carried.live()))
    assert "rule 1 is another one" in str(await carried.pending())
    await refuses(carried, carried.undo, f"/spec/rules/1/.* was changed by {OTHER}")
