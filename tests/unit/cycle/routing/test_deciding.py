"""Deciding and telling, in process: by the weights in force, joined by the decision's id, each told once."""

import pytest

from autonomic.cycle.routing import open_decisions
from autonomic.cycle.routing.desk import in_force
from autonomic.cycle.routing.refusals import (
    AbsurdOutcome,
    NoCandidate,
    SecondOutcome,
    UnknownDecision,
    UnknownRoute,
    UnknownTaskType,
)
from autonomic.domain.candidates import Constraints
from autonomic.domain.routes import AdaptiveRoute
from tests.unit.cycle.routing.scene import KEY, ROUTE, Scene, route_raw, scene
from tests.unit.domain.specimens import NAMESPACE

CANDIDATES = [
    {"name": "sonnet", "labels": {"region": "eu"}, "contextLength": 200_000},
    {"name": "haiku", "contextLength": 100_000},
]


@pytest.fixture
async def world() -> Scene:
    """The route at work, with a third of the tasks for the second candidate."""
    found = await scene({"candidates": CANDIDATES})
    await found.turn()
    found.service.desks[KEY].weights["triage"] = in_force({"sonnet": 750, "haiku": 250}, "as a test says")
    return found


def results(world: Scene) -> dict[tuple[str, str], int]:
    return dict(world.service.desks[KEY].learners["triage"].results)


async def test_decisions_follow_the_weights_and_say_how_likely_they_were(world: Scene) -> None:
    made = [world.service.decide(NAMESPACE, "triage", "triage") for _ in range(4000)]
    chosen = [each for each in made if each.candidate == "haiku"]
    assert 850 < len(chosen) < 1150  # four standard deviations are 110
    assert {(each.candidate, each.propensity, each.explored) for each in made} == {
        ("sonnet", 0.75, False),
        ("haiku", 0.25, True),
    }
    assert len({each.decision_id for each in made}) == 4000


async def test_an_unknown_route_or_task_type_is_named(world: Scene) -> None:
    with pytest.raises(UnknownRoute, match="shop/other"):
        world.service.decide(NAMESPACE, "other", "triage")
    with pytest.raises(UnknownTaskType, match=r"'poetry' is none of AdaptiveRoute shop/triage: it knows triage"):
        world.service.decide(NAMESPACE, "triage", "poetry")


async def test_a_task_with_demands_goes_to_who_holds_them(world: Scene) -> None:
    eu = Constraints(labels={"region": "eu"})
    made = [world.service.decide(NAMESPACE, "triage", "triage", eu) for _ in range(50)]
    assert {(each.candidate, each.propensity) for each in made} == {("sonnet", 1.0)}


async def test_where_nobody_holds_the_demands_each_has_its_reason(world: Scene) -> None:
    with pytest.raises(NoCandidate) as refused:
        world.service.decide(NAMESPACE, "triage", "triage", Constraints(context_length=500_000))
    assert set(refused.value.reasons) == {"sonnet", "haiku"}
    assert "its context holds 200000 tokens, 500000 are needed" in str(refused.value)


async def test_the_baseline_stands_in_where_the_route_says_so() -> None:
    world = await scene({"safety": {"noCandidate": "Baseline"}})
    await world.turn()
    made = world.service.decide(NAMESPACE, "triage", "triage", Constraints(labels={"region": "eu"}))
    assert made.candidate == "sonnet"


async def test_an_outcome_is_learnt_once(world: Scene) -> None:
    made = world.service.decide(NAMESPACE, "triage", "triage")
    assert world.service.outcome(made.decision_id, True, 1.5, 0.01, True)
    with pytest.raises(SecondOutcome, match="tell each once"):
        world.service.outcome(made.decision_id, False)
    assert results(world) == {(made.candidate, "success"): 1}


@pytest.mark.parametrize("told", ["", "m", "m-1-zz", "m-9-1", "x-1-1", "m-1-999"])
async def test_a_decision_that_was_never_made_is_unknown(world: Scene, told: str) -> None:
    with pytest.raises(UnknownDecision):
        world.service.outcome(told, True)


async def test_a_decision_of_one_route_is_not_told_of_under_another(world: Scene) -> None:
    made = world.service.decide(NAMESPACE, "triage", "triage")
    with pytest.raises(UnknownDecision):
        world.service.outcome(made.decision_id, True, route="elsewhere/triage")
    assert world.service.outcome(made.decision_id, True, route=KEY)


@pytest.mark.parametrize(
    ("latency", "cost"),
    [(-1, None), (float("nan"), None), (1e6, None), (None, -0.1), (None, float("inf")), (None, 1e9)],
)
async def test_an_absurd_figure_is_refused_and_the_decision_stays_open(
    world: Scene, latency: float | None, cost: float | None
) -> None:
    made = world.service.decide(NAMESPACE, "triage", "triage")
    with pytest.raises(AbsurdOutcome, match="latency" if cost is None else "cost"):
        world.service.outcome(made.decision_id, True, latency, cost)
    assert world.service.outcome(made.decision_id, True)


async def test_what_nobody_can_tell_is_unknown_and_never_a_failure(world: Scene) -> None:
    told = world.service.decide(NAMESPACE, "triage", "triage")
    assert not world.service.outcome(told.decision_id, None)
    late = world.service.decide(NAMESPACE, "triage", "triage")
    await world.turn(601)
    assert {result for _, result in results(world)} == {"unknown"}
    assert sum(results(world).values()) == 2
    with pytest.raises(UnknownDecision, match="it expired"):
        world.service.outcome(late.decision_id, True)


async def test_decisions_that_nobody_tells_of_take_no_more_memory_than_there_is(
    world: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_decisions, "MOST_OPEN", 10)
    for _ in range(25):
        world.service.decide(NAMESPACE, "triage", "triage")
    assert len(world.service.desks[KEY].awaited) == 10
    assert sum(results(world).values()) == 15


async def test_a_candidate_that_was_taken_out_meanwhile_is_not_learnt_about(world: Scene) -> None:
    made = next(
        each for each in iter(lambda: world.service.decide(NAMESPACE, "triage", "triage"), None) if each.explored
    )
    raw = await world.cluster.get(ROUTE)
    raw["spec"]["candidates"] = [{"name": "sonnet"}, {"name": "opus"}]
    desk = world.service.keep(AdaptiveRoute.read(raw))
    assert not world.service.outcome(made.decision_id, True)
    assert dict(desk.weights["triage"].weights) == {"sonnet": 1000}


async def test_a_route_that_was_made_anew_knows_nothing_of_the_old_ones_decisions(world: Scene) -> None:
    made = world.service.decide(NAMESPACE, "triage", "triage")
    raw = route_raw()
    raw["metadata"] |= {"uid": "another"}
    world.service.keep(AdaptiveRoute.read(raw))
    with pytest.raises(UnknownDecision):
        world.service.outcome(made.decision_id, True)


async def test_an_epochs_outcomes_wake_the_route_once(world: Scene) -> None:
    for _ in range(60):
        made = world.service.decide(NAMESPACE, "triage", "triage")
        world.service.outcome(made.decision_id, True)
    assert world.woken == [KEY]


@pytest.mark.parametrize("year", [2000, 2100])
async def test_a_clock_that_jumps_expires_nothing(world: Scene, monkeypatch: pytest.MonkeyPatch, year: int) -> None:
    made = world.service.decide(NAMESPACE, "triage", "triage")
    jumped = world.clock.now().replace(year=year)
    monkeypatch.setattr(world.clock, "now", lambda: jumped)
    world.service.expire(world.service.desks[KEY])
    assert world.service.outcome(made.decision_id, True)


@pytest.mark.parametrize(
    "told", [{"sonnet": 700, "haiku": 200}, {"sonnet": 700, "opus": 300}, {"sonnet": 0, "haiku": 0}]
)
async def test_weights_in_a_status_that_do_not_sum_or_are_of_another_are_not_taken_up(
    world: Scene, told: dict[str, int]
) -> None:
    raw = await world.cluster.get(ROUTE)
    shares = [{"taskType": "triage", "candidate": name, "published": share} for name, share in told.items()]
    raw["status"]["weights"] = [{**each, "desired": 0, "baseline": 0} for each in shares]
    world.service.forget(KEY)
    desk = world.service.keep(AdaptiveRoute.read(raw))
    assert dict(desk.weights["triage"].weights) == {"sonnet": 1000}
