"""A question to the metrics store, and what came back: a number, nothing, or no answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Question:
    """An instant query that must answer with one series at most."""

    expr: str
    at: datetime


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
