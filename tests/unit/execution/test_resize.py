"""Resize: only what is set, in steps of a half to a double, up to what the owner wrote on the workload."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.actions import PermittedAction, Resize
from autonomic.domain.quantities import cpu, memory, quantity
from autonomic.domain.targets import Target
from autonomic.execution.action import Declined
from tests.contract.actions.row import noted
from tests.contract.actions.workloads import deployment, sized
from tests.unit.execution.samples import KINDS, fixed, placed, target_of

RESIZE = KINDS["Resize"]


def of(memory: str = "512Mi", **most: str) -> Target:
    """A Deployment with that limit, which may be resized up to `most`."""
    return target_of(placed(sized(deployment("it", annotations=noted(**(most or {"max_memory": "4Gi"}))), memory)))


def wish(**more: object) -> dict[str, object]:
    """An owner's wish: half as much again, by default."""
    return {"type": "Resize", "resize": {"container": "app", "percent": 50, "most": "2Gi", **more}}


def said(target: Target, quantity: str, **more: object) -> str | None:
    """What is objected to that quantity."""
    resize = {"container": "app", "resource": "Memory", "what": "Limit", "quantity": quantity, **more}
    action = fixed(wish(), target)
    return RESIZE.objection(action.model_copy(update={"resize": Resize.model_validate(resize)}), target)


@pytest.mark.parametrize(
    ("now", "percent", "wanted"),
    [
        ("512Mi", 50, "768Mi"),
        ("512Mi", 100, "1Gi"),
        ("1Gi", 50, "1536Mi"),
        ("1800Mi", 50, "2Gi"),
        ("500M", 10, "524Mi"),
    ],
)
def test_it_moves_by_a_share_up_to_the_most(now: str, percent: int, wanted: str) -> None:
    action = fixed(wish(percent=percent), of(now))
    assert action.resize is not None
    assert action.resize.quantity == wanted


def test_cpu_is_counted_in_thousandths() -> None:
    action = fixed(wish(resource="Cpu", most="4"), of(max_cpu="4"))
    assert action.resize is not None
    assert action.resize.quantity == "1500m"


@pytest.mark.parametrize(
    ("more", "why"), [({"most": "512Mi"}, "at its bound"), ({"what": "Request", "resource": "Cpu"}, "sets no")]
)
def test_what_would_change_nothing_is_declined(more: dict[str, object], why: str) -> None:
    with pytest.raises(Declined, match=why):
        RESIZE.fix(PermittedAction.model_validate(wish(**more)), of(), "mark")


@pytest.mark.parametrize(
    ("quantity", "why"),
    [("1025Mi", "more than twice"), ("255Mi", "or less than half"), ("5Gi", "above 4Gi"), ("768Mi", "")],
)
def test_a_step_is_at_most_a_double_or_a_half_and_never_above_what_the_owner_wrote(quantity: str, why: str) -> None:
    assert (why in str(said(of(), quantity))) if why else said(of(), quantity) is None


def test_a_limit_never_falls_below_its_request_nor_a_request_rises_above_its_limit() -> None:
    low = of("400Mi")
    assert "would cross its memory request, 256Mi" in str(said(low, "200Mi"))
    assert "would cross its memory limit, 400Mi" in str(said(low, "500Mi", what="Request"))


def test_without_the_owner_s_word_nothing_is_resized() -> None:
    assert "its annotation autonomic.maestro.dev/max-memory holds no quantity" in str(said(of(max_cpu="4"), "768Mi"))


def test_the_same_quantity_in_other_words_is_no_change() -> None:
    target = of("1024Mi")
    action = fixed(wish(percent=10), target)
    same = action.resize.model_copy(update={"quantity": "1Gi"}) if action.resize else None
    assert RESIZE.changes(action.model_copy(update={"resize": same}), target) == ()


@given(st.integers(1, 2**50))
def test_a_quantity_that_is_written_is_read_back_rounded_down_by_less_than_one_unit(amount: int) -> None:
    read = quantity(memory(Decimal(amount)))
    assert read is not None
    assert read == max(1, amount // 1024**2) * 1024**2
    assert quantity(cpu(Decimal(amount) / 1000)) == Decimal(amount) / 1000


@pytest.mark.parametrize(
    ("text", "bytes_"), [("1.5Gi", 1610612736), ("1k", 1000), ("0", 0), ("1e3", None), ("-1", None), ("", None)]
)
def test_a_quantity_is_read_exactly_or_not_at_all(text: str, bytes_: int | None) -> None:
    assert quantity(text) == bytes_
