"""Time windows: rolling ones, and those of the calendar that begin where a unit of the calendar begins."""

from datetime import datetime
from typing import Any

from autonomic.domain.windows import Window
from autonomic.openslo.durations import months, parts, rolling, shorthand
from autonomic.openslo.node import Inconvertible, Node

_START = "2024-01-01 00:00:00"
"""A Monday on which a year, a quarter, a month and a week began."""

_MONTHLY = {1: ("Month", 1), 3: ("Quarter", 3), 12: ("Year", 12)}
_DAILY = {(1, "d"): "Day", (24, "h"): "Day", (1, "w"): "Week", (7, "d"): "Week"}
_SHORT = {"Day": "1d", "Week": "1w", "Month": "1M", "Quarter": "1Q", "Year": "1Y"}


def window(spec: Node) -> dict[str, Any]:
    """The period of an SLO's spec, as a contract writes it. Raises Invalid, Inconvertible."""
    windows = spec.need("timeWindow")
    if len(windows.each()) != 1:
        raise windows.wrong("give exactly one time window")
    given = windows.each()[0]
    calendar, is_rolling = given.get("calendar"), given.get("isRolling")
    if calendar and is_rolling and is_rolling.flag():
        raise given.wrong("a window is rolling or has a calendar, not both")
    if not calendar and is_rolling and not is_rolling.flag():
        raise given.wrong("a window that does not roll needs its calendar")
    if calendar:
        return {"calendar": _of_the_calendar(given.need("duration"), calendar)}
    return {"rolling": rolling(given.need("duration"))}


def time_window(ours: Window) -> dict[str, Any]:
    """The period, as OpenSLO writes it; `duration` is None for a length that it has no word for."""
    if ours.calendar:
        return {
            "duration": _SHORT[ours.calendar.unit],
            "isRolling": False,
            "calendar": {"startTime": _START, "timeZone": ours.calendar.time_zone},
        }
    return {"duration": shorthand(str(ours.rolling)), "isRolling": True}


def _of_the_calendar(length: Node, calendar: Node) -> dict[str, Any]:
    start = _moment(calendar.need("startTime"))
    unit, begins = _unit(length, start)
    if unit is None or not begins or start.time() != start.time().min:
        raise Inconvertible(
            calendar.lost(
                f"a period of {length.value} from this start is no day, week (from Monday), month, quarter or year of the"
                " calendar from midnight on"
            )
        )
    return {"unit": unit, "timeZone": calendar.need("timeZone").text()}


def _unit(length: Node, start: datetime) -> tuple[str | None, bool]:
    """The calendar's unit of that length, and whether one begins on the start's day."""
    if (number := months(length)) is not None:
        unit, step = _MONTHLY.get(number, (None, 1))
        return unit, start.day == 1 and (start.month - 1) % step == 0
    unit = _DAILY.get(parts(length))
    return unit, unit == "Day" or start.weekday() == 0


def _moment(node: Node) -> datetime:
    try:
        moment = datetime.fromisoformat(node.text())
    except ValueError as error:
        raise node.wrong("write a date and a time without a zone, such as 2024-01-01 00:00:00") from error
    if moment.tzinfo:
        raise node.wrong("leave the offset out: timeZone says where it is")
    return moment
