"""What was never used, and what taking it away saves; calculated by hand."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from autonomic.cost.rightsizing import Fewer, Smaller, missing, proposals
from autonomic.cost.usage import Given, Usage
from autonomic.domain.actions import Action
from autonomic.domain.spending import Rightsizing

GIB = Decimal(1024**3)
HEADROOM = Decimal("0.3")


def given(resource: str, used: str, request: str | None = None, limit: str | None = None) -> Given:
    """Of the container app; CPUs, or GiB."""
    unit = GIB if resource == "Memory" else Decimal(1)
    amounts = (None if each is None else Decimal(each) * unit for each in (request, limit))
    return Given("app", resource, Decimal(used) * unit, *amounts)


def usage(*each: Given, replicas: int = 2, busiest: str = "100") -> Usage:
    """A CPU costs .04 an hour, a GiB .005."""
    return Usage(each, replicas, Decimal(busiest), Decimal("0.04"), Decimal("0.005"))


def smaller(*each: Given, **more: Any) -> list[tuple[str, int, str, Decimal]]:
    found = proposals(usage(*each, **more), HEADROOM)
    assert all(isinstance(one, Smaller) for one in found)
    return [(one.about, one.percent, one.least, one.daily) for one in found if isinstance(one, Smaller)]


def test_a_request_is_right_at_what_was_used_with_headroom() -> None:
    # .6 x 1.3 = .78 of 1 CPU: 22 % less, of .04 an hour in 2 replicas
    assert smaller(given("Cpu", "0.6", "1")) == [("app-cpu-request", -22, "780m", Decimal("0.4224"))]


def test_one_plan_takes_no_more_than_half() -> None:
    assert smaller(given("Memory", "0.1", "4")) == [("app-memory-request", -50, "2Gi", Decimal("0.48"))]


def test_little_is_left_as_it_is() -> None:
    assert smaller(given("Cpu", "0.7", "1")) == []
    assert smaller(given("Cpu", "0", "0.01"), given("Memory", "0", "0.03125")) == []


def test_a_limit_saves_no_money_and_stays_at_or_above_its_request() -> None:
    found = smaller(given("Memory", "1.5", "2", "3"), given("Cpu", "0.1", None, "4"))
    assert found == [("app-cpu-limit", -50, "2", Decimal(0)), ("app-memory-limit", -33, "2058Mi", Decimal(0))]


def test_what_saves_most_comes_first() -> None:
    found = smaller(given("Memory", "0.1", "4"), given("Cpu", "0.1", "4", "4"))
    assert [about for about, *_ in found] == ["app-cpu-request", "app-memory-request"]


def test_replicas_are_counted_once_their_requests_are_right() -> None:
    (found,) = proposals(
        usage(given("Cpu", "0.8", "1"), given("Memory", "1.6", "2"), replicas=10, busiest="3"), HEADROOM
    )
    # 3 x 1.3 = 3.9 CPUs: 4 replicas of 1 CPU and 2 GiB; 6 less
    assert found == Fewer(10, 4, Decimal("7.2"), "3 CPU")


@pytest.mark.parametrize(("replicas", "busiest"), [(2, "0"), (1, "0"), (4, "3")])
def test_what_one_failure_would_take_away_stays(replicas: int, busiest: str) -> None:
    assert proposals(usage(given("Cpu", "0.8", "1"), replicas=replicas, busiest=busiest), HEADROOM) == ()


def test_without_a_request_nobody_knows_what_a_replica_holds() -> None:
    assert proposals(usage(given("Cpu", "0.8"), replicas=10, busiest="0.1"), HEADROOM) == ()


@pytest.mark.parametrize(
    ("wrong", "told"), [({"window": "1h"}, "between 1d and 30d"), ({"cpuHour": "1"}, "or neither")]
)
def test_settings_that_make_no_sense_are_refused_with_the_way_out(wrong: dict[str, str], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Rightsizing.model_validate(wrong)


def taken(**action: Any) -> Action:
    """What a plan fixed."""
    ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent", "uid": "u"}
    return Action.model_validate({"targetRef": ref, **action})


def resized(what: str, quantity: str, resource: str = "Cpu", container: str = "app") -> Action:
    """A request or a limit."""
    wish = {"container": container, "resource": resource, "what": what, "quantity": quantity}
    return taken(type="Resize", resize=wish)


def scaled(replicas: int) -> Action:
    """Replicas."""
    return taken(type="Scale", scale={"replicas": replicas})


@pytest.mark.parametrize(
    ("action", "used", "wanted"),
    [
        (resized("Request", "1"), given("Cpu", "0.86", "1"), False),  # .86 x 1.15 = .989
        (resized("Request", "1"), given("Cpu", "0.88", "1"), True),  # 1.012
        (resized("Limit", "1"), given("Cpu", "0.88", None, "1"), True),
        (resized("Request", "1Gi", "Memory"), given("Memory", "0.9", "1"), True),
        (resized("Request", "1", container="other"), given("Cpu", "9", "1"), False),
        (scaled(2), given("Cpu", "0.5", "1"), False),  # 1.7 x 1.15 = 1.955 of 1 each
        (scaled(1), given("Cpu", "0.5", "1"), True),
        (scaled(1), given("Cpu", "0.5"), False),
    ],
)
def test_what_was_taken_is_missed_once_half_of_its_headroom_is_used_up(
    action: Action, used: Given, wanted: bool
) -> None:
    assert (missing(action, usage(used, busiest="1.7"), HEADROOM) is not None) is wanted
