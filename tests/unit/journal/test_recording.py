"""What a plan's life leaves in the journal, and that nothing is done before it is there."""

from collections import deque
from collections.abc import Callable
from itertools import pairwise
from typing import Any, cast

from autonomic.domain.audit.record import Entry
from autonomic.domain.errors import Unavailable
from autonomic.ports.memory.audit import MemoryAuditLog
from tests.unit.cycle.world import PERSON, World

WRITES = ("create AdaptationPlan", "patch_status AdaptationPlan", "patch Deployment", "delete AdaptationPlan")


class Timeline(deque[Entry]):
    """The entries, each with how many writes the cluster had seen by then."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.moments: list[tuple[int, str]] = []
        self.after: dict[str, Callable[[], None]] = {}
        self._world = world

    def append(self, entry: Entry) -> None:
        """Keeps it."""
        super().append(entry)
        self.moments.append((len(self._world.cluster.writes), entry.kind))
        self.after.get(entry.kind, lambda: None)()

    @property
    def story(self) -> list[str]:
        """Entries and the writes that are about plans and targets, in the order in which they happened."""
        made = [f"{write.method} {write.ref.kind}" for write in self._world.cluster.writes]
        told = [(at, 0, kind) for at, kind in self.moments] + [(at, 1, each) for at, each in enumerate(made)]
        return [what for _, written, what in sorted(told, key=lambda each: each[:2]) if not written or what in WRITES]


def started(world: World) -> tuple[MemoryAuditLog, Timeline]:
    """The layer runs; its journal, and what becomes of it."""
    world.start()
    log = cast(MemoryAuditLog, world.layer.ports.audit)
    log.entries = timeline = Timeline(world)
    return log, timeline


def entry(timeline: Timeline, kind: str) -> dict[str, Any]:
    """The content of the first entry of that kind."""
    return dict(next(each.content for each in timeline if each.kind == kind))


async def test_every_write_stands_in_the_journal_before_it_is_made() -> None:
    async with World() as world:
        world.trouble()
        _, timeline = started(world)
        await world.until("Succeeded")
        assert timeline.story == [
            "PlanProposed",
            "create AdaptationPlan",
            "PlanExecuting",
            "patch_status AdaptationPlan",
            "Apply",
            "patch Deployment",
            "PlanVerifying",
            "patch_status AdaptationPlan",
            "PlanSucceeded",
            "patch_status AdaptationPlan",
        ]


async def test_a_write_is_recorded_with_what_was_before_and_what_comes_after() -> None:
    async with World() as world:
        world.cures = False
        world.trouble()
        _, timeline = started(world)
        await world.until("RolledBack")
        (done,) = entry(timeline, "Apply")["changes"]
        (undone,) = entry(timeline, "Undo")["changes"]
        assert done == {"path": "/spec/replicas", "before": "2", "after": "4"}
        assert undone == {"path": "/spec/replicas", "before": "4", "after": "2"}
        assert entry(timeline, "Undo")["opId"] == f"{entry(timeline, 'Apply')['opId']}/undo"
        assert all(
            before != "patch Deployment" or after != "patch Deployment" for before, after in pairwise(timeline.story)
        )


async def test_a_decision_is_recorded_with_its_question_its_answer_and_who_said_yes() -> None:
    async with World() as world:
        world.policy.answer = PERSON
        world.trouble()
        _, timeline = started(world)
        await world.until("AwaitingApproval")
        asked = entry(timeline, "PlanAwaitsApproval")["status"]["governance"]
        assert (asked["verdict"], asked["reasons"], asked["policyRevision"]) == (
            "RequireApproval",
            ["big: it is big"],
            "r7",
        )
        assert asked["decisionId"].startswith("sha256:")
        await world.review("Approved", message="load test")
        plan = await world.until("Succeeded")
        claim = entry(timeline, "PlanExecuting")
        assert [(each["by"], each["message"]) for each in claim["reviews"]] == [("ann", "load test")]
        assert (claim["digest"], claim["status"]["execution"]["holder"]) == (plan.spec.digest, "a")


async def test_a_kill_switch_that_was_seen_is_recorded() -> None:
    async with World() as world:
        world.policy.answer = PERSON
        world.trouble()
        _, timeline = started(world)
        await world.until("AwaitingApproval")
        await world.redline(killSwitch=True)
        await world.passes(40)
        reasons = [each["reason"] for each in entry(timeline, "PlanWaits")["status"]["conditions"]]
        assert "KillSwitch" in reasons


async def test_without_a_journal_nothing_is_proposed_and_all_is_still_watched() -> None:
    async with World() as world:
        world.trouble()
        log, _ = started(world)
        log.failure = "no room is left"
        await world.passes(120)
        assert await world.plans() == []
        assert "NotProposed" in world.diary.names
        assert "patch_status SLAContract" in [f"{each.method} {each.ref.kind}" for each in world.cluster.writes]
        log.failure = None
        await world.until("Succeeded")


async def test_without_a_journal_an_approved_plan_waits_until_there_is_one_again() -> None:
    async with World() as world:
        world.policy.answer = PERSON
        world.trouble()
        log, _ = started(world)
        await world.until("AwaitingApproval")
        log.failure = "no room is left"
        await world.review("Approved")
        await world.passes(60)
        assert world.moves == []
        assert any("no room is left" in fact.message for _, fact in world.diary.facts if fact.name == "PlanDelayed")
        log.failure = None
        await world.until("Succeeded")


async def test_without_a_journal_a_claimed_plan_is_not_carried_out() -> None:
    async with World() as world:
        world.trouble()
        log, timeline = started(world)
        timeline.after = {"PlanExecuting": lambda: setattr(log, "failure", "no room is left")}
        await world.until("Executing")
        await world.passes(30)
        assert world.moves == []
        log.failure = None
        await world.until("Succeeded")
        assert world.moves == [4]


async def test_a_write_that_is_tried_again_is_recorded_once() -> None:
    async with World() as world:
        world.trouble()
        for _ in range(3):
            world.cluster.fail_next("patch", Unavailable("no answer"))
        _, timeline = started(world)
        await world.until("Succeeded")
        assert [each.kind for each in timeline].count("Apply") == 1


async def test_a_plan_that_is_deleted_in_the_end_leaves_a_record() -> None:
    async with World() as world:
        world.trouble()
        started(world)
        await world.until("Succeeded")
        world.model.ratio.change(world.clock.now(), "0")
        await world.kill()
        await world.clock.advance(7 * 24 * 3600)
        _, timeline = started(world)
        await world.passes(5)
        assert timeline.story[-2:] == ["PlanDeleted", "delete AdaptationPlan"]
