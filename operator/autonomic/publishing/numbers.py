"""Numbers as PromQL writes them: plain decimals, never the nearest binary fraction."""

from decimal import Decimal

from autonomic.domain.units import milliseconds


def number(value: Decimal | str | int) -> str:
    """`Decimal("0.0050")` -> `0.005`; no exponent, no trailing zeros."""
    text = format(Decimal(value), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_seconds(duration: str) -> str:
    """`1h` -> `3600`, `500ms` -> `0.5`."""
    return number(Decimal(milliseconds(duration)) / 1000)


def percent(ratio: Decimal) -> str:
    """`Decimal("0.005")` -> `0.5%`."""
    return f"{number(ratio * 100)}%"
