"""Objectives: a share of good events, or of good slices of time, over a period."""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from autonomic.domain.alerting import Alerting, AlertWindow, workbook
from autonomic.domain.indicators import Indicator
from autonomic.domain.model import Model
from autonomic.domain.servers import DEFAULT
from autonomic.domain.units import Duration, Percent, milliseconds
from autonomic.domain.windows import Window
from autonomic.domain.words import ShortName

Label = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")]

_DAY = 86_400_000
_PERIODS = {"Day": _DAY, "Week": 7 * _DAY, "Month": 30 * _DAY, "Quarter": 91 * _DAY, "Year": 365 * _DAY}
_HOUR = 3_600_000


class Slices(Model):
    """How time is cut where slices of it are counted, not events."""

    length: Duration = Field(default="1m", description="A whole number of resolutions that divides an hour.")
    target: Percent | None = Field(
        default=None, description="Share of good events in percent at which a slice is good; for Timeslices of a ratio."
    )


_NEVER = "a tier whose factor x (100 - target) reaches 100 can never fire: lower the factor or raise the target"


_NO_SLICES = "slices mean nothing with budgeting Occurrences: leave them out, or count Timeslices"
_NO_SLICE_TARGET = "slices.target means nothing here: it is for Timeslices of a ratio"
_NAMED_TWICE = "groupBy names a label twice: name each once"
_IS_TARGET = "self.target.matches('^[0-9]{1,2}([.][0-9]+)?$')"


class Objective(Model):
    """One promise."""

    cel_rules: ClassVar = (
        (
            f"!has(self.alerting.windows) || !{_IS_TARGET} || self.alerting.windows.all(w,"
            " !w.factor.matches('^[0-9]+([.][0-9]+)?$') || double(w.factor) * (100.0 - double(self.target)) < 100.0)",
            _NEVER,
        ),
        (
            f"has(self.alerting.windows) || !{_IS_TARGET}"
            " || !has(self.window.rolling) || !self.window.rolling.matches('^[0-9]+d$')"
            " || int(self.window.rolling.replace('d', '')) < 21"
            " || 0.48 * double(self.window.rolling.replace('d', '')) * (100.0 - double(self.target)) < 100.0",
            "the Workbook policy's fastest tier could never fire at this target: give alerting.windows with a lower"
            " factor, or raise the target",
        ),
        (f"{_IS_TARGET} && double(self.target) > 0.0", "a target lies between 0 and 100, both excluded, such as 99.5"),
        ("!has(self.slices) || self.budgeting != 'Occurrences'", _NO_SLICES),
        (
            "!has(self.slices) || !has(self.slices.target) || (self.budgeting != 'RatioTimeslices'"
            " && !has(self.indicator.threshold) && !has(self.indicator.thresholdQuery))",
            _NO_SLICE_TARGET,
        ),
        ("!has(self.groupBy) || self.groupBy.all(a, self.groupBy.exists_one(b, b == a))", _NAMED_TWICE),
        (
            "!(has(self.indicator.threshold) || has(self.indicator.thresholdQuery)) || self.budgeting == 'Timeslices'",
            "a threshold is judged slice by slice: set budgeting to Timeslices",
        ),
        (
            "self.budgeting != 'Timeslices' || has(self.indicator.threshold) || has(self.indicator.thresholdQuery)"
            " || has(self.indicator.signal) || (has(self.slices) && has(self.slices.target))",
            "Timeslices of a ratio need slices.target: the share of good events at which a slice is good",
        ),
        (
            "!has(self.indicator.composite) || (self.budgeting == 'Occurrences'"
            " && (!has(self.groupBy) || self.groupBy.size() == 0))",
            "a composite is budgeted by Occurrences and has no groupBy: its parts may have",
        ),
    )

    name: ShortName = Field(description="Name of the objective, unique in the contract.")
    target: Percent = Field(description='Promised share of good events in percent, as a decimal string such as "99.5".')
    window: Window = Field(description="The budget's period.")
    budgeting: Literal["Occurrences", "Timeslices", "RatioTimeslices"] = Field(
        default="Occurrences",
        description="What is counted: events, good slices of time, or the mean of the slices' ratios.",
    )
    slices: Slices | None = Field(default=None, description="How time is cut, for Timeslices and RatioTimeslices.")
    min_events: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000_000,
        description="With fewer events (or slices that have some) a window is Unknown and never acts; 100 (1) by default.",
    )
    lookback: Duration = Field(
        default="5m", description="Longest gap between two samples that is no gap; at least two scrape intervals."
    )
    group_by: tuple[Label, ...] = Field(
        default=(), max_length=3, description="An objective for each value of these labels, such as [tenant]."
    )
    max_groups: int = Field(
        default=50, ge=1, le=200, description="Most groups of groupBy; those beyond are not judged, and it is said."
    )
    indicator: Indicator = Field(description="How the service level is measured.")
    alerting: Alerting = Field(default=Alerting(), description="When the alert fires.")

    @property
    def server(self) -> str:
        """The metrics server that is asked; of a composite, that all its parts ask."""
        return self.indicator.server or DEFAULT

    @property
    def ratio_target(self) -> Decimal:
        """The target as a ratio, exactly: 99.5 % is 0.995."""
        return Decimal(self.target) / 100

    @property
    def period(self) -> int:
        """Milliseconds of the period; of the calendar's units, their usual length: a month has 30 days."""
        if self.window.calendar:
            return _PERIODS[self.window.calendar.unit]
        assert self.window.rolling is not None  # noqa: S101 - one of the two
        return milliseconds(self.window.rolling)

    @property
    def tiers(self) -> tuple[AlertWindow, ...]:
        """The alert tiers, fastest burn first."""
        return self.alerting.windows or workbook(self.period, milliseconds(self.alerting.resolution))

    @property
    def least(self) -> int:
        """Events, or slices with some, that a window must have to be judged."""
        return self.min_events or (100 if self.budgeting == "Occurrences" else 1)

    @property
    def slice_length(self) -> str:
        """How long a slice is."""
        return self.slices.length if self.slices else "1m"

    @model_validator(mode="after")
    def _can_fire(self) -> Self:
        for tier in self.tiers:
            if Decimal(tier.factor) * (100 - Decimal(self.target)) >= 100:
                raise ValueError(
                    f"the tier {tier.long}/{tier.short} with factor {tier.factor} can never fire at target"
                    f" {self.target}: {_NEVER}"
                )
            if milliseconds(tier.long) > self.period:
                raise ValueError(f"alert window {tier.long} is longer than the period {self.window}")
        return self

    @model_validator(mode="after")
    def _windows_are_whole(self) -> Self:
        grid = milliseconds(self.alerting.resolution)
        windows = [*(each for tier in self.tiers for each in (tier.long, tier.short)), self.window.rolling or "1d"]
        for window in windows:
            if grid >= 1000 and milliseconds(window) % grid:
                raise ValueError(f"window {window} is no whole number of resolutions of {self.alerting.resolution}")
        return self

    @model_validator(mode="after")
    def _slices_are_whole(self) -> Self:
        if self.budgeting == "Occurrences":
            if self.slices:
                raise ValueError(_NO_SLICES)
            return self
        length, grid = milliseconds(self.slice_length), milliseconds(self.alerting.resolution)
        if length % grid or _HOUR % length:
            raise ValueError(
                f"slices of {self.slice_length} do not fit: write a whole number of resolutions"
                f" ({self.alerting.resolution}) that divides an hour, such as 1m or 5m"
            )
        odd = [each for tier in self.tiers for each in (tier.long, tier.short) if milliseconds(each) % length]
        if odd:
            raise ValueError(f"alert window {odd[0]} is no whole number of slices of {self.slice_length}")
        return self

    @model_validator(mode="after")
    def _budgeting_fits_the_indicator(self) -> Self:
        gauge, slice_target = self.indicator.is_gauge, self.slices and self.slices.target
        if gauge and self.budgeting != "Timeslices":
            raise ValueError("a threshold is judged slice by slice: set budgeting to Timeslices")
        if self.indicator.composite and (self.budgeting != "Occurrences" or self.group_by):
            raise ValueError("a composite is budgeted by Occurrences and has no groupBy: its parts may have")
        if self.budgeting == "Timeslices" and not gauge and not self.indicator.signal and not slice_target:
            raise ValueError(
                "Timeslices of a ratio need slices.target: the share of good events at which a slice is good"
            )
        if slice_target and (gauge or self.budgeting == "RatioTimeslices"):
            raise ValueError(_NO_SLICE_TARGET)
        return self

    @model_validator(mode="after")
    def _groups_are_named_once(self) -> Self:
        if len(set(self.group_by)) < len(self.group_by):
            raise ValueError(f"{_NAMED_TWICE}; given: {', '.join(self.group_by)}")
        return self
