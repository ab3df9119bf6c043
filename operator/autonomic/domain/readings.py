"""A question to the metrics store, and what came back: a number, nothing, or no answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from autonomic.domain.servers import DEFAULT


@dataclass(frozen=True, slots=True)
class Question:
    """An instant query. `lookback` is the longest gap between samples that is none; the server's own where it is None.

    `by` is a label: one number is wanted for each of its values, and the answer is `Several`. `server` is who is asked, `owner`
    (`namespace/name`) on whose behalf: what it costs is theirs. The same question of two owners is one.
    """

    expr: str
    at: datetime
    lookback: str | None = None
    by: str | None = None
    server: str = DEFAULT
    owner: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class RangeQuestion:
    """A range query: the expression at `start`, and every `step` after it up to `end`, both included."""

    expr: str
    start: datetime
    end: datetime
    step: timedelta
    lookback: str | None = None
    server: str = DEFAULT


@dataclass(frozen=True, slots=True)
class Known:
    """One finite number."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Absent:
    """The query was answered: there is no such series."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer that anything may act on. `reason` is a CamelCase word, `message` a sentence."""

    reason: str
    message: str


Reading = Known | Absent | Unknown


@dataclass(frozen=True, slots=True)
class Several(Unknown):
    """What is known for each value of the label that was asked by. To who expects one number it is Unknown."""

    readings: Mapping[str, Reading] = field(default_factory=dict)


Answers = Mapping[Question, Reading]


@dataclass(frozen=True, slots=True)
class Sample:
    """One series of an instant vector; the value as the server wrote it."""

    labels: Mapping[str, str]
    value: str


@dataclass(frozen=True, slots=True)
class Vector:
    """The answer to one query, with the server's warnings."""

    samples: tuple[Sample, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a range: its values (float64) at the times (int64, milliseconds since the epoch) where it has any."""

    labels: Mapping[str, str]
    times: NDArray[np.int64]
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The answer to one range query, with the server's warnings."""

    series: tuple[Series, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the server can do. `retention` is None where it does not say."""

    anchored: bool = False
    retention: timedelta | None = None
