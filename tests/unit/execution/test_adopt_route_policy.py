"""AdoptRoutePolicy: what it objects to, and what it writes down."""

import json
from typing import Any

import pytest

from autonomic.cycle.compose import step_facts
from autonomic.domain.actions import Action, PermittedAction
from autonomic.domain.meta import ObjectRef
from autonomic.domain.routes import ADOPTED_ANNOTATION, AdaptiveRoute
from autonomic.domain.targets import Target
from autonomic.domain.words import ACCESS_CONTROL_LABEL, API_VERSION
from autonomic.execution.actions import BUILT_IN
from tests.unit.cycle.routing.scene import route_raw

KIND = BUILT_IN["AdoptRoutePolicy"]
PATH = f"/metadata/annotations/{ADOPTED_ANNOTATION.replace('/', '~1')}"


def target(adopted: dict[str, Any] | None = None, labels: dict[str, str] | None = None, **spec: Any) -> Target:
    raw = route_raw(**spec)
    notes = {ADOPTED_ANNOTATION: AdaptiveRoute.read(route_raw(**adopted)).spec.bounds} if adopted is not None else {}
    raw["metadata"] |= {"uid": "it", "resourceVersion": "1", "annotations": notes, "labels": labels or {}}
    return Target(AdaptiveRoute.read(raw).ref, raw)


def action(**spec: Any) -> Action:
    digest = AdaptiveRoute.read(route_raw(**spec)).spec.bounds_digest
    ref = {"apiVersion": API_VERSION, "kind": "AdaptiveRoute", "name": "triage", "uid": "it"}
    wire = {"type": "AdoptRoutePolicy", "targetRef": ref, "adoptRoutePolicy": {"boundsDigest": digest}}
    return Action.model_validate(wire)


def test_what_the_spec_says_is_written_down_but_its_mode() -> None:
    (change,) = KIND.changes(action(), target())
    assert (change.path, change.before) == (PATH, None)
    written = json.loads(json.loads(change.after or ""))
    assert "mode" not in written
    assert written["baseline"] == "sonnet"
    assert KIND.changes(action(), target(adopted={"mode": "Observe"})) == ()


def test_it_says_what_is_new() -> None:
    changed = target(adopted={}, baseline="haiku")
    assert KIND.describe(action(baseline="haiku"), changed) == "adopt the policy (baseline sonnet -> haiku)"


def test_another_spec_than_was_asked_for_is_not_adopted() -> None:
    said = KIND.objection(action(), target(baseline="haiku"))
    assert said is not None
    assert "the spec of AdaptiveRoute shop/triage changed since" in said
    assert KIND.objection(action(), target(mode="Propose")) is None


def test_more_than_a_plan_can_record_is_not_adopted() -> None:
    labels = {f"label-{number}": "x" * 60 for number in range(16)}
    many: list[dict[str, Any]] = [{"name": f"candidate-{at}", "labels": labels, "model": '"' * 250} for at in range(10)]
    wanted: dict[str, Any] = {"candidates": many, "baseline": "candidate-0", "publish": places(8)}
    assert KIND.objection(action(**wanted), target(**wanted)) is None
    longer = {**wanted, "candidates": [{**each, "labels": {f"{'k' * 50}/{name}": value for name, value in labels.items()}}
                                       for each in many]}  # fmt: skip
    said = KIND.objection(action(**longer), target(**longer))
    assert said is not None
    assert "shorten labels" in said


def places(count: int) -> list[dict[str, Any]]:
    return [{"kind": "HTTPRoute", "name": f"{'n' * 200}-{number}"} for number in range(count)]


@pytest.mark.parametrize(
    "ref",
    [
        ObjectRef(api_version="v1", kind="ConfigMap", name="triage", namespace="shop"),
        ObjectRef(api_version=API_VERSION, kind="CostBudget", name="triage", namespace="shop"),
    ],
    ids=lambda each: each.kind,
)
def test_nothing_else_has_a_policy(ref: ObjectRef) -> None:
    raw = {"apiVersion": ref.api_version, "kind": ref.kind, "metadata": {"name": "triage", "uid": "it"}}
    (facts,) = step_facts((action(),), (Target(ref, raw),), BUILT_IN)
    assert "acts on AdaptiveRoutes that can be read" in (facts.objection or "")
    assert facts.changes == ()


def test_a_route_that_this_version_can_not_read_adopts_nothing() -> None:
    seen = target()
    unread = Target(seen.ref, {**seen.raw, "spec": {**seen.raw["spec"], "later": True}})
    assert "that can be read" in (KIND.objection(action(), unread) or "")


def test_its_labels_say_what_it_decides() -> None:
    assert KIND.effects(action(), target(labels={ACCESS_CONTROL_LABEL: "true"})) == {"GrantAdminAccess"}


def test_no_contract_and_no_playbook_can_ask_for_it() -> None:
    assert "AdoptRoutePolicy" not in PermittedAction.types()
