"""The borders of a classic histogram's buckets, in every spelling that a store may have."""

from decimal import Decimal

_EXPONENT = 6
"""From a million on, Prometheus 3 writes `1e+06`."""


def border(bound: str) -> str:
    """The matcher of the bucket: `le="0.5"`; for whole numbers also as `1.0`, and from a million on as `1e+06`."""
    number = Decimal(bound).normalize()
    text = format(number, "f")
    if "." in text and number.adjusted() < _EXPONENT:
        return f'le="{text}"'
    spellings = [text.replace(".", r"\\.") if "." in text else rf"{text}(\\.0)?"]
    if (exponent := number.adjusted()) >= _EXPONENT:
        mantissa = format(number.scaleb(-exponent).normalize(), "f").replace(".", r"\\.")
        spellings.append(rf"{mantissa}e\\+{exponent:02}")
    return f'le=~"{"|".join(spellings)}"'
