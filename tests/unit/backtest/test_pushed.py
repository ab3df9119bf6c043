"""What was pushed, in a replay: playbooks that listen act on what Prometheus scraped, and what it has not is named."""

from typing import Any

from autonomic.backtest.pushed.hearing import pushed
from autonomic.backtest.report import Backtest
from autonomic.backtest.running import Policies, Wish, backtest
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.view import View
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.ports.memory.policy import MemoryPolicyEngine
from autonomic.simulate.scenario import Scenario
from tests.unit.backtest.scraped import MINUTE, Scraped, signal
from tests.unit.cycle.world import APPROVE, PERSON
from tests.unit.domain.specimens import NOW, deployment, loop_raw, namespace, playbook_raw, redline_raw

THREE = {"name": "broken", "type": "Signal", "signal": {"type": "LlmJsonFailure"}, "count": 3, "within": "10m"}
FIRES = {
    "name": "slow",
    "type": "Alert",
    "alert": {"name": "TooSlow", "matchLabels": {"deployment": "agent"}},
    "for": "10m",
}


async def replayed(model: Scraped, answer: dict[str, Any], *triggers: dict[str, Any]) -> Backtest:
    objects = (loop_raw("Healing"), redline_raw(), deployment(), playbook_raw("listens", triggers=list(triggers)))
    wish = Wish(Scenario(objects=objects), NOW, NOW + 180 * MINUTE, [Policies("", MemoryPolicyEngine(answer))])
    return await backtest(wish, MemoryMetrics(model.answer))


async def told(model: Scraped, trigger: dict[str, Any] = THREE) -> list[tuple[int, float, dict[str, str]]]:
    playbook = SelfHealingPlaybook.read(playbook_raw("listens", triggers=[trigger]))
    view = View(NOW + 180 * MINUTE, playbooks={playbook.key: playbook}, namespaces={"shop": namespace()})
    found = await pushed(MemoryMetrics(model.answer), view, NOW)
    return [((each.at - NOW) // MINUTE, each.value, dict(each.labels)) for each in found.signals]


async def test_a_playbook_acts_at_the_signal_that_is_too_much_and_once() -> None:
    model = Scraped({each: [signal(each)] for each in (30, 70, 72, 74, 75)})
    (one,) = (await replayed(model, APPROVE, THREE)).runs[0].plans
    assert (one.about, one.outcome, (one.at - NOW) // MINUTE) == ("playbook shop/listens", "WouldAct", 74)


async def test_a_cure_that_waits_is_withdrawn_once_nothing_is_heard_any_more() -> None:
    model = Scraped({each: [signal(each)] for each in (70, 72, 74)})
    (run,) = (await replayed(model, PERSON, THREE)).runs
    assert [(each.verdict, each.outcome) for each in run.plans] == [("RequireApproval", "Superseded")]


async def test_signals_are_what_the_counter_rose_by_with_the_newest_value_and_the_mean_of_the_others() -> None:
    many = {20: [signal(20, 3.0), signal(20, 5.0), signal(20, 1.0)], 25: [signal(25, 7.0)]}
    assert await told(Scraped(many)) == [(20, 4.0, {"deployment": "agent"}), (20, 4.0, {"deployment": "agent"}),
                                         (20, 1.0, {"deployment": "agent"}), (25, 7.0, {"deployment": "agent"})]  # fmt: skip


async def test_a_series_that_was_silent_for_long_begins_at_nothing_again() -> None:
    assert [at for at, _, _ in await told(Scraped({each: [signal(each)] for each in (10, 12, 60, 120)}))] == [
        10,
        12,
        60,
        120,
    ]


async def test_labels_of_the_scrape_are_not_taken_for_those_of_the_signal() -> None:
    model = Scraped({10: [signal(10, pod="agent-7", instance="a:8080")], 12: [signal(12, agent="x")]})
    assert [labels for _, _, labels in await told(model)] == [{"pod": "agent-7"}, {"agent": "x"}]


async def test_an_alert_acts_once_it_has_fired_for_long_enough_and_is_over_when_it_ends() -> None:
    model = Scraped(alerts={"TooSlow": ({"namespace": "shop", "deployment": "agent"}, range(40, 100))})
    (one,) = (await replayed(model, PERSON, FIRES)).runs[0].plans
    assert (one.at - NOW) // MINUTE == 50
    assert one.outcome in ("Superseded", "Expired")
    elsewhere = Scraped(alerts={"TooSlow": ({"namespace": "other", "deployment": "agent"}, range(40, 100))})
    assert (await replayed(elsewhere, PERSON, FIRES)).runs[0].plans == ()


async def test_an_alert_that_went_on_already_is_heard_from_the_beginning() -> None:
    model = Scraped(alerts={"TooSlow": ({"namespace": "shop", "deployment": "agent"}, range(-600, 30))})
    (one,) = (await replayed(model, PERSON, FIRES)).runs[0].plans
    assert one.at - NOW <= MINUTE


async def test_what_no_series_holds_is_named_with_the_reason() -> None:
    event = {"name": "oom", "type": "KubernetesEvent", "kubernetesEvent": {"reasons": ["OOMKilled"]}}
    one_task = {**THREE, "name": "task", "signal": {"type": "LlmJsonFailure", "matchLabels": {"task": "t-1"}}}
    found = await replayed(Scraped({10: [signal(10)]}), APPROVE, event, one_task, FIRES, THREE)
    said = [each for each in found.notes if "shop/listens" in each]
    for words in (
        "trigger oom is not replayed: it waits for Events of the cluster",
        "trigger task is not replayed: it asks for the label task",
        "trigger slow is not replayed: no series of TooSlow is in this history",
    ):
        assert any(words in each for each in said), words
    assert not any("trigger broken" in each for each in said)
    assert any("by the minute" in each for each in found.notes)
    (silent,) = [each for each in (await replayed(Scraped(), APPROVE, THREE)).notes if "shop/listens" in each]
    assert "none was pushed, or the operator is not scraped" in silent
