"""Money in words: `12.50 USD`."""

from decimal import ROUND_HALF_EVEN, Decimal

_SMALL = Decimal("0.01")


def money(amount: Decimal, currency: str) -> str:
    """To two places; less than a hundredth to two digits that say something, so that a price a task is not 0.00."""
    if amount and abs(amount) < _SMALL:
        return f"{_significant(amount)} {currency}"
    return f"{amount.quantize(_SMALL, ROUND_HALF_EVEN):f} {currency}"


def _significant(amount: Decimal) -> str:
    places = Decimal(1).scaleb(amount.adjusted() - 1)
    return f"{amount.quantize(places, ROUND_HALF_EVEN).normalize():f}"
