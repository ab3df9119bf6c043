"""Two plans want one target: which stands, and which comes too soon."""

from typing import Any

import pytest

from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan, FieldChange
from autonomic.domain.targets import StepFacts
from autonomic.domain.view import View
from autonomic.loops.arbitration import doubled, flapping, in_the_way, lost, opposite, outranked
from tests.unit.domain.specimens import DEPLOYMENT, NOW, condition, execution, loop, plan, target

PINNED = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent", "uid": "uid-agent"}
UNDO = {"type": "Plan", "plan": {"plan": "before", "uid": "u"}}
UP = FieldChange(path="/spec/replicas", before="2", after="4")
DOWN = FieldChange(path="/spec/replicas", before="4", after="3")


def scale(replicas: int, name: str = "agent") -> list[dict[str, Any]]:
    return [{"type": "Scale", "targetRef": {**PINNED, "name": name}, "scale": {"replicas": replicas}}]


def restart(at: str) -> list[dict[str, Any]]:
    return [{"type": "Restart", "targetRef": PINNED, "restart": {"at": at}}]


def facts(change: FieldChange = DOWN) -> tuple[StepFacts, ...]:
    return (StepFacts("Scale", target(), (change,), frozenset(), "scale"),)


def view(*plans: AdaptationPlan, **guards: Any) -> View:
    kinds = ("Reliability", "Healing", "Cost", "Custom")
    return View(
        NOW,
        plans={each.key: each for each in plans},
        loops={kind.lower(): loop(kind, guards=guards) for kind in kinds},
    )


def made(name: str, by: str, at: str = "2025-01-01T11:59:00Z", **more: Any) -> AdaptationPlan:
    """A plan of that loop, made then."""
    drawn = plan(name, controlLoop=by, **more)
    return AdaptationPlan.read(
        {**drawn.model_dump(by_alias=True, mode="json"), "metadata": {**drawn.metadata.wire(), "creationTimestamp": at}}
    )


ORDER = ["reliability", "healing", "cost", "custom"]


@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("second", range(4))
def test_of_two_loops_the_one_that_stands_first_in_the_table_wins(first: int, second: int) -> None:
    mine, other = made("mine", ORDER[first], actions=scale(3)), made("other", ORDER[second], actions=scale(4))
    assert bool(outranked(mine, view(mine, other))) == (second < first)


def test_the_loser_is_told_who_won() -> None:
    mine, other = made("save", "cost", actions=scale(1)), made("rescue", "reliability", actions=scale(4))
    assert lost(mine, facts(), view(mine, other)) == "plan rescue of loop reliability for the same target goes first"
    assert lost(other, facts(UP), view(mine, other)) is None


def test_what_a_person_asked_for_goes_before_every_loop() -> None:
    mine, other = made("undo", "cost", trigger=UNDO, actions=scale(1)), made("other", "reliability", actions=scale(4))
    assert outranked(mine, view(mine, other)) is None
    assert outranked(other, view(mine, other)) is not None


@pytest.mark.parametrize(
    "other",
    [
        made("other", "reliability", actions=scale(4, "another")),
        made("other", "reliability", status={"conditions": [condition("Finished", "True", "Denied")]}),
    ],
    ids=["another target", "finished"],
)
def test_a_plan_gives_way_only_to_what_wants_its_target_and_is_not_over(other: AdaptationPlan) -> None:
    mine = made("mine", "cost")
    assert lost(mine, facts(), view(mine, other)) is None


def test_of_equal_plans_the_first_stands_and_the_loser_is_told_its_name() -> None:
    first, second = made("b", "reliability", "2025-01-01T11:58:00Z"), made("a", "reliability")
    seen = view(first, second)
    assert doubled(first, seen) is None
    assert doubled(second, seen) == "plan b of loop reliability does the same, and one is enough"


def test_of_equal_plans_made_in_the_same_second_one_stands() -> None:
    plans = [made(name, "reliability") for name in ("a", "b", "c")]
    assert [bool(doubled(each, view(*plans))) for each in plans] == [False, True, True]


def test_of_equal_plans_the_one_in_flight_stands_however_late_it_was_made() -> None:
    waits, flies = (
        made("waits", "reliability", "2025-01-01T11:00:00Z"),
        made("flies", "healing", status={"execution": execution()}),
    )
    assert doubled(flies, view(waits, flies)) is None
    assert doubled(waits, view(waits, flies)) is not None


def test_two_restarts_are_equal_whenever_they_were_asked_for() -> None:
    one = made("a", "healing", actions=restart("2025-01-01T11:00:00Z"))
    two = made("b", "healing", actions=restart("2025-01-01T11:59:00Z"))
    assert doubled(two, view(one, two)) is not None


def test_plans_that_differ_in_a_value_are_not_equal() -> None:
    one, two = made("a", "reliability", actions=scale(4)), made("b", "reliability", actions=scale(5))
    assert doubled(two, view(one, two)) is None


def ended(
    by: str = "reliability", outcome: str = "Succeeded", at: str = "2025-01-01T11:55:00Z", change: FieldChange = UP
) -> AdaptationPlan:
    """A plan that was carried out, and ended then."""
    done = execution()
    done["steps"][0]["changes"] = [change.wire()]
    return made("before", by, status={"execution": done, "conditions": [condition("Finished", "True", outcome, at)]})


def test_the_opposite_of_what_was_just_done_is_flapping_and_is_told_until_when() -> None:
    mine = made("mine", "reliability", actions=scale(3))
    assert flapping(mine, facts(), view(ended(), mine)) == (
        "it is the opposite of plan before of loop reliability, which stands: refused as flapping until 2025-01-01 12:05:00 UTC"
    )


def test_after_the_loop_s_own_time_the_opposite_is_allowed() -> None:
    mine = made("mine", "reliability")
    assert flapping(mine, facts(), view(ended(at="2025-01-01T11:50:01Z"), mine)) is not None
    assert flapping(mine, facts(), view(ended(at="2025-01-01T11:50:00Z"), mine)) is None
    assert flapping(mine, facts(), view(ended(), mine, flapping="5m")) is None


def test_more_of_the_same_is_no_flapping() -> None:
    again = FieldChange(path="/spec/replicas", before="4", after="6")
    assert flapping(made("mine", "reliability"), facts(again), view(ended())) is None


@pytest.mark.parametrize("outcome", ["RolledBack", "Superseded", "Denied", "Expired"])
def test_what_does_not_stand_has_no_opposite(outcome: str) -> None:
    assert flapping(made("mine", "reliability"), facts(), view(ended(outcome=outcome))) is None


@pytest.mark.parametrize(("mine", "flaps"), [("reliability", False), ("healing", False), ("cost", True)])
def test_a_loop_that_goes_first_may_turn_back_what_a_later_one_did(mine: str, flaps: bool) -> None:
    assert bool(flapping(made("mine", mine), facts(), view(ended("cost")))) == flaps


def test_a_person_may_turn_back_anything() -> None:
    assert flapping(made("mine", "reliability", trigger=UNDO), facts(), view(ended())) is None


AT = ObjectRef(api_version="gateway.networking.k8s.io/v1", kind="HTTPRoute", name="web", namespace="shop")


def change(
    before: str | None, after: str | None, path: str = "/spec/rules/0/backendRefs/[name=a]/weight"
) -> FieldChange:
    return FieldChange(path=path, before=before, after=after)


@pytest.mark.parametrize(
    ("mine", "theirs", "is_opposite"),
    [
        (change("90", "100"), change("100", "80"), True),
        (change("80", "60"), change("100", "80"), False),
        (change('"10"', '"20"'), change('"20"', '"5"'), True),
        (change('"cheap"', '"strong"'), change('"strong"', '"cheap"'), True),
        (change('"cheap"', '"third"'), change('"strong"', '"cheap"'), False),
        (change("true", "false"), change("false", "true"), True),
        (change("true", None), change(None, "true"), True),
        (change('"2025-01-01"', '"2025-01-02"'), change('"2024-01-01"', '"2025-01-01"'), False),
        (change("1", "2", "/spec/a"), change("2", "1", "/spec/b"), False),
        (change('"NaN"', '"1"'), change('"1"', '"NaN"'), True),
    ],
)
def test_opposite_is_judged_on_the_field_and_its_values_alone(
    mine: FieldChange, theirs: FieldChange, is_opposite: bool
) -> None:
    assert opposite((AT, mine), (AT, theirs)) == is_opposite
    assert not opposite((AT, mine), (DEPLOYMENT, theirs))


@pytest.mark.parametrize(
    ("other", "waits"),
    [
        (made("other", "cost"), False),
        (made("other", "healing"), True),
        (made("other", "reliability"), True),
        (made("other", "cost", status={"execution": execution()}), True),
        (made("other", "reliability", actions=scale(4, "another")), False),
    ],
    ids=["later loop", "same loop", "earlier loop", "in flight", "another target"],
)
def test_a_new_plan_waits_for_all_but_what_a_later_loop_has_not_begun(other: AdaptationPlan, waits: bool) -> None:
    assert bool(in_the_way("healing", (DEPLOYMENT,), view(other))) == waits
