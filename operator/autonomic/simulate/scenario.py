"""What is supposed: objects, figures of objectives, signals, answers to queries, and policies."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from autonomic.domain.model import Model
from autonomic.domain.moments import Moment
from autonomic.domain.units import DecimalString, Duration, span
from autonomic.domain.words import ShortName
from autonomic.simulate.rego import SupposedPolicies

_SHARE = re.compile(r"(?P<number>[0-9]{1,3}(\.[0-9]{1,9})?)(?P<percent>%?)")
_OBJECT = re.compile(r"[A-Z][A-Za-z]*/[-a-z0-9./]+")
LONGEST_AGO = timedelta(days=7)
"""Signals are remembered for hours."""
_WAY_OUT = "write a share of all events, such as 3% or 0.03, from 0 to 1"


def ratio(share: str) -> float:
    """`3%` or `0.03` as 0.03. Raises ValueError that names the value and the form wanted."""
    found = _SHARE.fullmatch(share)
    value = Decimal(found["number"]) / (100 if found["percent"] else 1) if found else Decimal(2)
    if value > 1:
        raise ValueError(f"{share!r} is no share: {_WAY_OUT}")
    return float(value)


def _an_object(named: str) -> str:
    if not _OBJECT.fullmatch(named):
        raise ValueError("it names no object: write Kind/namespace/name, or Kind/name of what is in no namespace")
    return named


def _of_our_times(moment: datetime) -> datetime:
    if not 2000 <= moment.year < 2200:
        raise ValueError(f"{moment.year} is no year to look at: write one from 2000 to 2199")
    return moment


def _recent(ago: str) -> str:
    if span(ago) > LONGEST_AGO:
        raise ValueError(f"{ago!r} is too long ago: write at most 7d, signals are remembered for hours")
    return ago


def _share(value: str) -> str:
    ratio(value)
    return value


def _in_words(value: object) -> object:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        raise ValueError(f"{value} is a number: write it in quotes, such as '3%' or '0.03'")
    return value


Share = Annotated[
    str, StringConstraints(min_length=1, max_length=14), AfterValidator(_share), BeforeValidator(_in_words)
]
Key = Annotated[
    str,
    StringConstraints(
        max_length=320, pattern=r"^(\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?/(\*|[a-z0-9]([-a-z0-9.]*[a-z0-9])?))$"
    ),
]
"""`namespace/name`, `namespace/*` or `*`."""


class Figure(Model):
    """How many events of an objective are supposed to have failed."""

    contract: Key = Field(description="namespace/name of the SLAContract; namespace/* or * for each of them.")
    objective: ShortName | None = Field(default=None, description="The objective; left out, every one.")
    error_ratio: Share = Field(description="Share of events that failed, such as 3% or 0.03.")
    lasting: Duration | None = Field(
        default=None, description="For how long they have; left out, for the longest window of the objective's alerts."
    )
    before: Share = Field(default="0", description="Share of events that failed before that, within the period.")
    events: int | None = Field(
        default=None, ge=0, le=10**15, description="Events in the whole period; left out, more than any bound asks for."
    )


class SupposedSignal(Model):
    """Something that was pushed: what a sender would have told."""

    type: Annotated[str, StringConstraints(min_length=1, max_length=128)] = Field(
        description="A type of the catalogue, an alert's name, or the reason of a Kubernetes Event."
    )
    namespace: ShortName = Field(description="The namespace that it speaks of.")
    labels: dict[str, str] = Field(default={}, max_length=32, description="What it is about, such as deployment: web.")
    value: float = Field(default=1.0, allow_inf_nan=False, description="Its value; 1 for a mere occurrence.")
    ago: Annotated[Duration, AfterValidator(_recent)] | None = Field(
        default=None, description="How long ago it came; left out, just now."
    )
    times: int = Field(default=1, ge=1, le=1000, description="How often it came.")
    source: Annotated[str, StringConstraints(min_length=1, max_length=128)] = Field(
        default="supposed",
        description="alertmanager for an alert, kubernetes-events for an Event of the cluster, else anything.",
    )


_Named = Annotated[
    str,
    StringConstraints(max_length=400),
    AfterValidator(_an_object),
    Field(json_schema_extra={"pattern": f"^{_OBJECT.pattern}$"}),
]


class Reply(Model):
    """What the metrics server is supposed to answer to one expression."""

    expr: Annotated[str, StringConstraints(min_length=1, max_length=8192)] = Field(
        description="The PromQL expression, exactly as it would be asked."
    )
    value: DecimalString | None = Field(default=None, description="The one number; left out, there is no such series.")


class Scenario(Model):
    """What is supposed to be so. Everything that is left out is as it is, or is not there."""

    at: Annotated[Moment, AfterValidator(_of_our_times)] | None = Field(
        default=None, description="The moment that is looked at; left out, now."
    )
    objects: tuple[dict[str, Any], ...] = Field(
        default=(), max_length=20_000, description="Objects as kubectl takes them; they replace those of their name."
    )
    without: tuple[_Named, ...] = Field(
        default=(), max_length=1000, description="Objects that are supposed not to be there: Kind/namespace/name."
    )
    figures: tuple[Figure, ...] = Field(
        default=(), max_length=20_000, description="Figures of objectives; a later one wins."
    )
    signals: tuple[SupposedSignal, ...] = Field(default=(), max_length=1000, description="Signals that were pushed.")
    metrics: tuple[Reply, ...] = Field(default=(), max_length=1000, description="Answers of the metrics server.")
    down: tuple[Annotated[str, StringConstraints(min_length=1, max_length=253)], ...] = Field(
        default=(),
        max_length=100,
        description="Providers that fail every task: the name of a route's candidate, its model, its backend, or the value"
        " of its label provider.",
    )
    policies: SupposedPolicies | None = Field(
        default=None, description="Policies that are supposed; left out, those in force decide."
    )
