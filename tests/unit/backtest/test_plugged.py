"""Plug-ins in a replay: their loops and actions are asked at the moments that history gives, as they are now."""

from autonomic.adapters.plugins.guard import Bounds, Guard
from autonomic.backtest.report import Backtest
from autonomic.backtest.running import Policies, Wish, backtest
from autonomic.cycle.plugged import Plugins
from autonomic.domain.findings import Analysis
from autonomic.domain.words import LOOPS_ANNOTATION
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.policy import MemoryPolicyEngine
from autonomic.ports.plugins import PluginStanding
from autonomic.simulate.scenario import Scenario
from examples.plugins.early_bird.action import StepDown
from examples.plugins.early_bird.loop import EarlyLoop
from tests.unit.backtest.test_course import plain
from tests.unit.backtest.test_replay import OBJECTS, incident
from tests.unit.cycle.slo.shop import promise
from tests.unit.cycle.world import PERSON
from tests.unit.domain.specimens import NOW, contract_raw, loop_raw
from tests.unit.plugins.test_plugged import DOWN, Straight
from tests.unit.simulate.test_plugged import SETTINGS


async def replayed(plugins: Plugins) -> Backtest:
    """A contract keeps the plug-in's action for a spent budget, and lets the plug-in's loop have it sooner."""
    shop, first = incident()
    kept = contract_raw(objectives=[promise(**plain())], adaptations=[{"levels": ["Exhausted"], "actions": [DOWN]}])
    named = {**kept["metadata"], "annotations": {LOOPS_ANNOTATION: "Early"}}
    scenario = Scenario(objects=(*OBJECTS, loop_raw("Early"), SETTINGS, {**kept, "metadata": named}))
    wish = Wish(scenario, first, shop.now, [Policies("", MemoryPolicyEngine(PERSON))], plugins=plugins)
    return await backtest(wish, shop.metrics)


async def test_a_plug_in_s_loop_and_action_are_replayed() -> None:
    plugins = Plugins({"Early": (EarlyLoop(), Straight())}, {"step-down": (StepDown(), Straight())})
    (one,) = (await replayed(plugins)).runs[0].plans
    assert (one.action, one.verdict) == ("set a key (mode: full -> lean)", "RequireApproval")
    assert one.because.startswith("Chosen by plug-in action step-down: ")


async def test_an_action_whose_plug_in_is_not_there_is_a_remark() -> None:
    (run,) = (await replayed(Plugins({"Early": (EarlyLoop(), Straight())}))).runs
    assert run.plans == ()
    assert any("no plug-in here brings an action step-down" in each.message for each in run.remarks)


async def test_what_a_plug_in_fails_at_is_a_note_and_ends_nothing() -> None:
    class Broken(EarlyLoop):
        def analyze(self, *_: object) -> Analysis:
            raise ZeroDivisionError("half of nothing")

    standing = PluginStanding("Loop", "Early", "early-bird 1.0", "Working")
    guard = Guard(standing, ManualClock(NOW), told, Bounds(pause=0.0))
    report = await replayed(Plugins({"Early": (Broken(), guard)}))
    assert report.runs[0].plans == ()
    assert "plug-in Loop Early of early-bird 1.0: ZeroDivisionError: half of nothing" in report.notes


async def told(_: str, __: str, ___: bool) -> None:
    """Nobody is."""
