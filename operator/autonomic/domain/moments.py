"""Moments as people and programs write them: a date and a time with an offset, never a bare number."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

_SAY = "write a time with its offset, such as 2026-11-23T08:00:00Z"


def _written(value: object, read: ValidatorFunctionWrapHandler) -> datetime:
    """A number would be taken for seconds since 1970, or milliseconds, which nobody says."""
    bare = isinstance(value, int | float) or (
        isinstance(value, str) and value.strip().lstrip("+-").replace(".", "", 1).isdigit()
    )
    if bare:
        raise ValueError(_SAY)
    try:
        found: datetime = read(value)
    except ValidationError:
        raise ValueError(_SAY) from None
    return found


Moment = Annotated[AwareDatetime, WrapValidator(_written)]
"""A time with its offset from UTC."""
