"""Playbooks in a replay: they are looked at when what their queries compare begins or ceases to hold."""

from datetime import timedelta
from typing import Any

from autonomic.backtest.report import Backtest
from autonomic.backtest.running import Policies, Wish, backtest
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.ports.memory.policy import MemoryPolicyEngine
from autonomic.simulate.scenario import Scenario
from tests.unit.cycle.prometheus_model import PrometheusModel
from tests.unit.cycle.world import APPROVE, PERSON
from tests.unit.domain.specimens import NOW, deployment, loop_raw, playbook_raw, redline_raw

MINUTE = timedelta(minutes=1)
TROUBLE = (30 * MINUTE, 75 * MINUTE)


async def replayed(answer: dict[str, Any], *more: dict[str, Any]) -> Backtest:
    """Three hours; the errors are too many from the 30th minute to the 75th."""
    model = PrometheusModel(NOW)
    model.signal.change(NOW + TROUBLE[0], "0.2")
    model.signal.change(NOW + TROUBLE[1], "0")
    objects = (loop_raw("Healing"), redline_raw(), deployment(), playbook_raw(), *more)
    policies = [Policies("all", MemoryPolicyEngine(answer))]
    wish = Wish(Scenario(objects=objects), NOW, NOW + 180 * MINUTE, policies)
    return await backtest(wish, MemoryMetrics(model.answer))


async def test_a_playbook_acts_when_its_trouble_has_lasted_and_only_once_while_it_goes_on() -> None:
    (one,) = (await replayed(APPROVE)).runs[0].plans
    assert (one.about, one.outcome, one.saved) == ("playbook shop/crashes", "WouldAct", None)
    assert TROUBLE[0] <= one.at - NOW <= TROUBLE[0] + 2 * MINUTE


async def test_a_cure_that_waits_for_a_person_is_withdrawn_when_the_trouble_is_over() -> None:
    (one,) = (await replayed(PERSON)).runs[0].plans
    assert (one.verdict, one.outcome) == ("RequireApproval", "Superseded")
