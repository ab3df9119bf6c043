"""The replay: what the loops and governance would have made of the alerts of a history."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from autonomic.backtest.report import Backtest
from autonomic.backtest.running import Policies, Wish, backtest
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.policy import MemoryPolicyEngine, PersonalJudgement
from autonomic.ports.policy import PolicyEngine
from autonomic.simulate.scenario import Scenario
from tests.unit.backtest.test_course import plain
from tests.unit.cycle.routing.scene import route_raw
from tests.unit.cycle.slo.shop import MINUTE, Shop, promise, promising
from tests.unit.cycle.world import APPROVE, DENY, PERSON
from tests.unit.domain.specimens import contract_raw, deployment, loop_raw, redline_raw

OBJECTS: tuple[dict[str, Any], ...] = (loop_raw(), redline_raw(), deployment())


def incident() -> tuple[Shop, datetime]:
    """Two hours and more; in the middle half of all tasks fail for 20 minutes."""
    shop = Shop(promising(**plain()), past=180)
    first = shop.now + MINUTE
    shop.runs(20)
    shop.runs(20, good=50, bad=50)
    shop.runs(100)
    return shop, first


async def replayed(
    shop: Shop, first: datetime, *engines: PolicyEngine, more: tuple[dict[str, Any], ...] = ()
) -> Backtest:
    policies = [Policies(f"set {number}", each) for number, each in enumerate(engines)]
    objects = (*OBJECTS, contract_raw(objectives=[promise(**plain())]), *more)
    return await backtest(Wish(Scenario(objects=objects), first, shop.now, policies), shop.metrics)


async def test_what_policy_approves_acts_once_and_what_follows_is_not_known() -> None:
    shop, first = incident()
    told = await replayed(shop, first, MemoryPolicyEngine(APPROVE))
    (one,) = told.runs[0].plans
    assert (one.outcome, one.verdict, one.course) == ("WouldAct", "Approve", "Known")
    assert one.acts_at is not None
    assert one.acts_at >= told.alerts[0].began
    assert one.saved is not None
    assert one.saved.most is not None
    assert 0 == one.saved.least < one.saved.most < (told.alerts[0].budget_spent or 0)
    assert told.runs[0].approvals.asked == 0
    (doubt,) = told.runs[0].not_known
    assert (doubt.about, doubt.since) == ("shop/agent", one.acts_at)
    assert told.alerts[0].ended is not None
    assert told.alerts[0].ended <= doubt.until < told.until


async def test_what_needs_a_person_is_asked_once_and_ends_with_the_trouble_or_its_time() -> None:
    shop, first = incident()
    told = await replayed(shop, first, MemoryPolicyEngine(PERSON))
    (one,) = told.runs[0].plans
    assert (one.outcome, one.acts_at) == ("Superseded", None) or one.outcome == "Expired"
    asked = told.runs[0].approvals
    assert (asked.asked, sum(asked.by_hour), sum(asked.by_weekday)) == (1, 1, 1)
    assert one.asked_at is not None
    assert asked.by_hour[one.asked_at.hour] == 1


async def test_without_a_policy_engine_every_plan_is_left_to_people_and_says_why() -> None:
    shop, first = incident()
    told = await replayed(shop, first, PersonalJudgement("there is no policy engine"))
    (one,) = told.runs[0].plans
    assert one.verdict == "RequireApproval"
    assert any("there is no policy engine" in each for each in one.reasons)


async def test_two_sets_of_policies_are_compared_plan_by_plan() -> None:
    shop, first = incident()
    told = await replayed(shop, first, MemoryPolicyEngine(APPROVE), MemoryPolicyEngine(DENY))
    (one,) = told.differences
    assert one.answers == ("Approve", "Deny")
    assert told.runs[1].plans[0].outcome == "Denied"
    assert (await replayed(shop, first, MemoryPolicyEngine(DENY), MemoryPolicyEngine(DENY))).differences == ()


async def test_the_alert_of_the_incident_is_found_and_its_times_are_those_of_the_workbook() -> None:
    shop, first = incident()
    told = await replayed(shop, first, MemoryPolicyEngine(DENY))
    (alert,) = told.alerts
    assert alert.trouble_began is not None
    begins = first + 19 * MINUTE
    assert alert.detection_seconds == (alert.began - alert.trouble_began).total_seconds()
    assert begins <= alert.trouble_began < alert.began <= begins + 10 * MINUTE
    assert alert.false_alarm is False
    quality = told.quality
    assert (quality.alerts, quality.false_alarms, quality.precision, quality.recall) == (1, 0, 1.0, 1.0)
    assert told.troubles[0].found


async def test_a_plan_is_only_observed_where_no_redline_is() -> None:
    shop, first = incident()
    objects = (loop_raw(), deployment(), contract_raw(objectives=[promise(**plain())]))
    wish = Wish(Scenario(objects=objects), first, shop.now, [Policies("", MemoryPolicyEngine(APPROVE))])
    (run,) = (await backtest(wish, shop.metrics)).runs
    assert run.plans == ()
    assert {each.name for each in run.remarks} == {"WouldPropose"}


async def test_once_a_plan_would_have_acted_no_further_cure_is_tried_in_a_trouble_that_is_no_longer_known() -> None:
    shop = Shop(promising(**plain()), past=180)
    first = shop.now + MINUTE
    shop.runs(20)
    shop.runs(70, good=50, bad=50)
    shop.runs(100)
    cures = [{"type": "Scale", "scale": {"by": 2, "max": 10}}, {"type": "Restart", "restart": {}}]
    adaptations = [{"levels": ["Breach", "Exhausted"], "actions": [each]} for each in cures]
    objects = (*OBJECTS, contract_raw(objectives=[promise(**plain())], adaptations=adaptations))
    for answer, tried in ((APPROVE, ["Scale"]), (PERSON, ["Scale", "Restart"])):
        wish = Wish(Scenario(objects=objects), first, shop.now, [Policies("", MemoryPolicyEngine(answer))])
        (run,) = (await backtest(wish, shop.metrics)).runs
        assert [each.action.split()[0] for each in run.plans] == [each.lower() for each in tried], answer["verdict"]
        if answer is APPROVE:
            assert run.remarks == (), "nothing is asked for, and so nothing stands in the way"


async def test_a_route_is_named_as_not_replayed_with_what_plays_its_log() -> None:
    shop, first = incident()
    told = await replayed(shop, first, MemoryPolicyEngine(DENY), more=(route_raw(),))
    assert (
        "route shop/triage is not replayed: autonomic route simulate plays a log of its outcomes to policies"
        in told.notes
    )


async def test_a_clock_does_not_jump_over_somebody_who_sleeps() -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    clock.jump(60)
    assert clock.monotonic() == 60
    asleep = asyncio.create_task(clock.sleep(10))
    await clock.asleep()
    with pytest.raises(RuntimeError, match="advance the clock"):
        clock.jump(60)
    await clock.advance(10)
    await asleep
