"""Issues in words."""

from autonomic.domain.contracts import AlertWord
from autonomic.health.figures import Figure
from autonomic.health.issues import member_issues, member_metrics, objective_issues, objective_metrics
from autonomic.health.standing import Look, Standing, follow
from autonomic.health.subjects import Key
from tests.unit.domain.specimens import NOW


def figure(name: str, score: float, alert: AlertWord = "None", left: float = 0.0, burn: float = 0.0) -> Figure:
    return Figure("agent", name, alert, score, left, burn, since=NOW)


BLIND = Figure("agent", "latency", "Unknown", None, unknown="NoData")


def member(name: str, score: float | None) -> tuple[Key, Standing]:
    return Key("shop", "Agent", name), follow(None, Look(score, 0.0), NOW)


def test_an_issue_names_objective_figures_and_since_when() -> None:
    (issue,) = objective_issues([figure("success", 30.0, "Breach", left=0.341, burn=16.2)])
    assert (issue.about, issue.state, issue.since) == ("agent/success", "Breach", NOW)
    assert issue.message == (
        "agent/success: Breach, 34.1% of the error budget left, burning at 16.2 times what it lasts for, since"
        " 2025-01-01T12:00:00Z"
    )


def test_what_is_well_is_no_issue_and_what_keeps_it_from_being_healthy_is_one_without_an_alert() -> None:
    issues = objective_issues([figure("success", 100.0), figure("speed", 78.0, left=0.267)])
    assert [each.message for each in issues] == [
        "agent/speed: 26.7% of the error budget left, since 2025-01-01T12:00:00Z"
    ]


def test_a_group_of_an_objective_is_named() -> None:
    (issue,) = objective_issues([Figure("agent", "success", "Warning", 60.0, group="tenant=acme")])
    assert issue.about == "agent/success{tenant=acme}"


def test_at_most_five_are_shown_the_worst_first() -> None:
    issues = objective_issues([figure(f"o{at}", float(at), "Exhausted") for at in range(9, -1, -1)])
    assert [each.about for each in issues] == [f"agent/o{at}" for at in range(5)]


def test_what_is_unknown_is_shown_however_much_else_is_wrong() -> None:
    issues = objective_issues([*(figure(f"o{at}", float(at), "Exhausted") for at in range(9)), BLIND])
    assert len(issues) == 5
    assert issues[-1].message == "1 of 10 objectives Unknown, and not counted in the score: agent/latency (NoData)"


def test_of_many_unknown_ones_three_are_named() -> None:
    (issue,) = member_issues([member(f"a{at}", None) for at in range(5)])
    assert issue.message == "5 of 5 workloads Unknown, and not counted in the score: a0; a1; a2 and 2 more"


def test_a_group_tells_its_unwell_members_and_how_many_are_well() -> None:
    members = [member("web", 100.0), member("api", 60.0), member("store", 20.0), member("new", None)]
    assert [(each.about, each.state) for each in member_issues(members)] == [
        ("Agent store", "Critical"),
        ("Agent api", "Degraded"),
        ("1 of 4 workloads", "Unknown"),
    ]
    assert {each.name: each.value for each in member_metrics(members)} == {
        "Healthy": "1",
        "Degraded": "1",
        "Critical": "1",
        "Unknown": "1",
    }


def test_the_figures_behind_a_score_are_bounded() -> None:
    made = objective_metrics([figure(f"o{at}", float(at), left=0.5, burn=2.0) for at in range(50)])
    assert len(made) == 16
    assert (made[0].name, made[0].value, made[0].unit) == ("agent/o0 budget left", "50.0", "%")
