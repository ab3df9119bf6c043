"""A plan that makes an object as one of its steps: once, whatever becomes of the object and of the process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from autonomic.domain.errors import Unavailable
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import API_VERSION, RETRY_LABEL
from tests.contract.actions.queues import job
from tests.unit.cycle.world import Mishap, World
from tests.unit.execution.samples import FAILED

CONTRACT = ObjectRef(api_version=API_VERSION, kind="SLAContract", name="agent", namespace="shop")
SHOP = ObjectRef(api_version="v1", kind="Namespace", name="shop")
MADE = ObjectRef(api_version="batch/v1", kind="Job", name="nightly-retry-1", namespace="shop")
NIGHTLY = {"apiVersion": "batch/v1", "kind": "Job", "name": "nightly"}
RETRY = {"type": "Retry", "targetRef": NIGHTLY, "retry": {"limit": 3, "backoff": "1s"}}
SCALE = {"type": "Scale", "scale": {"by": 2, "max": 10}}
FIRST_WRITE, WRITES = 4, 24


@asynccontextmanager
async def world(mishap: Mishap | None = None) -> AsyncIterator[World]:
    """A world in trouble with a Job that failed, whose contract allows to run that again, and then to scale."""
    async with World() as made:
        await made.cluster.patch_as("owner", SHOP, {"metadata": {"labels": {RETRY_LABEL: "true"}}})
        failed = job("nightly")
        await made.cluster.create({**failed, "metadata": {**failed["metadata"], "namespace": "shop"}})
        await made.cluster.patch_status(
            MADE.model_copy(update={"name": "nightly"}), {"status": {"conditions": [FAILED]}}
        )
        spec = {"adaptations": [{"levels": ["Breach"], "actions": [RETRY, SCALE]}]}
        await made.cluster.patch_as("owner", CONTRACT, {"spec": spec})
        made.cluster.writes.clear()
        made.cluster.count, made.cluster.mishap = 0, mishap
        made.trouble()
        made.start()
        yield made


def creations(seen: World) -> int:
    """How often a Job was made."""
    return sum(each.method == "create" and each.ref.kind == "Job" for each in seen.cluster.writes)


async def removed(seen: World) -> None:
    """The Job is cleaned up as soon as it is there."""
    for _ in range(600):
        found = [
            each for each in await seen.cluster.list("batch/v1", "Job", "shop") if each["metadata"]["name"] == MADE.name
        ]
        if found:
            await seen.cluster.delete(MADE, found[0]["metadata"]["uid"])
            return
        await seen.passes(1.0)
    raise AssertionError(seen.diary.render())


async def test_what_was_made_and_cleaned_up_since_is_not_made_again_by_the_next_process() -> None:
    async with world() as seen:
        for _ in range(3):
            seen.cluster.fail_next("patch", Unavailable("no answer"))
        await removed(seen)
        assert seen.moves == []
        await seen.kill()
        seen.start("b")
        await seen.until("Verifying")
        assert (creations(seen), seen.moves) == (1, [4])
        assert seen.diary.names.count("PlanCreated") == 1


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("write", range(FIRST_WRITE, WRITES + 1))
async def test_a_process_that_dies_at_any_write_makes_one_object(side: Any, write: int) -> None:
    async with world(Mishap(side, write)) as seen:
        await seen.until("Verifying")
        await seen.passes(30)
        assert (creations(seen), seen.moves) == (1, [4])


async def test_the_mishaps_above_reach_from_before_the_plan_past_the_last_write() -> None:
    async with world() as seen:
        await seen.until("Verifying")
        before = next(at for at, each in enumerate(seen.cluster.writes) if each.ref.kind == "AdaptationPlan")
        assert before >= FIRST_WRITE - 1
        assert seen.cluster.count < WRITES
