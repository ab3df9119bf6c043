"""Moments as people and programs write them: a date and a time with an offset, never a bare number."""

from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator


def _written(value: object) -> object:
    """A number would be taken for seconds since 1970, or milliseconds, which nobody says."""
    bare = isinstance(value, int | float) or (
        isinstance(value, str) and value.strip().lstrip("+-").replace(".", "", 1).isdigit()
    )
    if bare:
        raise ValueError("write a time with its offset, such as 2026-11-23T08:00:00Z")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_written)]
"""A time with its offset from UTC."""
