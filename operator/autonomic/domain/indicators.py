"""Indicators: the ways to measure a service level. Exactly one is set.

Selectors are aggregated by the engine; whole queries are for those whom an administrator allows them.
"""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from autonomic.domain.model import Model
from autonomic.domain.servers import ServerName
from autonomic.domain.units import DecimalString, Duration
from autonomic.domain.words import Comparison, Selector, Word

MetricName = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[a-zA-Z_:][a-zA-Z0-9_:]*$")]


def _braced(value: object) -> object:
    if isinstance(value, str) and not (value.startswith("{") and value.endswith("}")):
        raise ValueError(f'{value!r} is not in braces: write label matchers such as {{app="agent"}}')
    return value


Matchers = Annotated[str, StringConstraints(max_length=1024, pattern=r"^\{.*\}$"), BeforeValidator(_braced)]
"""Label matchers without a metric: `{model="small"}`."""

Query = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
Component = Annotated[
    str,
    StringConstraints(min_length=1, max_length=317, pattern=r"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[a-z0-9][-a-z0-9]*$"),
]
"""An objective: `name` in the same contract, or `contract/name` in the same namespace."""

_ONE_SIDE = ("has(self.good) != has(self.bad)", "give good or bad, one of them: the other is the rest of total")


_NO_SUFFIX = "histogram is the name without its suffix: task_seconds, not task_seconds_bucket"


class _TwoSides(Model):
    """Good or bad events, one of them."""

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (getattr(self, "good", None) is None) == (getattr(self, "bad", None) is None):
            raise ValueError("give good or bad, one of them: the other is the rest of total")
        return self


class RatioIndicator(_TwoSides):
    """Good or bad events out of all events. All are selectors of counters: the engine sums their increases."""

    cel_rules: ClassVar = (_ONE_SIDE,)

    good: Selector | None = Field(default=None, description="Selector of the counter of good events.")
    bad: Selector | None = Field(
        default=None, description='Selector of the counter of bad events, such as tasks_total{status="failed"}.'
    )
    total: Selector = Field(description="Selector of the counter of all events.")


class LatencyIndicator(Model):
    """Events that took at most `threshold`, out of all, counted by a histogram."""

    cel_rules: ClassVar = (
        ("!self.histogram.endsWith('_bucket')", _NO_SUFFIX),
        (
            "self.threshold.matches('^([0-9]+(ms|[wdhms]))+$') && self.threshold.matches('[1-9]')",
            "threshold is a duration in whole units above zero, such as 800ms",
        ),
    )

    histogram: MetricName = Field(
        description="The histogram without its suffix: task_seconds, not task_seconds_bucket."
    )
    selector: Matchers = Field(default="{}", description='Label matchers, such as {app="agent"}; none by default.')
    threshold: Duration = Field(description="The slowest good event; must be a bucket's border in a classic histogram.")
    unit: Literal["Seconds", "Milliseconds"] = Field(default="Seconds", description="Unit of the histogram's values.")
    buckets: Literal["Classic", "Native"] = Field(
        default="Classic", description="Classic counts exactly; Native interpolates inside a bucket: Approximate."
    )

    @model_validator(mode="after")
    def _has_no_suffix(self) -> Self:
        if self.histogram.endswith("_bucket"):
            raise ValueError(f"{_NO_SUFFIX}; given: {self.histogram}")
        return self


class ThresholdIndicator(Model):
    """A gauge that shall hold a comparison, looked at once a slice."""

    selector: Selector = Field(description="Selector of the gauge.")
    aggregate: Literal["Max", "Min", "Avg", "Sum"] = Field(
        default="Max", description="How several series become one number; Max is the strictest for an upper bound."
    )
    op: Comparison = Field(description="The comparison that a good slice holds.")
    value: DecimalString = Field(description="What the gauge is compared with.")


class RatioQueryIndicator(_TwoSides):
    """Whole queries for good or bad, and all events in `$window`; Approximate, where an administrator allows it."""

    cel_rules: ClassVar = (
        _ONE_SIDE,
        (
            "self.total.contains('$window') && (!has(self.good) || self.good.contains('$window'))"
            " && (!has(self.bad) || self.bad.contains('$window'))",
            "a query must use $window as the range it counts over, such as sum(increase(tasks_total[$window]))",
        ),
    )

    good: Query | None = Field(default=None, description="Good events in $window.")
    bad: Query | None = Field(default=None, description="Bad events in $window.")
    total: Query = Field(description="All events in $window, such as sum(increase(tasks_total[$window])).")

    @model_validator(mode="after")
    def _uses_the_window(self) -> Self:
        for name in ("good", "bad", "total"):
            query = getattr(self, name)
            if query is not None and "$window" not in query:
                raise ValueError(
                    f"{name}: {query!r} does not use $window: write the range it counts over as [$window],"
                    " such as sum(increase(tasks_total[$window]))"
                )
        return self


class ThresholdQueryIndicator(Model):
    """A whole query that shall hold a comparison, looked at once a slice, where an administrator allows it."""

    query: Query = Field(description="PromQL that gives one number.")
    op: Comparison = Field(description="The comparison that a good slice holds.")
    value: DecimalString = Field(description="What the number is compared with.")


class SignalIndicator(Model):
    """A service level by its type, from the catalogue of what real systems export."""

    type: Word = Field(description="The type, such as TaskSuccessRate or LlmErrorRate.")
    source: Word = Field(description="Who exports it, such as Celery, LiteLLM or OpenTelemetry.")
    selector: Matchers = Field(default="{}", description='Label matchers, such as {model="small"}; none by default.')
    threshold: Duration | None = Field(default=None, description="The slowest good event, where the type is a latency.")
    value: DecimalString | None = Field(default=None, description="The bound, where the type is a gauge.")


class Part(Model):
    """One part of a composite."""

    objective: Component = Field(description="An objective: name, or contract/name in the same namespace.")
    weight: int = Field(default=1, ge=1, le=1000, description="How much it counts beside the others.")


_KINDS = ("ratio", "latency", "threshold", "ratioQuery", "thresholdQuery", "signal", "composite")


class Indicator(Model):
    """How the service level is measured: exactly one of these."""

    cel_rules: ClassVar = (
        (
            "[" + ", ".join(f"has(self.{kind})" for kind in _KINDS) + "].filter(x, x).size() == 1",
            f"give exactly one of {', '.join(_KINDS)}",
        ),
    )

    ratio: RatioIndicator | None = Field(default=None, description="Good or bad events out of all events.")
    latency: LatencyIndicator | None = Field(default=None, description="Fast events out of all, from a histogram.")
    threshold: ThresholdIndicator | None = Field(default=None, description="A gauge that shall hold a comparison.")
    ratio_query: RatioQueryIndicator | None = Field(default=None, description="Whole queries of events in $window.")
    threshold_query: ThresholdQueryIndicator | None = Field(default=None, description="A whole query with a bound.")
    signal: SignalIndicator | None = Field(default=None, description="A type from the catalogue of signals.")
    composite: tuple[Part, ...] | None = Field(
        default=None, min_length=1, max_length=16, description="Other objectives, weighted."
    )
    server: ServerName = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self.given) != 1:
            raise ValueError(f"give exactly one of {', '.join(_KINDS)}; given: {', '.join(self.given) or 'none'}")
        return self

    @property
    def given(self) -> tuple[str, ...]:
        """The names, as on the wire, of the kinds that are set: one, in a valid indicator."""
        fields = {info.alias or name: name for name, info in type(self).model_fields.items()}
        return tuple(kind for kind in _KINDS if getattr(self, fields[kind]) is not None)

    @property
    def is_gauge(self) -> bool:
        """True for what is compared slice by slice instead of counted."""
        return self.threshold is not None or self.threshold_query is not None
