"""Axes of a panel in a picture: round ticks, grid lines, a title, and what each axis says."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor, log10
from xml.etree.ElementTree import Element, SubElement

WIDTH, HEIGHT = 520, 380
LEFT, RIGHT, TOP, BOTTOM = 76, 24, 48, 58
INK, FAINT = "#333333", "#e4e4e4"
_MOST_TICKS = 6

Range = tuple[float, float]


@dataclass(frozen=True)
class Axis:
    """What it says, the values that must fit on it, and how a value is written."""

    label: str
    values: Range
    shown: Callable[[float], str]


@dataclass(frozen=True)
class Scales:
    """How values become places."""

    x: Callable[[float], float]
    y: Callable[[float], float]


def axes(panel: Element, title: str, across: Axis, up: Axis) -> Scales:
    """Draws them; how values become places on the panel."""
    xs, ys = ticks(*across.values), ticks(*up.values)
    scales = Scales(
        _scale((min(xs[0], across.values[0]), max(xs[-1], across.values[1])), (LEFT, WIDTH - RIGHT)),
        _scale((min(ys[0], up.values[0]), max(ys[-1], up.values[1])), (HEIGHT - BOTTOM, TOP)),
    )
    heading = text(panel, LEFT, 24, title, "start")
    heading.set("font-size", "15")
    heading.set("font-weight", "bold")
    for tick in ys:
        _line(panel, (LEFT, scales.y(tick)), (WIDTH - RIGHT, scales.y(tick)), FAINT)
        text(panel, LEFT - 8, scales.y(tick) + 4, up.shown(tick), "end")
    for tick in xs:
        _line(panel, (scales.x(tick), HEIGHT - BOTTOM), (scales.x(tick), HEIGHT - BOTTOM + 5), INK)
        text(panel, scales.x(tick), HEIGHT - BOTTOM + 20, across.shown(tick), "middle")
    _line(panel, (LEFT, HEIGHT - BOTTOM), (WIDTH - RIGHT, HEIGHT - BOTTOM), INK)
    text(panel, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - BOTTOM + 42, across.label, "middle")
    middle = (TOP + HEIGHT - BOTTOM) / 2
    text(panel, 18, middle, up.label, "middle").set("transform", f"rotate(-90 18 {middle:.1f})")
    return scales


def ticks(low: float, high: float) -> list[float]:
    """At most six round values from `low` to `high` or a step around them; one step above `low` where both are the same."""
    width = high - low if high > low else abs(low) or 1.0
    step = _round_step(width / (_MOST_TICKS - 1))
    first, last = floor(low / step + 1e-9), ceil((low + width) / step - 1e-9)
    return [number * step for number in range(first, last + 1)]


def text(panel: Element, x: float, y: float, said: str, anchor: str) -> Element:
    """Words at a place; `anchor` is start, middle or end."""
    found = SubElement(panel, "text", x=f"{x:.1f}", y=f"{y:.1f}", fill=INK)
    found.set("text-anchor", anchor)
    found.text = said
    return found


def _round_step(least: float) -> float:
    """1, 2 or 5 times a power of ten."""
    power: float = 10.0 ** floor(log10(least))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= least * (1 - 1e-9))


def _scale(values: Range, places: Range) -> Callable[[float], float]:
    factor = (places[1] - places[0]) / (values[1] - values[0])
    return lambda value: places[0] + (value - values[0]) * factor


def _line(panel: Element, start: Range, end: Range, colour: str) -> None:
    x1, y1, x2, y2 = (f"{each:.1f}" for each in (*start, *end))
    SubElement(panel, "line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour)
