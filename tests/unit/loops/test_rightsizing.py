"""From what a workload never used to a plan."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from autonomic.domain.findings import Finding
from autonomic.domain.readings import Absent, Known, Question, Reading, Several, Unknown
from autonomic.domain.view import NamespaceView, View
from autonomic.loops.rightsizing import RightsizingLoop
from tests.unit.cost.saving_plans import finished, plan
from tests.unit.domain.cost_specimens import CONFIG, budget
from tests.unit.domain.specimens import NAMESPACE, NOW, loop

WISH: dict[str, Any] = {"cpuHour": "0.04", "gibHour": "0.005"}
LOOP = RightsizingLoop()


def view(enabled: bool = True, plans: Mapping[str, Any] | None = None, **spec: Any) -> View:
    labels = {"autonomic.maestro.dev/enabled": "true"} if enabled else {}
    one = budget(**{"rightsizing": WISH, **spec})
    spaces = {NAMESPACE: NamespaceView(NAMESPACE, labels, {})}
    return View(NOW, budgets={one.key: one}, namespaces=spaces, plans=plans or {})


def several(**numbers: str) -> Several:
    return Several("ByLabel", "", {name: Known(Decimal(value)) for name, value in numbers.items()})


def replies(**changed: Reading) -> dict[str, Reading]:
    """.5 of 2 CPUs, all of its memory."""
    gib = str(1024**3)
    known: dict[str, Reading] = {
        "container_cpu_usage_seconds_total": several(app="0.5"),
        "max_over_time": several(app=gib),
        "present_over_time": several(app="1"),
        'requests{namespace="shop",pod=~"agent-[a-z0-9]{1,10}-[a-z0-9]{5}",resource="cpu"': several(app="2"),
        'requests{namespace="shop",pod=~"agent-[a-z0-9]{1,10}-[a-z0-9]{5}",resource="memory"': several(app=gib),
        "resource_limits": several(),
        "sum(rate": Known(Decimal("1")),
        "spec_replicas": Known(Decimal(2)),
    }
    return known | changed


def concluded(seen: View, known: Mapping[str, Reading]) -> tuple[Finding, ...]:
    def answer(question: Question) -> Reading:
        return [each for name, each in known.items() if name in question.expr][-1]

    asked = {question: answer(question) for question in LOOP.monitor(seen)}
    return LOOP.analyze(loop("Rightsizing", "Enforce"), seen, asked).findings


def test_what_was_never_used_is_proposed_with_what_it_saves() -> None:
    (found,) = concluded(view(), replies())
    assert found.justification == (
        "agent: the CPU request of container app is 2, never more than 500m were used in 14d; less, with 30% of headroom, saves"
        " 1.92 USD a day."
    )
    (action,) = found.permitted
    assert action.resize is not None
    assert (action.type, action.resize.percent, action.resize.least) == ("Resize", -50, "1")
    assert found.trigger.budget is not None
    assert (found.trigger.budget.rung, Decimal(found.trigger.budget.saves or "")) == ("Normal", Decimal("1.92"))


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("present_over_time", several()),
        ("present_over_time", several(other="1")),
        ("max_over_time", Unknown("QueryWarning", "partial")),
        ("container_cpu_usage_seconds_total", Several("ByLabel", "", {"app": Unknown("NotANumber", "NaN")})),
        ("spec_replicas", Absent()),
    ],
)
def test_what_is_not_known_of_the_whole_window_takes_nothing_away(name: str, reading: Reading) -> None:
    assert concluded(view(), replies(**{name: reading})) == ()


def test_nobody_is_looked_at_who_did_not_ask() -> None:
    for seen in (view(enabled=False), view(rightsizing=None), view(targetRef=CONFIG)):
        assert list(LOOP.monitor(seen)) == []
        assert concluded(seen, {}) == ()


def test_what_was_proposed_in_this_window_is_not_proposed_again() -> None:
    (found,) = concluded(view(), replies())
    waits, over = plan(found.name), plan(found.name, finished("RolledBack"))
    for before in (waits, over):
        assert concluded(view(plans={f"{NAMESPACE}/{found.name}": before}), replies()) == ()


def test_one_change_is_made_after_another() -> None:
    many = replies(**{"resource_limits": several(app="4")})
    (first,) = concluded(view(), many)
    waits, over = ({f"{NAMESPACE}/{first.name}": plan(first.name, status)} for status in (None, finished("Succeeded")))
    assert concluded(view(plans=waits), many) == ()
    (second,) = concluded(view(plans=over), many)
    assert (first.subject, second.subject) == ("app-cpu-request", "app-cpu-limit")
    assert second.justification.endswith("saves no money by itself.")


def test_questions_and_names_stay_the_same_all_day() -> None:
    used, costs = list(LOOP.monitor(view()))[:-2], list(LOOP.monitor(view()))[-2:]
    assert ({each.at.hour for each in used}, {each.at for each in costs}) == ({0}, {NOW})
    assert len({each.expr for each in used}) == 9


def test_tenants_that_share_a_server_look_at_their_own() -> None:
    shared = replace(view(), tenant_label="tenant")
    assert all('tenant="shop"' in each.expr for each in LOOP.monitor(shared))
