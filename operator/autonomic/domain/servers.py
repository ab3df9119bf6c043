"""Metrics servers by their names: one is the default, others are asked where an object names them."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from autonomic.domain.words import ShortName

DEFAULT = "default"
"""The server that is asked where none is named."""

ServerName = Annotated[
    ShortName | None,
    Field(
        description="Name of the metrics server that is asked, as the operator's settings name it; the default if left out."
    ),
]


def unknown(field: str, name: str, known: Iterable[str]) -> str:
    """The sentence for a server that the settings do not name."""
    return (
        f"{field} is {name!r}: no metrics server has that name, the operator knows {', '.join(known)}; write one of them,"
        " leave it out for the default, or name it in the settings"
    )
