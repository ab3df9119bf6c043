"""What has no equivalent on the other side: named, never silently dropped."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of `document` at `path` that the other format can not say, or says otherwise; `why` is a sentence."""

    document: str
    path: str
    value: str
    why: str

    def __str__(self) -> str:
        return f"{self.document}: {self.path}: {self.value}: {self.why}"


def shown(value: Any) -> str:
    """A value in one short line."""
    text = value if isinstance(value, str) else orjson.dumps(value, default=_number).decode()
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else str(value)
