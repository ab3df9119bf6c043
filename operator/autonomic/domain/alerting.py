"""Alert tiers: multi-window, multi-burn-rate, given outright or by the policy of the SRE workbook.

Source of the policy: Google's SRE workbook, chapter 5, table 5-8. `factor = share of the budget x period / long window`.
"""

from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from autonomic.domain.model import Model
from autonomic.domain.units import Duration, Factor, duration, milliseconds
from autonomic.domain.words import Level

_HOUR = 3_600_000
_DAY = 24 * _HOUR


class AlertWindow(Model):
    """One tier: it fires when both windows burn faster than the factor."""

    long: Duration = Field(description="Long window; says that it matters.")
    short: Duration = Field(description="Short window; says that it still goes on.")
    factor: Factor = Field(
        description="Burn rate above which the tier fires: 1 spends the budget exactly in the period."
    )
    level: Literal[Level.WARNING, Level.BREACH] = Field(description="What the tier means when it fires.")

    @field_validator("level", mode="before")
    @classmethod
    def _is_no_exhaustion(cls, value: object) -> object:
        if value == Level.EXHAUSTED:
            raise ValueError("Exhausted is told by the budget, not by a tier: write Warning or Breach")
        return value

    @model_validator(mode="after")
    def _short_is_shorter(self) -> Self:
        if milliseconds(self.short) >= milliseconds(self.long):
            raise ValueError(f"short window {self.short} must be shorter than the long window {self.long}")
        if Decimal(self.factor) <= 0:
            raise ValueError(f"factor {self.factor} is not above 0: a tier with it would always fire")
        return self


class Alerting(Model):
    """When the objective's alert fires: by the workbook's policy, or by windows of its own."""

    cel_rules: ClassVar = (("!has(self.policy) || !has(self.windows)", "give policy or windows, not both"),)

    policy: Literal["Workbook"] | None = Field(
        default=None,
        description="Workbook: the SRE workbook's tiers, scaled to the period. The default without windows.",
    )
    windows: tuple[AlertWindow, ...] | None = Field(
        default=None, min_length=1, max_length=8, description="The tiers, fastest burn first."
    )
    resolution: Duration = Field(default="1m", description="How often and how finely the objective is evaluated.")
    keep_firing_for: Duration | None = Field(
        default=None, description="How long an alert stays after its tier went quiet; five resolutions by default."
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.policy and self.windows:
            raise ValueError("give policy or windows, not both")
        return self

    @property
    def kept(self) -> str:
        """How long an alert outlives its tier."""
        return self.keep_firing_for or duration(5 * milliseconds(self.resolution))


_LONG_PERIODS = (("1h", "5m", "0.02"), ("6h", "30m", "0.05"), ("1d", "2h", "0.1"), ("3d", "6h", "0.1"))
"""The workbook's tiers: long window, short window, share of the budget spent in the long one."""

_SHORT_PERIODS = (("1h", "5m", "0.08"), ("6h", "30m", "0.125"), ("1d", "2h", "0.2"), ("3d", "6h", "0.42"))
"""For periods from 7 d to 21 d, where the workbook's shares give factors that a budget survives."""

_LEVELS = (Level.BREACH, Level.BREACH, Level.WARNING, Level.WARNING)


@lru_cache(maxsize=4096)
def workbook(period: int, resolution: int) -> tuple[AlertWindow, ...]:
    """The four tiers for a period, both in milliseconds. A factor is never below 1: that would alert on what lasts.

    Under 7 d the windows shrink with the period, to whole resolutions. Raises ValueError when they shrink to nothing.
    """
    table = _LONG_PERIODS if period >= 21 * _DAY else _SHORT_PERIODS
    scale = Decimal(min(period, 7 * _DAY)) / (7 * _DAY)
    return tuple(_tier(row, level, period, scale, resolution) for row, level in zip(table, _LEVELS, strict=True))


def _tier(row: tuple[str, str, str], level: Level, period: int, scale: Decimal, resolution: int) -> AlertWindow:
    long, short = (_scaled(window, scale, resolution) for window in row[:2])
    factor = max(Decimal(1), Decimal(row[2]) * period / long)
    return AlertWindow(
        long=duration(long),
        short=duration(short),
        factor=str(factor.quantize(Decimal("0.00001"), ROUND_HALF_EVEN).normalize().__format__("f")),
        level=level,
    )


def _scaled(window: str, scale: Decimal, resolution: int) -> int:
    whole = int((milliseconds(window) * scale / resolution).to_integral_value(ROUND_HALF_EVEN))
    if whole < 1:
        raise ValueError(
            f"the period is too short for the Workbook policy at this resolution: its {window} window shrinks to less"
            " than one resolution; give windows of your own, or a finer resolution"
        )
    return whole * resolution
