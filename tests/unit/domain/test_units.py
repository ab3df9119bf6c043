"""Durations, percentages and ratios as people type them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from autonomic.domain.units import Factor, Percent, Ratio, milliseconds, seconds, span

_ONE = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}


@pytest.mark.parametrize(
    ("written", "length"),
    [
        ("28d", 2_419_200_000),
        ("5m", 300_000),
        ("1h30m", 5_400_000),
        ("500ms", 500),
        ("1w1d", 691_200_000),
        ("1m1ms", 60_001),
    ],
)
def test_a_duration_is_as_long_as_it_says(written: str, length: int) -> None:
    assert milliseconds(written) == length
    assert seconds(written) == length / 1000
    assert span(written) == timedelta(milliseconds=length)


@given(st.lists(st.integers(0, 999), min_size=6, max_size=6).filter(any))
def test_the_parts_of_a_duration_add_up(numbers: list[int]) -> None:
    parts = [(number, unit) for number, unit in zip(numbers, _ONE, strict=True) if number]
    assert milliseconds("".join(f"{number}{unit}" for number, unit in parts)) == sum(
        n * _ONE[unit] for n, unit in parts
    )


@pytest.mark.parametrize(
    "written", ["", "5", "m", "1.5h", "-5m", "5 m", "5m1h", "5M", "1h1h", "5m\n", "forever", "0s", "0h0m"]
)
def test_what_is_no_duration_is_refused_with_the_value(written: str) -> None:
    with pytest.raises(ValueError, match="duration") as refused:
        milliseconds(written)
    assert repr(written) in str(refused.value)


percent = TypeAdapter(Percent)
ratio = TypeAdapter(Ratio)
factor = TypeAdapter(Factor)


@pytest.mark.parametrize("target", ["0", "0.0", "100", "100.0", "-1", "99,5", "1e1", "", "99.5%", "NaN"])
def test_a_target_that_leaves_no_budget_or_is_no_number_is_refused(target: str) -> None:
    with pytest.raises(ValidationError):
        percent.validate_python(target)


@pytest.mark.parametrize("target", [99.5, 99, True])
def test_a_target_is_never_a_float(target: object) -> None:
    with pytest.raises(ValidationError):
        percent.validate_python(target)


def test_a_target_between_0_and_100_is_kept_as_it_was_written() -> None:
    assert percent.validate_python("99.950") == "99.950"


@pytest.mark.parametrize("share", ["1.1", "2", "-0.1", "NaN", ""])
def test_a_share_lies_between_0_and_1(share: str) -> None:
    with pytest.raises(ValidationError):
        ratio.validate_python(share)
    assert ratio.validate_python("1.0") == "1.0"


@pytest.mark.parametrize("value", ["Inf", "-1", "1e3", ""])
def test_a_factor_is_a_plain_decimal(value: str) -> None:
    with pytest.raises(ValidationError):
        factor.validate_python(value)
