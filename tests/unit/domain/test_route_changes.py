"""What a person reads of a changed policy."""

from typing import Any

from autonomic.domain.route_changes import LONGEST, changes
from autonomic.domain.routes import AdaptiveRouteSpec
from tests.unit.cycle.routing.scene import route_spec


def spec(**wanted: Any) -> AdaptiveRouteSpec:
    return AdaptiveRouteSpec.model_validate(route_spec(**wanted))


def test_a_first_policy_is_told_by_what_matters_of_it() -> None:
    assert changes(None, spec()) == (
        "algorithm EpsilonGreedy; candidates sonnet 0-1000, haiku 0-1000 of 1000; baseline sonnet;"
        " publishes to HTTPRoute llm rule 0"
    )
    assert changes(None, spec(publish=[])).endswith("publishes to no place")


def test_a_change_is_told_field_by_field_old_and_new() -> None:
    said = changes(
        spec(),
        spec(
            policy={"algorithm": "Thompson"},
            candidates=[{"name": "sonnet"}, {"name": "opus", "maxWeight": 300}],
            taskTypes=["triage", "code"],
            publish=[],
            mode="Observe",
        ),
    )
    for part in (
        "policy.algorithm EpsilonGreedy -> Thompson",
        "candidates.haiku removed (it was as by default)",
        "candidates.opus added (maxWeight 300)",
        "taskTypes triage -> triage, code",
        "publish.HTTPRoute llm rule 0 removed (it was kind HTTPRoute)",
    ):
        assert part in said.split("; ")
    assert len(said.split("; ")) == 5


def test_nothing_is_told_of_what_is_as_it_was() -> None:
    assert changes(spec(), spec(mode="Propose")) == ""


def test_a_bound_is_told_by_its_candidate() -> None:
    wider = [{"name": "sonnet", "maxWeight": 900}, {"name": "haiku", "labels": {"region": "eu"}}]
    tighter = [{"name": "sonnet", "maxWeight": 700}, {"name": "haiku", "labels": {"region": "us"}}]
    assert changes(spec(candidates=wider), spec(candidates=tighter)) == (
        "candidates.haiku.labels.region eu -> us; candidates.sonnet.maxWeight 900 -> 700"
    )


def test_a_long_change_says_how_much_of_it_is_not_shown() -> None:
    many = [{"name": f"candidate-{number}", "model": "x" * 150} for number in range(10)]
    said = changes(spec(), spec(candidates=many, baseline="candidate-0"))
    shown, _, rest = said.rpartition("; and ")
    assert len(said) < LONGEST + 40
    everything = 1 + len(many) + 2
    assert int(rest.split(" more")[0]) + len(shown.split("; ")) == everything
