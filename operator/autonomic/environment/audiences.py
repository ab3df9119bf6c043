"""Audiences that tokens are bound to, written with commas between them."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator
from pydantic_settings import NoDecode

_LONGEST = 256
_MOST = 16


def _split(value: Any) -> Any:
    return tuple(each.strip() for each in value.split(",")) if isinstance(value, str) else value


def _printable(audiences: tuple[str, ...]) -> tuple[str, ...]:
    if len(audiences) > _MOST:
        raise ValueError(f"{len(audiences)} audiences are too many: write at most {_MOST}")
    for each in audiences:
        if not each.isascii() or not each.isprintable() or not each or " " in each or len(each) > _LONGEST:
            raise ValueError(
                f"{each[:_LONGEST]!r} is no audience: write words such as autonomic, with commas between them"
            )
    return audiences


Audiences = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split), AfterValidator(_printable)]
