"""Units as people type them: durations as Prometheus writes them, percentages and ratios as decimal strings.

Nothing here is a float: ratios are compared by cross-multiplication of decimals, so 99.9 % means exactly that.
"""

import re
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints

_UNITS = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_DURATION = r"^([0-9]{1,5}w)?([0-9]{1,5}d)?([0-9]{1,5}h)?([0-9]{1,6}m)?([0-9]{1,7}s)?([0-9]{1,9}ms)?$"
_PART = re.compile(r"([0-9]+)(ms|[wdhms])")


@lru_cache(maxsize=4096)
def milliseconds(duration: str) -> int:
    """`1h30m` -> 5,400,000. Raises ValueError that names the value and the form wanted."""
    if not duration or not re.fullmatch(_DURATION, duration):
        raise ValueError(
            f"{duration!r} is not a duration: write whole units, largest first, such as 28d, 1h30m or 500ms"
        )
    total = sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(duration))
    if total == 0:
        raise ValueError(f"{duration!r} is zero: a duration must be longer than nothing")
    return total


def seconds(duration: str) -> float:
    """`1h30m` -> 5400.0 seconds."""
    return milliseconds(duration) / 1000


def duration(milliseconds: int) -> str:
    """5,400,000 -> `90m`: in the largest unit that keeps it whole."""
    unit = next(unit for unit, size in _UNITS.items() if milliseconds % size == 0)
    return f"{milliseconds // _UNITS[unit]}{unit}"


def span(duration: str) -> timedelta:
    """`1h30m` -> timedelta(hours=1, minutes=30)."""
    return timedelta(milliseconds=milliseconds(duration))


def _form(pattern: str, way_out: str) -> BeforeValidator:
    """Refuses what is not written so, in words; the pattern itself stays in the schema."""

    def check(value: object) -> object:
        if isinstance(value, int | float):
            raise ValueError(f"{value} is a number: write it in quotes, as a string")
        if isinstance(value, str) and not re.fullmatch(pattern, value):
            raise ValueError(f"{value!r} is not {way_out}")
        return value

    return BeforeValidator(check)


def _duration(value: str) -> str:
    milliseconds(value)
    return value


def _target(value: str) -> str:
    if not Decimal(0) < Decimal(value) < Decimal(100):
        raise ValueError(
            f"{value!r} leaves no error budget: a target lies between 0 and 100, both excluded, such as 99.5"
        )
    return value


Duration = Annotated[
    str,
    StringConstraints(min_length=2, max_length=32, pattern=_DURATION),
    AfterValidator(_duration),
    _form(_DURATION, "a duration: write whole units, largest first, such as 28d, 1h30m or 500ms"),
]
"""A time span as Prometheus writes it: `28d`, `5m`, `1h30m`, `500ms`; never zero."""

_PERCENT = r"^[0-9]{1,2}(\.[0-9]{1,8})?$"
Percent = Annotated[
    str,
    StringConstraints(min_length=1, max_length=12, pattern=_PERCENT),
    AfterValidator(_target),
    _form(_PERCENT, "a target: write a decimal between 0 and 100, both excluded, such as 99.5"),
]
"""An SLO target in percent, `0 < target < 100`, as a decimal string: `99.5`."""

Ratio = Annotated[str, StringConstraints(min_length=1, max_length=12, pattern=r"^(0(\.[0-9]{1,9})?|1(\.0{1,9})?)$")]
"""A share from 0 to 1 as a decimal string: `0.5`."""

_DECIMAL = r"^-?[0-9]{1,12}(\.[0-9]{1,9})?$"
DecimalString = Annotated[
    str,
    StringConstraints(min_length=1, max_length=24, pattern=_DECIMAL),
    _form(_DECIMAL, "a decimal: write digits, without exponent or unit, such as 0.05"),
]
"""A signed number as a decimal string: `0.05`."""

_FACTOR = r"^[0-9]{1,5}(\.[0-9]{1,5})?$"
Factor = Annotated[
    str,
    StringConstraints(min_length=1, max_length=12, pattern=_FACTOR),
    _form(_FACTOR, "a factor: write a decimal above 0, such as 13.44"),
]
"""A burn-rate factor as a decimal string: `13.44`."""
