"""Plans that tell somebody outside the cluster as one of their steps: once, again only under the same key, and in order."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from autonomic.domain.errors import Invalid, Unavailable
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.words import API_VERSION
from tests.unit.cycle.world import Mishap, World, message

CONTRACT = ObjectRef(api_version=API_VERSION, kind="SLAContract", name="agent", namespace="shop")
SCALE = {"type": "Scale", "scale": {"by": 2, "max": 10}}
TELL = {"type": "Notify", "notify": {"channel": "oncall", "message": "the agent is scaled"}}
ASK = {
    "type": "CallOrchestrator",
    "callOrchestrator": {"endpoint": "conductor", "operation": "drain", "parameters": {"grace": "30s"}},
}
FIRST_WRITE, WRITES = 4, 12
"""From the last report before the plan to one more write than a life has."""


@asynccontextmanager
async def world(*actions: dict[str, Any], mishap: Mishap | None = None) -> AsyncIterator[World]:
    """A world in trouble, whose contract allows these actions, in this order."""
    async with World(mishap) as made:
        spec = {"adaptations": [{"levels": ["Breach"], "actions": list(actions)}]}
        await made.cluster.patch_as("owner", CONTRACT, {"spec": spec})
        made.trouble()
        made.start()
        yield made


def keys(seen: World) -> set[str]:
    """The keys under which anything was sent."""
    return {call.key for call in seen.outlets.sent}


async def the_plan(seen: World) -> AdaptationPlan:
    """The only plan."""
    (plan,) = await seen.plans()
    return plan


async def test_people_are_told_once_after_the_step_before() -> None:
    async with world(SCALE, TELL) as seen:
        plan = await seen.until("Succeeded")
        (call,) = seen.outlets.sent
        assert (call.type, call.outlet, call.message) == ("Channel", "oncall", "the agent is scaled")
        assert (call.plan, call.target) == (plan.key, "Deployment/agent")
        assert call.key == f"{plan.metadata.uid}/1"
        assert seen.moves == [4]
        assert "PlanCalled" in seen.diary.names


async def test_the_orchestrator_is_asked_with_the_owners_parameters() -> None:
    async with world(ASK, SCALE) as seen:
        await seen.until("Succeeded")
        (call,) = seen.outlets.sent
        assert (call.type, call.outlet, call.message) == ("Endpoint", "conductor", "drain")
        assert dict(call.parameters) == {"grace": "30s"}


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("write", range(FIRST_WRITE, WRITES + 1))
async def test_a_process_that_dies_at_any_write_tells_nothing_under_a_second_key(side: Any, write: int) -> None:
    async with world(SCALE, TELL, mishap=Mishap(side, write)) as seen:
        plan = await seen.until("Succeeded")
        await seen.passes(60)
        assert keys(seen) == {f"{plan.metadata.uid}/1"}
        assert len(seen.outlets.calls) == 1
        assert len(seen.outlets.sent) <= 2
        assert seen.moves == [4]


async def test_the_mishaps_above_reach_from_before_the_plan_past_the_last_write() -> None:
    async with world(SCALE, TELL) as seen:
        await seen.until("Succeeded")
        assert seen.cluster.count - len(seen.plan_writes) >= FIRST_WRITE - 1
        assert seen.cluster.count < WRITES


async def test_what_was_answered_is_not_sent_again_while_a_later_step_is_tried_again() -> None:
    async with world(TELL, SCALE) as seen:
        for _ in range(3):
            seen.cluster.fail_next("patch", Unavailable("no answer"))
        await seen.until("Succeeded")
        assert len(seen.outlets.sent) == 1
        assert seen.moves == [4]


async def test_an_outlet_without_an_answer_is_tried_again_and_the_plan_goes_on() -> None:
    async with world(SCALE, TELL) as seen:
        for _ in range(20):
            seen.outlets.fail_next(Unavailable("outlet oncall answered HTTP 503"))
        await seen.until("Executing")
        await seen.passes(15)
        plan = await the_plan(seen)
        assert (plan.status.phase, seen.moves, seen.outlets.sent) == ("Executing", [4], [])
        await seen.until("Succeeded")
        assert len(seen.outlets.sent) == 1
        assert seen.moves == [4]


async def test_an_outlet_that_never_answers_ends_the_plan_when_it_expires_and_undoes_it() -> None:
    async with world(SCALE, TELL) as seen:
        for _ in range(2000):
            seen.outlets.fail_next(Unavailable("outlet oncall answered HTTP 503"))
        seen.cures = False
        plan = await seen.until("Failed")
        assert "expired" in message(plan)
        assert seen.moves == [4, 2]
        assert seen.outlets.sent == []


async def test_an_outlet_that_refuses_undoes_the_steps_before_it() -> None:
    async with world(SCALE, TELL) as seen:
        seen.outlets.fail_next(Invalid("outlet oncall refused the call: HTTP 404"))
        plan = await seen.until("Failed")
        assert "HTTP 404" in message(plan)
        assert seen.moves == [4, 2]
        await seen.passes(120)
        assert seen.outlets.sent == []


async def test_a_step_after_a_refused_call_is_never_made() -> None:
    async with world(TELL, SCALE) as seen:
        seen.outlets.fail_next(Invalid("outlet oncall refused the call: HTTP 404"))
        await seen.until("Failed")
        assert seen.moves == []


async def test_a_channel_can_not_be_used_to_reach_the_orchestrator() -> None:
    sly = {"type": "Notify", "notify": {"channel": "conductor", "message": "drain"}}
    async with world(sly) as seen:
        await seen.passes(120)
        assert await seen.plans() == []
        assert seen.outlets.sent == []
        told = [fact.message for _, fact in seen.diary.facts if fact.name == "NotProposed"]
        assert told == ["there is no channel conductor; configured are: oncall"]
