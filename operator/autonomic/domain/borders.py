"""The borders of a classic histogram's buckets, in every spelling that a store may have."""

import re
from decimal import Decimal

from autonomic.domain.promql import Matcher, Selector

BUCKET = "_bucket"
"""Ends the name of a classic histogram's buckets."""

_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


def border(bound: Decimal) -> Matcher:
    """The matcher of one bucket, in every spelling of its border.

    Prometheus 3 stores `1` as `1.0` and `1000000` as `1e+06`; before, and in other stores, it is as it was exposed.
    """
    spellings = spelt(bound)
    if len(spellings) == 1:
        return Matcher("le", "=", spellings[0])
    return Matcher("le", "=~", "|".join(re.escape(each) for each in spellings))


def bound_of(bucket: Selector) -> Decimal | None:
    """The bound whose `border` the selector of a bucket has; None for any other selector."""
    for each in bucket.matchers:
        first = each.value.split("|")[0].replace("\\", "")
        if each.label == "le" and bucket.metric.endswith(BUCKET) and _NUMBER.fullmatch(first):
            return Decimal(first) if border(Decimal(first)) == each else None
    return None


def plain(number: Decimal) -> str:
    """1E+1 -> `10`, 0.50 -> `0.5`: no exponent, no zeros that say nothing."""
    return format(number.normalize(), "f")


def spelt(bound: Decimal) -> tuple[str, ...]:
    """How a border may be written: `0.8`; `1` and `1.0`; `1000000`, `1000000.0` and `1e+06`."""
    number = plain(bound)
    written = (number,) if "." in number else (number, f"{number}.0")
    exponent = bound.adjusted()
    if -5 < exponent < 6:
        return written
    mantissa = plain(bound.scaleb(-exponent))
    return (*written, f"{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}")
