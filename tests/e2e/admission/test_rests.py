"""Cool-downs and days of rest, by the server's own clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from testbed.installation import Installation
from testbed.waiting import until
from tests.e2e.admission.refusals import await_refusal, refused
from tests.e2e.admission.specimens import CONFIG_MAP, DEPLOYMENT, EVERY, Specimen
from tests.e2e.admission.writes import own, stamped, write

POLICY = "autonomic-redlines"
Draw = Callable[..., str]
pytestmark = pytest.mark.usefixtures("kinds_of_others")
MORE = {"spec": {"replicas": 5}}


def await_drawn(installed: Installation, path: str, redline: str) -> None:
    """Until the line is known to hold for the object."""
    await_refusal(lambda: write(installed, path, MORE, op_id="unknown/0"), POLICY, f"RedLine {redline}:")


@pytest.fixture
def changed(installed: Installation, namespace: str) -> str:
    """A Deployment that the plan `a` changed just now, in its step 1."""
    path = DEPLOYMENT.make(installed, namespace)
    write(installed, path, {"spec": {"replicas": 3}}, dry=False, op_id="a/1")
    return path


@pytest.mark.parametrize("cooldown", ["1h", "90s", "1d", "1h30m", "2w1d"])
def test_another_plan_waits_until_the_cooldown_is_over(
    installed: Installation, changed: str, draw: Draw, cooldown: str
) -> None:
    name = draw(limits={"cooldown": cooldown})
    await_drawn(installed, changed, name)
    with refused(POLICY, f"ago, within the cooldown {cooldown}"):
        write(installed, changed, MORE, op_id="b/0")


def test_after_the_cooldown_another_plan_acts(installed: Installation, changed: str, draw: Draw) -> None:
    name = draw(limits={"cooldown": "6s"})
    await_drawn(installed, changed, name)
    until(lambda: write(installed, changed, MORE, op_id="b/0"), 60, "the cooldown to end", ignoring=(Exception,))
    write(installed, changed, MORE, dry=False, op_id="b/0")
    with refused(POLICY, "within the cooldown 6s"):
        write(installed, changed, {"spec": {"replicas": 6}}, op_id="c/0")


def test_what_nobody_changed_yet_needs_no_rest(
    installed: Installation, namespace: str, changed: str, draw: Draw
) -> None:
    name = draw(limits={"cooldown": "1h"})
    await_drawn(installed, changed, name)
    fresh = DEPLOYMENT.make(installed, namespace)
    own(installed, fresh, {"spec": {"replicas": 6}})
    write(installed, fresh, MORE, op_id="b/0")


@pytest.mark.parametrize("op_id", ["a/2", "a/1/undo", "a/0/undo"])
def test_a_plan_that_runs_may_go_on_and_back(installed: Installation, changed: str, draw: Draw, op_id: str) -> None:
    await_drawn(installed, changed, draw(limits={"cooldown": "1h"}, freezeDays=every_day()))
    write(installed, changed, MORE, op_id=op_id)


@pytest.mark.parametrize(
    "op_id", ["a/0", "a/1", "a/100", "a/1/undo/undo", "a/x", "a", "", "b/2", "b/1/undo", "/2", "a/-2", "a/2/redo"]
)
def test_nothing_else_passes_for_going_on(installed: Installation, changed: str, draw: Draw, op_id: str) -> None:
    await_drawn(installed, changed, draw(limits={"cooldown": "1h"}))
    with refused(POLICY, "within the cooldown 1h"):
        write(installed, changed, MORE, op_id=op_id)


def test_a_plan_does_not_go_back_and_forth(installed: Installation, changed: str, draw: Draw) -> None:
    await_drawn(installed, changed, draw(limits={"cooldown": "1h"}))
    write(installed, changed, {"spec": {"replicas": 4}}, dry=False, op_id="a/1/undo")
    for op_id in ("a/2", "a/1/undo", "a/2/undo", "a/1"):
        with refused(POLICY, "within the cooldown 1h"):
            write(installed, changed, MORE, op_id=op_id)
    write(installed, changed, MORE, op_id="a/0/undo")


def test_a_forged_time_shortens_no_cooldown(installed: Installation, changed: str, draw: Draw) -> None:
    await_drawn(installed, changed, draw(limits={"cooldown": "1h"}))
    entries = installed.operator.get(changed)["metadata"]["managedFields"]
    for forged in ("2001-01-01T00:00:00Z", "2100-01-01T00:00:00Z"):
        managed = [{**entry, "time": forged} for entry in entries]
        managed.append({**managed[0], "manager": "autonomic", "operation": "Apply", "time": forged})
        with refused(POLICY, "within the cooldown 1h"):
            write(installed, changed, {**MORE, "metadata": {"managedFields": managed}}, op_id="b/0")


def test_a_key_of_a_config_map_rests_too(installed: Installation, namespace: str, draw: Draw) -> None:
    path = CONFIG_MAP.make(installed, namespace)
    write(installed, path, CONFIG_MAP.good, dry=False, op_id="a/0")
    draw(limits={"cooldown": "1h"})
    again = {"data": {"mode": "slow"}}
    await_refusal(lambda: write(installed, path, again, op_id="b/0"), POLICY, "within the cooldown 1h")


def every_day() -> list[str]:
    """All days of the week."""
    return [f"{datetime(2024, 1, day, tzinfo=UTC):%A}" for day in range(1, 8)]


def around_now() -> list[str]:
    """Today and tomorrow, in case that it is about midnight."""
    return [f"{datetime.now(UTC) + timedelta(days=days):%A}" for days in (0, 1)]


@pytest.mark.parametrize("specimen", EVERY, ids=lambda each: each.kind)
def test_nothing_is_begun_on_a_day_of_rest(
    installed: Installation, namespace: str, draw: Draw, specimen: Specimen
) -> None:
    path = specimen.make(installed, namespace, **({"tenant": namespace} if not specimen.namespaced else {}))
    draw(freezeDays=around_now())
    await_refusal(lambda: write(installed, path, specimen.good), POLICY, "is not changed on")


def test_on_other_days_there_is_no_rest(installed: Installation, changed: str, draw: Draw) -> None:
    others = [day for day in every_day() if day not in around_now()]
    draw(freezeDays=others)
    await_drawn(installed, changed, draw(limits={"maxReplicas": 4}))
    write(installed, changed, {"spec": {"replicas": 4}}, op_id="b/0")


def test_a_write_without_a_time_is_refused_where_times_count(
    installed: Installation, namespace: str, draw: Draw
) -> None:
    """An apply has an entry of its own in managedFields: one that does not count as an update's."""
    path = DEPLOYMENT.make(installed, namespace)
    name = draw(freezeDays=[day for day in every_day() if day not in around_now()])
    await_drawn(installed, path, draw(limits={"maxReplicas": 4}))
    applied = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": 3}}
    query = {"force": "true", "dryRun": "All"}
    with refused(POLICY, f"RedLine {name}: the write to Deployment"):
        installed.operator.request("PATCH", path, stamped(installed, applied), "application/apply-patch+yaml", query)
