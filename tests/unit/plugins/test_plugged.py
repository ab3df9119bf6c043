"""What plug-ins may ask for: what an owner permits, in the layer's own actions, and never without a person."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from autonomic.cycle.plugged import Mind, Plugins
from autonomic.domain.actions import PermittedAction
from autonomic.domain.contracts import SLAContract
from autonomic.domain.findings import Analysis, Finding, Report
from autonomic.domain.meta import ObjectRef
from autonomic.domain.readings import Question
from autonomic.domain.view import View
from autonomic.domain.words import LOOPS_ANNOTATION, MODE_ANNOTATION, Mode
from autonomic.ports.plugins import Answer, Guarded, PluginStanding
from examples.plugins.early_bird.action import StepDown
from examples.plugins.early_bird.loop import EarlyLoop
from tests.unit.cycle.test_proposing import FINDING, Desk
from tests.unit.domain.specimens import NOW, contract_raw, loop, meta, namespace
from tests.unit.loops.test_reliability import BREACH, judge

SCALE = {"type": "Scale", "scale": {"by": 2, "max": 10}}
SETTINGS = ObjectRef(api_version="v1", kind="ConfigMap", name="settings", namespace="shop")
DOWN = {
    "type": "Plugin",
    "targetRef": {"apiVersion": "v1", "kind": "ConfigMap", "name": "settings"},
    "plugin": {"name": "step-down", "parameters": {"key": "mode", "steps": "full,lean,least"}},
}


class Straight(Guarded):
    """Asks at once; what is raised is the test's."""

    standing = PluginStanding("Loop", "Early", "early-bird 1.0", "Working")

    async def ask(self, what: Callable[[], Answer]) -> Answer:
        """What it returns."""
        return what()


class Scripted(EarlyLoop):
    """The example, whose answers a test changes."""

    def __init__(self, change: Callable[[Analysis], object] = lambda analysis: analysis) -> None:
        self._change = change

    def analyze(self, *given: Any) -> Any:
        """What it would say, changed."""
        return self._change(super().analyze(*given))


def kept(annotation: str | None = "Early", actions: list[Any] | None = None) -> SLAContract:
    """A contract that keeps actions for a spent budget."""
    raw = contract_raw(adaptations=[{"levels": ["Exhausted"], "actions": actions or [SCALE]}])
    raw["metadata"]["annotations"] = {LOOPS_ANNOTATION: annotation} if annotation else {}
    return SLAContract.read(raw)


async def concluded(
    change: Callable[[Analysis], object] = lambda analysis: analysis,
    contract: SLAContract | None = None,
    mode: str = "Enforce",
    **more: Any,
) -> Analysis:
    """What is made of the example's answer when an alert shows a breach."""
    told, seen = judge(contract or kept(), BREACH)
    view = View(NOW, contracts={told.key: told}, assessments={told.key: seen}, namespaces={"shop": namespace(**more)})
    return await Mind(Scripted(change), Straight()).analyze(loop("Early", mode), view, {})


def changed(**fields: Any) -> Callable[[Analysis], Analysis]:
    """The only finding, changed."""
    return lambda analysis: Analysis(findings=(replace(analysis.findings[0], **fields),))


async def test_the_example_proposes_at_a_breach_what_its_owner_keeps_for_a_spent_budget() -> None:
    (finding,) = (await concluded()).findings
    assert finding.permitted[0].scale is not None
    assert (finding.loop, finding.mode) == ("early", Mode.ENFORCE)


async def test_the_example_leaves_a_contract_alone_that_does_not_let_it_in() -> None:
    assert (await concluded(contract=kept(None))).findings == ()


@pytest.mark.parametrize("ceiling", ["Observe", "Propose"])
async def test_a_finding_is_never_more_trusted_than_its_control_loop_and_namespace(ceiling: str) -> None:
    trusting = changed(mode=Mode.ENFORCE)
    (by_loop,) = (await concluded(trusting, mode=ceiling)).findings
    (by_namespace,) = (await concluded(trusting, annotations={MODE_ANNOTATION: ceiling})).findings
    assert by_loop.mode == by_namespace.mode == Mode(ceiling)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda _: None, "analyze returned NoneType: it must return an Analysis"),
        (lambda _: Analysis(reports=(Report(SETTINGS, kept().status),)), "a plug-in writes no status"),
        (changed(loop="reliability"), "its loop is reliability, and the ControlLoop is early"),
        (changed(owner=SETTINGS), "its owner ConfigMap shop/settings is no SLAContract that there is"),
        (changed(trigger=FINDING.trigger.model_copy(update={"slo_alert": None})), "its trigger must be the alert"),
        (changed(permitted=()), "it must say what it asks for in `permitted`"),
        (changed(targets=(SETTINGS,)), "it asks for what the adaptations of agent do not permit"),
        (
            changed(permitted=(PermittedAction.model_validate({"type": "Scale", "scale": {"by": 9, "max": 10}}),)),
            "it asks for what the adaptations of agent do not permit",
        ),
    ],
)
async def test_a_loop_that_asks_for_more_than_owners_permit_is_refused_whole(
    change: Callable[[Analysis], object], why: str
) -> None:
    with pytest.raises((ValueError, TypeError), match=why):
        await concluded(change)


async def test_a_contract_that_lets_no_such_loop_in_is_not_spoken_for() -> None:
    (finding,) = (await concluded()).findings
    with pytest.raises(ValueError, match="agent lets no loop Early propose: its owner may annotate it"):
        await concluded(lambda _: Analysis(findings=(finding,)), contract=kept("Other"))


async def test_a_loop_that_asks_endless_questions_or_for_no_pace_is_refused() -> None:
    class Endless(EarlyLoop):
        def monitor(self, view: View) -> Any:
            while True:
                yield Question("up", view.now)

        def pace(self, _: View) -> float | None:
            return 0.0

    mind = Mind(Endless(), Straight())
    with pytest.raises(ValueError, match="more than 500 questions"):
        await mind.monitor(View(NOW))
    with pytest.raises(ValueError, match=r"pace returned 0\.0"):
        await mind.pace(View(NOW))


class Fixed:
    """An action that always says the same."""

    name: ClassVar[str] = "step-down"

    def __init__(self, says: Any) -> None:
        self._says = says

    def act(self, *_: object) -> Any:
        """That."""
        return self._says


async def proposed(mode: str = "full", action: Any = None, **change: Any) -> Desk:
    """What became of a finding that asks for the example's action on a ConfigMap whose mode is that."""
    desk = Desk()
    consent: dict[str, Any] = {"annotations": {"autonomic.maestro.dev/writable-keys": "mode"}}
    raw = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta("settings", **consent), "data": {"mode": mode}}
    await desk.cluster.create(raw)
    desk.proposer.plugins = Plugins(actions={"step-down": (action or StepDown(), Straight())})
    finding: dict[str, Any] = {"permitted": (PermittedAction.model_validate(DOWN),), "targets": (SETTINGS,)}
    await desk.propose(**{**finding, **change})
    return desk


async def test_a_plug_in_s_action_becomes_one_of_the_layer_s_own_and_a_person_decides() -> None:
    (plan,) = (await proposed()).created
    (action,) = plan.spec.actions
    assert action.type == "SetConfig"
    assert action.set_config is not None
    assert (action.set_config.key, action.set_config.value) == ("mode", "lean")
    assert plan.spec.requires_person
    assert plan.spec.justification == "Chosen by plug-in action step-down: agent burns."


@pytest.mark.parametrize("mode", ["least", "odd"])
async def test_where_the_plug_in_has_nothing_to_do_nothing_is_proposed(mode: str) -> None:
    desk = await proposed(mode)
    assert desk.created == []
    assert desk.diary.facts[-1][1].message.startswith("plug-in action step-down has nothing to do on ConfigMap")


async def test_an_action_that_no_plug_in_brings_is_not_proposed() -> None:
    named = {**DOWN, "plugin": {"name": "step-up"}}
    desk = await proposed(permitted=(PermittedAction.model_validate(named),))
    assert desk.created == []
    assert "no plug-in here brings an action step-up" in desk.diary.facts[-1][1].message


@pytest.mark.parametrize(
    "says",
    [
        {"type": "Restart", "restart": {}},
        {"type": "Notify", "notify": {"channel": "oncall", "message": "hello"}},
        {"type": "CallOrchestrator", "callOrchestrator": {"endpoint": "conductor", "operation": "drain"}},
        {"type": "Retry", "retry": {}},
        DOWN,
    ],
    ids=lambda says: str(says["type"]),
)
async def test_a_plug_in_can_choose_no_action_that_reaches_outside_or_cannot_be_taken_back(
    says: dict[str, Any],
) -> None:
    with pytest.raises(ValueError, match="only actions that change fields and can be taken back"):
        await proposed(action=Fixed(PermittedAction.model_validate(says)))


async def test_a_plug_in_cannot_move_the_action_to_another_target() -> None:
    elsewhere = PermittedAction.model_validate(
        {
            "type": "SetConfig",
            "targetRef": {"apiVersion": "v1", "kind": "ConfigMap", "name": "other"},
            "setConfig": {"key": "mode", "value": "lean"},
        }
    )
    (plan,) = (await proposed(action=Fixed(elsewhere))).created
    assert plan.spec.actions[0].target_ref.name == "settings"


async def test_a_key_that_the_owner_did_not_list_stays_as_it_is_whatever_a_plug_in_chooses() -> None:
    secret = PermittedAction.model_validate({"type": "SetConfig", "setConfig": {"key": "admins", "value": "me"}})
    desk = await proposed(action=Fixed(secret))
    assert desk.created == []
    assert "writable-keys" in desk.diary.facts[-1][1].message


def test_the_finding_s_name_is_the_same_in_one_incident() -> None:
    told, seen = judge(kept(), BREACH)
    view = View(NOW, contracts={told.key: told}, assessments={told.key: seen}, namespaces={"shop": namespace()})
    both: list[tuple[Finding, ...]] = [EarlyLoop().analyze(loop("Early"), view, {}).findings for _ in range(2)]
    assert both[0] == both[1] != ()
