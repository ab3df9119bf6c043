"""A plot of a budget in characters: the line in Braille dots, even spending and the zero line where it leaves room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from autonomic.slo.account import Moment

ROWS = 10
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bits of a Braille character's dots, by row and column."""
_BRAILLE = 0x2800
_MARGIN = 8
_EVEN, _ZERO = "·", "┄"
LEGEND = f"⣀ budget left   {_EVEN} spent evenly"
_LEAST_COLUMNS = 20
_FORMS = (
    (timedelta(minutes=10), "%H:%M:%S"),
    (timedelta(hours=25), "%H:%M"),
    (timedelta(days=4), "%d %b %H:%M"),
    (timedelta.max, "%d %b"),
)
"""How a tick is written, by the longest period for which it is."""


@dataclass(frozen=True)
class Axes:
    """From `start` to `end` in `columns`; from 100 % at the top to `bottom` (0, or a negative share) in `ROWS` rows."""

    start: datetime
    end: datetime
    bottom: float
    columns: int

    def x(self, at: datetime) -> int:
        """The column of dots."""
        return round((at - self.start) / (self.end - self.start) * (2 * self.columns - 1))

    def y(self, share: float) -> int:
        """The row of dots, from the top."""
        return round((1 - share) / (1 - self.bottom) * (4 * ROWS - 1))


def plot(moments: Sequence[Moment], period: tuple[datetime, datetime], width: int) -> list[str]:
    """The lines of the plot, axes included, none longer than `width`. Dates are in the zone of the period's."""
    known = [(each.at, each.remaining) for each in moments if each.remaining is not None]
    lowest = min((float(left) for _, left in known), default=0.0)
    axes = Axes(*period, _bottom(lowest), max(_LEAST_COLUMNS, width - _MARGIN))
    dots = _dots(moments, axes)
    rows = [[_cell(dots, row, column) for column in range(axes.columns)] for row in range(ROWS)]
    _fill(rows, axes)
    labels = _labels(axes)
    lines = [f"{labels.get(row, ''):>6} │{''.join(cells)}".rstrip() for row, cells in enumerate(rows)]
    return [*lines, *_time_axis(axes)]


def _bottom(lowest: float) -> float:
    """0, or the next round number below the lowest share."""
    if lowest >= 0:
        return 0.0
    step = next(step for step in _steps() if -lowest <= 4 * step)
    return -step * -(lowest // step)


def _steps() -> Sequence[float]:
    return [base * 10.0**power for power in range(-1, 12) for base in (1, 2.5, 5)]


def _dots(moments: Sequence[Moment], axes: Axes) -> set[tuple[int, int]]:
    """The dots of the line; where a moment is not known it is broken."""
    found: set[tuple[int, int]] = set()
    before: tuple[int, int] | None = None
    for each in moments:
        if each.remaining is None:
            before = None
            continue
        here = axes.x(each.at), axes.y(_clamped(each.remaining))
        found |= _between(before or here, here)
        before = here
    return found


def _clamped(share: Decimal) -> float:
    return min(1.0, float(share))


def _between(start: tuple[int, int], end: tuple[int, int]) -> set[tuple[int, int]]:
    """Every dot of the straight line."""
    (x0, y0), (x1, y1) = start, end
    count = max(abs(x1 - x0), abs(y1 - y0), 1)
    return {(round(x0 + (x1 - x0) * at / count), round(y0 + (y1 - y0) * at / count)) for at in range(count + 1)}


def _cell(dots: set[tuple[int, int]], row: int, column: int) -> str:
    bits = sum(
        bit
        for down, pair in enumerate(_DOTS)
        for right, bit in enumerate(pair)
        if (2 * column + right, 4 * row + down) in dots
    )
    return chr(_BRAILLE + bits) if bits else " "


def _fill(rows: list[list[str]], axes: Axes) -> None:
    """Even spending, from all at the start to nothing at the end; and the zero line, where there is something below it."""
    for column in range(axes.columns):
        row = axes.y(1 - column / (axes.columns - 1)) // 4
        if rows[row][column] == " ":
            rows[row][column] = _EVEN
    zero = axes.y(0) // 4
    for column, cell in enumerate(rows[zero]) if axes.bottom < 0 else ():
        if cell == " ":
            rows[zero][column] = _ZERO


def _labels(axes: Axes) -> dict[int, str]:
    """The shares beside the axis, by row."""
    shares = [1, 0.5, 0] if axes.bottom > -1 else [1, 0]
    return {axes.y(share) // 4: f"{share:.0%}" for share in [axes.bottom, *shares]}


def _time_axis(axes: Axes) -> list[str]:
    """Ticks at the start, the end and evenly between, with dates, or with times where the period is short."""
    length = axes.end - axes.start
    form = next(form for longest, form in _FORMS if length <= longest)
    parts = max(1, min(4, axes.columns // (len(axes.start.strftime(form)) + 4)))
    rule, names = ["─"] * axes.columns, [" "] * axes.columns
    for part in range(parts + 1):
        column = round(part * (axes.columns - 1) / parts)
        name = (axes.start + length * part / parts).strftime(form)
        begin = min(max(0, column - len(name) // 2), axes.columns - len(name))
        rule[column] = "┬"
        names[begin : begin + len(name)] = name
    return [f"{'':>6} └{''.join(rule)}", f"{'':>8}{''.join(names)}".rstrip()]
