"""When a route's policy is asked for, and when it is not asked for again."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from autonomic.cycle.routing.adopting import ASK_AGAIN, Adoption, adoption
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.routes import ADOPTED_ANNOTATION, AdaptiveRoute
from autonomic.domain.view import NamespaceView, View
from autonomic.domain.words import ENABLED_LABEL, Mode
from tests.unit.cycle.routing.scene import route_raw
from tests.unit.domain.specimens import NAMESPACE, NOW, condition, plan

SPACE = NamespaceView(NAMESPACE, {ENABLED_LABEL: "true"}, {})


def route(generation: int = 1, adopted: AdaptiveRoute | None = None, **spec: Any) -> AdaptiveRoute:
    raw = route_raw(**spec)
    annotations = {ADOPTED_ANNOTATION: adopted.spec.bounds} if adopted else {}
    raw["metadata"] |= {"uid": "uid-triage", "generation": generation, "annotations": annotations}
    return AdaptiveRoute.read(raw)


def view(*plans: AdaptationPlan, now: datetime = NOW) -> View:
    return View(now, plans={each.key: each for each in plans}, namespaces={NAMESPACE: SPACE})


def asked(found: Adoption, end: str | None = None) -> AdaptationPlan:
    """The plan of a finding; with its end, an hour before now."""
    assert found.finding
    status = {"conditions": [condition("Finished", "True", end, "2025-01-01T11:00:00Z")]} if end else {}
    actions = [each.wire() for each in found.finding.fixed]
    return plan(found.finding.name, status, actions=actions, trigger=found.finding.trigger.wire())


def test_the_plan_of_a_policy_names_its_digest_and_this_life_of_the_route() -> None:
    wanted = route()
    finding = adoption(wanted, view()).finding
    assert finding
    (action,) = finding.fixed
    assert action.adopt_route_policy
    assert action.adopt_route_policy.bounds_digest == wanted.spec.bounds_digest
    assert action.target_ref.uid == "uid-triage"
    assert finding.mode is Mode.ENFORCE


def test_what_was_adopted_is_not_asked_for() -> None:
    found = adoption(route(adopted=route()), view())
    assert (found.truth, found.finding, found.wanted) == ("True", None, found.adopted)


def test_while_a_plan_waits_it_is_named_and_none_is_made_even_by_another_generation() -> None:
    waiting = asked(adoption(route(), view()))
    for generation in (1, 2):
        found = adoption(route(generation, mode="Propose"), view(waiting))
        assert (found.reason, found.finding) == ("AwaitingApproval", None)
        assert f"kubectl autonomic approve {waiting.metadata.name}" in found.message


@pytest.mark.parametrize("end", ["Denied", "RolledBack", "Failed", "Superseded", "Succeeded"])
def test_what_ended_is_asked_for_again_once_the_spec_is_changed_and_not_before(end: str) -> None:
    ended = asked(adoption(route(), view()), end)
    found = adoption(route(), view(ended, now=NOW + timedelta(days=30)))
    assert (found.reason, found.finding) == (end, None)
    again = adoption(route(2), view(ended))
    assert again.finding
    assert again.finding.name != ended.metadata.name


def test_what_nobody_answered_is_asked_for_again_a_day_later_under_another_name() -> None:
    expired = asked(adoption(route(), view()), "Expired")
    early = adoption(route(), view(expired, now=NOW + ASK_AGAIN - timedelta(hours=1, seconds=1)))
    assert (early.reason, early.finding) == ("Expired", None)
    late = adoption(route(), view(expired, now=NOW + ASK_AGAIN))
    assert late.finding
    assert late.finding.name != expired.metadata.name
    assert late.finding.fixed[0].wire() == expired.spec.actions[0].wire()


def test_in_observe_nothing_is_asked_for_and_in_propose_a_person_must_decide() -> None:
    assert adoption(route(mode="Observe"), view()).finding is None
    proposed = adoption(route(mode="Propose"), view()).finding
    assert proposed
    assert proposed.mode is Mode.PROPOSE
    assert adoption(route(), replace(view(), ceiling=Mode.OBSERVE)).reason == "Observe"
