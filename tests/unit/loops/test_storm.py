"""The storm breaker: when nothing new is begun, and for how long."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from autonomic.domain.contracts import SLAContract
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.loops.storm import storming, unwell, weather
from tests.unit.domain.specimens import NOW, condition, contract_raw, loop_raw, namespace, playbook_raw


def ref(name: str) -> dict[str, str]:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}


def view(ill: int, well: int, level: str = "Breach", **more: Any) -> View:
    """That many workloads whose contract shows the level, and others without an alert."""
    found = {}
    for number in range(ill + well):
        alert = level if number < ill else "None"
        seen = {"name": "success", "sli": "1%", "budgetRemaining": "1%", "alert": alert}
        held = SLAContract.read(
            contract_raw(f"c{number}", targetRef=ref(f"w{number}")) | {"status": {"objectives": [seen]}}
        )
        found[held.key] = held
    return View(**{"now": NOW, "contracts": found, "namespaces": {"shop": namespace()}, **more})


def breaker(state: tuple[str, str] | None = None, **storm: Any) -> ControlLoopResource:
    """A loop whose condition Storm has that status since that time."""
    said = [condition("Storm", state[0], "Told", state[1])] if state else []
    return ControlLoopResource.read(loop_raw(guards={"storm": storm}) | {"status": {"conditions": said}})


@pytest.mark.parametrize(
    ("ill", "well", "storms"), [(5, 4, True), (5, 5, False), (4, 0, False), (6, 5, True), (0, 10, False)]
)
def test_more_than_the_share_and_not_only_a_few_are_a_storm(ill: int, well: int, storms: bool) -> None:
    assert bool(storming(breaker(), view(ill, well))) == storms


def test_the_loop_says_what_a_storm_is() -> None:
    assert storming(breaker(share="0.1", least=2), view(2, 8)) is not None
    assert storming(breaker(share="0.1", least=3), view(2, 8)) is None
    assert storming(breaker(share="1", least=1), view(9, 0)) is None


def test_contracts_about_one_workload_make_it_no_more_than_one_of_those_that_are_governed() -> None:
    """Ten contracts burn, all about one workload of two: that is half of them, and no storm; of one it is all."""
    held = {
        each.key: each.model_copy(
            update={
                "spec": each.spec.model_copy(
                    update={"target_ref": each.spec.target_ref.model_copy(update={"name": "w"})}
                )
            }
        )
        for each in view(10, 0).contracts.values()
    }
    well = next(iter(view(0, 1).contracts.values()))
    assert storming(breaker(least=1), view(0, 0, contracts=held)) is not None
    assert storming(breaker(least=1), view(0, 0, contracts={**held, "shop/well": well})) is None


@pytest.mark.parametrize("share", ["0.1", "0.5", "0.89"])
def test_a_share_is_exceeded_by_one_more_than_it_allows(share: str) -> None:
    most = int(Decimal(share) * 100)
    assert storming(breaker(share=share, least=1), view(most, 100 - most)) is None
    assert storming(breaker(share=share, least=1), view(most + 1, 99 - most)) is not None


@pytest.mark.parametrize("level", ["Exhausted", "Breach"])
def test_what_is_in_breach_or_exhausted_is_unwell(level: str) -> None:
    assert unwell(view(3, 2, level)) == (3, 5)


@pytest.mark.parametrize("level", ["Warning", "Unknown", "None"])
def test_what_warns_or_is_not_known_is_not_unwell(level: str) -> None:
    assert unwell(view(3, 2, level)) == (0, 5)


def book(name: str, triggered: str) -> SelfHealingPlaybook:
    raw = playbook_raw(name, target={"ref": ref("w0")})
    return SelfHealingPlaybook.read(raw | {"status": {"conditions": [condition("Triggered", triggered)]}})


def test_a_workload_is_counted_once_however_many_say_that_it_is_unwell() -> None:
    books = {each.key: each for each in (book("a", "True"), book("b", "False"))}
    assert unwell(view(1, 1, playbooks=books)) == (1, 2)
    assert unwell(view(0, 2, playbooks=books)) == (1, 2)


def test_a_target_that_a_signal_names_is_unwell_where_it_is_governed_and_else_no_part_of_the_share() -> None:
    failed = {"name": "failed", "type": "Signal", "signal": {"type": "TaskFailureCount"}}
    named = {"fromSignal": {"label": "deployment", "kind": "Deployment"}}
    ill = [{"target": name, "since": "2025-01-01T11:59:00Z"} for name in ("w1", "unknown")]
    raw = playbook_raw("named", target=named, triggers=[failed]) | {"status": {"incidents": ill}}
    books = {"shop/named": SelfHealingPlaybook.read(raw)}
    assert unwell(view(1, 3, playbooks=books)) == (2, 4)


def test_workloads_of_namespaces_that_have_not_opted_in_are_not_counted() -> None:
    assert unwell(view(6, 0, namespaces={})) == (0, 0)


@pytest.mark.parametrize(
    ("before", "status", "reason"),
    [
        (None, Truth.FALSE, "Calm"),
        (("False", "2025-01-01T11:00:00Z"), Truth.FALSE, "Calm"),
        (("True", "2025-01-01T11:00:00Z"), Truth.UNKNOWN, "CalmingDown"),
        (("Unknown", "2025-01-01T11:55:01Z"), Truth.UNKNOWN, "CalmingDown"),
        (("Unknown", "2025-01-01T11:55:00Z"), Truth.FALSE, "Calm"),
    ],
)
def test_after_a_storm_it_must_be_calm_for_a_while(before: tuple[str, str] | None, status: Truth, reason: str) -> None:
    _, now, why, _ = weather(breaker(before), view(0, 10))
    assert (now, why) == (status, reason)
    assert bool(storming(breaker(before), view(0, 10))) == (status is not Truth.FALSE)


def test_a_storm_that_comes_back_while_it_calms_down_is_a_storm() -> None:
    _, status, _, _ = weather(breaker(("Unknown", "2025-01-01T11:59:00Z")), view(9, 1))
    assert status is Truth.TRUE


def test_a_standing_storm_says_the_same_though_its_figures_move() -> None:
    assert weather(breaker(), view(9, 1)) == weather(breaker(), view(8, 2, now=NOW + timedelta(minutes=1)))
