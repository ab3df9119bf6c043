"""Each rule of a RedLine, with the sentence that names the line, the figure and the bound."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.meta import ObjectRef
from autonomic.domain.redlines import RedLine
from autonomic.domain.targets import StepFacts
from autonomic.domain.view import NamespaceView, Unreadable, View
from autonomic.domain.words import API_VERSION, ENABLED_LABEL
from autonomic.governance.bounds import in_flight
from autonomic.governance.redlines import kill_switch, postponements, refusals
from tests.unit.domain.specimens import NOW, condition, deployment, execution, namespace, plan, redline, target

LABELLED = deployment() | {"metadata": deployment()["metadata"] | {"labels": {"tier": "web"}}}
FACTS = StepFacts("Scale", target(LABELLED), (), frozenset(), "scale from 2 to 4 replicas", 2, 4)


def view(*lines: RedLine, **more: Any) -> View:
    base = {"namespaces": {"shop": namespace()}, "redlines": {each.metadata.name: each for each in lines}}
    return View(NOW, **{**base, **more})


def said(line: RedLine, facts: StepFacts = FACTS, **more: Any) -> tuple[str, ...]:
    """All that the line says, whether it refuses or lets wait."""
    seen = view(line, **more)
    return refusals(plan(), (facts,), seen) + postponements(plan(), (facts,), seen)


def test_a_line_without_bounds_refuses_nothing() -> None:
    assert said(redline()) == ()


@pytest.mark.parametrize(
    ("limits", "bound"),
    [
        ({"minReplicas": 5}, "Deployment shop/agent would have 4 replicas, minReplicas is 5"),
        ({"maxReplicas": 3}, "Deployment shop/agent would have 4 replicas, maxReplicas is 3"),
        (
            {"maxStep": "0.4"},
            "Deployment shop/agent would go from 2 to 4 replicas, more than maxStep 0.4 of the larger",
        ),
    ],
)
def test_a_bound_that_is_crossed_names_the_line_the_figure_and_the_bound(limits: dict[str, Any], bound: str) -> None:
    assert said(redline("prod", limits=limits)) == (f"RedLine prod: {bound}",)


@pytest.mark.parametrize("limits", [{"minReplicas": 4}, {"maxReplicas": 4}, {"maxStep": "0.5"}])
def test_a_value_on_the_bound_is_within_it(limits: dict[str, Any]) -> None:
    assert said(redline(limits=limits)) == ()


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 10))
def test_a_step_that_is_allowed_is_allowed_back(before: int, after: int, tenths: int) -> None:
    line = redline(limits={"maxStep": "1" if tenths == 10 else f"0.{tenths}"})
    there = replace(FACTS, replicas_before=before, replicas_after=after)
    back = replace(FACTS, replicas_before=after, replicas_after=before)
    assert bool(said(line, there)) == bool(said(line, back)) == (10 * abs(after - before) > tenths * max(before, after))


def test_a_bound_on_replicas_says_nothing_of_what_changes_none() -> None:
    restart = replace(FACTS, replicas_before=None, replicas_after=None)
    assert said(redline(limits={"minReplicas": 9, "maxReplicas": 9, "maxStep": "0"}), restart) == ()


def test_a_forbidden_effect_is_named() -> None:
    facts = replace(FACTS, effects=frozenset({"DisableSecurityScanners"}))
    (reason,) = said(redline(forbid=["DisableSecurityScanners"]), facts)
    assert reason == (
        "RedLine default: scale from 2 to 4 replicas on Deployment shop/agent"
        " has the effect DisableSecurityScanners, which is forbidden"
    )
    assert said(redline(forbid=["DeleteProductionData"]), facts) == ()


RUNNING = plan("other", status={"execution": execution("2025-01-01T11:30:00Z")})
ENDED = plan("ended", status={"execution": execution(), "conditions": [condition("Finished", "True", "Succeeded")]})
LONG_AGO = plan("old", status={"execution": execution("2025-01-01T11:00:00Z")})
WAITING = plan("waiting")
PLANS = {each.key: each for each in (RUNNING, ENDED, LONG_AGO, WAITING)}


def test_plans_carried_out_in_the_last_hour_are_counted_whatever_came_of_them() -> None:
    (reason,) = said(redline(limits={"maxPlansPerHour": 2}), plans=PLANS)
    assert reason == "RedLine default: 2 plans were executed in the last hour, maxPlansPerHour is 2"
    assert said(redline(limits={"maxPlansPerHour": 3}), plans=PLANS) == ()


def test_plans_claimed_and_not_finished_are_in_flight() -> None:
    (reason,) = said(redline(limits={"maxConcurrent": 2}), plans=PLANS)
    assert reason == "RedLine default: 2 plans are in flight, maxConcurrent is 2"
    assert said(redline(limits={"maxConcurrent": 3}), plans=PLANS) == ()
    assert [in_flight(each) for each in PLANS.values()] == [True, False, True, False]


def test_a_plan_does_not_count_against_itself() -> None:
    mine = plan(status={"execution": execution()})
    line = redline(limits={"maxConcurrent": 1, "maxPlansPerHour": 1})
    assert postponements(mine, (FACTS,), view(line, plans={mine.key: mine})) == ()


def test_a_bound_of_none_allows_none() -> None:
    assert len(said(redline(limits={"maxConcurrent": 0, "maxPlansPerHour": 0}))) == 2


@pytest.mark.parametrize(
    "scope",
    [
        {"namespaceSelector": {"matchLabels": {"env": "prod"}}},
        {"kinds": ["StatefulSet"]},
        {"names": ["other"]},
        {"controlLoops": ["healing"]},
        {"labels": {"tier": "db"}},
        {"labels": {"tier": "web", "more": "x"}},
    ],
)
def test_a_line_holds_only_for_what_it_selects(scope: dict[str, Any]) -> None:
    assert said(redline(appliesTo=scope, killSwitch=True, limits={"maxReplicas": 1})) == ()


@pytest.mark.parametrize(
    "scope",
    [
        {},
        {"namespaceSelector": {"matchLabels": {ENABLED_LABEL: "true"}}},
        {"kinds": ["StatefulSet", "Deployment"]},
        {"names": ["agent", "other"]},
        {"controlLoops": ["reliability"]},
        {"labels": {"tier": "web"}},
    ],
)
def test_a_line_holds_for_all_that_it_selects(scope: dict[str, Any]) -> None:
    assert len(said(redline(appliesTo=scope, limits={"maxReplicas": 1}))) == 1


@pytest.mark.parametrize(
    "scope", [{"names": ["agent"]}, {"kinds": ["Deployment"]}, {"controlLoops": ["reliability"]}, {}], ids=str
)
def test_a_line_counts_only_plans_that_it_holds_for(scope: dict[str, Any]) -> None:
    line = redline(appliesTo=scope, limits={"maxConcurrent": 1})
    ref = {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "elsewhere", "uid": "u"}
    action = {"type": "Restart", "targetRef": ref, "restart": {"at": "2025-01-01T11:55:00Z"}}
    elsewhere = plan("other", status={"execution": execution()}, actions=[action], controlLoop="healing")
    assert bool(said(line, plans={elsewhere.key: elsewhere})) == (scope == {})
    assert said(line, plans={RUNNING.key: RUNNING})


def test_plans_in_namespaces_outside_the_line_are_not_counted() -> None:
    line = redline(appliesTo={"namespaceSelector": {"matchLabels": {"env": "prod"}}}, limits={"maxConcurrent": 1})
    here = NamespaceView("shop", {ENABLED_LABEL: "true", "env": "prod"}, {})
    there = RUNNING.model_copy(update={"metadata": RUNNING.metadata.model_copy(update={"namespace": "lab"})})
    assert said(line, namespaces={"shop": here}, plans={there.key: there}) == ()
    assert said(line, namespaces={"shop": here}, plans={RUNNING.key: RUNNING})


def test_a_line_that_can_t_be_read_refuses_everything() -> None:
    broken = Unreadable(ObjectRef(api_version=API_VERSION, kind="RedLine", name="odd"), "spec.limits: no")
    other = Unreadable(ObjectRef(api_version=API_VERSION, kind="SLAContract", name="odd"), "spec: no")
    (reason,) = said(redline(), unreadable=(other, broken))
    assert reason == "RedLine odd cannot be read, so nothing is allowed: spec.limits: no"


def test_the_strictest_of_all_lines_wins_and_every_reason_is_told() -> None:
    lines = (redline("a"), redline("b", limits={"maxReplicas": 3}), redline("c", limits={"minReplicas": 5}))
    assert [each.split(":")[0] for each in refusals(plan(), (FACTS,), view(*lines))] == ["RedLine b", "RedLine c"]


@given(st.lists(st.integers(0, 10), max_size=4), st.integers(0, 10))
def test_one_more_line_never_allows_more(maxima: list[int], more: int) -> None:
    lines = [redline(f"l{number}", limits={"maxReplicas": bound}) for number, bound in enumerate(maxima)]
    before = set(refusals(plan(), (FACTS,), view(*lines)))
    after = set(refusals(plan(), (FACTS,), view(*lines, redline("more", limits={"maxReplicas": more}))))
    assert before <= after


def test_the_kill_switch_counts_whatever_its_line_applies_to() -> None:
    assert kill_switch(view(redline(), redline("x", killSwitch=True, appliesTo={"names": ["nobody"]}))) == "x"
    assert kill_switch(view(redline())) is None


@pytest.mark.parametrize("bound", ["maxConcurrent", "maxPlansPerHour"])
def test_a_bound_that_time_lifts_lets_a_plan_wait_and_refuses_nothing(bound: str) -> None:
    seen = view(redline(limits={bound: 0}))
    assert refusals(plan(), (FACTS,), seen) == ()
    assert bound in postponements(plan(), (FACTS,), seen)[0]
