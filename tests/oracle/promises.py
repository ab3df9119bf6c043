"""A contract's objective, as it is written, in the oracle's own terms."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.oracle.calendar import began
from tests.oracle.durations import seconds

_DAY = 86_400
_USUAL = {"Day": 1, "Week": 7, "Month": 30, "Quarter": 91, "Year": 365}
_LONG = (("1h", "5m", "2"), ("6h", "30m", "5"), ("1d", "2h", "10"), ("3d", "6h", "10"))
_SHORT = (("1h", "5m", "8"), ("6h", "30m", "12.5"), ("1d", "2h", "20"), ("3d", "6h", "42"))
"""The workbook's tiers: long window, short window, percent of the budget; the second for periods below 21 days."""


@dataclass(frozen=True)
class Tier:
    """One alert tier; windows in seconds."""

    long: int
    short: int
    factor: Fraction
    level: str


@dataclass(frozen=True)
class Promise:
    """One objective. Times in seconds; the target as a ratio."""

    target: Fraction
    method: str
    window: Mapping[str, Any]
    grid: int
    lookback: int
    least: int
    slice: int
    slice_target: Fraction | None
    group_by: tuple[str, ...]
    indicator: Mapping[str, Any]
    tiers: tuple[Tier, ...]

    def start(self, at: int) -> int:
        """When the period began that is judged at `at`."""
        calendar = self.window.get("calendar")
        if calendar:
            return began(calendar["unit"], calendar.get("timeZone", "UTC"), at)
        return at - seconds(self.window["rolling"])


def read(written: Mapping[str, Any]) -> Promise:
    """The objective, read from the form that it has in a contract."""
    alerting, slices = written.get("alerting", {}), written.get("slices", {})
    grid = seconds(alerting.get("resolution", "1m"))
    goal = slices.get("target")
    return Promise(
        target=Fraction(written["target"]) / 100,
        method=written.get("budgeting", "Occurrences"),
        window=written["window"],
        grid=grid,
        lookback=seconds(written.get("lookback", "5m")),
        least=written.get("minEvents", 100),
        slice=seconds(slices.get("length", "1m")),
        slice_target=None if goal is None else Fraction(goal) / 100,
        group_by=tuple(written.get("groupBy", ())),
        indicator=written["indicator"],
        tiers=_tiers(alerting.get("windows"), written["window"], grid),
    )


def _tiers(windows: list[Mapping[str, str]] | None, period: Mapping[str, Any], grid: int) -> tuple[Tier, ...]:
    if windows is not None:
        return tuple(
            Tier(seconds(each["long"]), seconds(each["short"]), Fraction(each["factor"]), each["level"])
            for each in windows
        )
    length = _USUAL[period["calendar"]["unit"]] * _DAY if "calendar" in period else seconds(period["rolling"])
    return tuple(
        _workbook(row, number, length, grid) for number, row in enumerate(_LONG if length >= 21 * _DAY else _SHORT)
    )


def _workbook(row: tuple[str, str, str], number: int, period: int, grid: int) -> Tier:
    shrunk = Fraction(min(period, 7 * _DAY), 7 * _DAY)
    long, short = (round(seconds(window) * shrunk / grid) * grid for window in row[:2])
    factor = max(Fraction(1), Fraction(row[2]) / 100 * period / long)
    return Tier(long, short, round(factor, 5), "Breach" if number < 2 else "Warning")
