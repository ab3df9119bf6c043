"""A picture of a simulation as SVG: regret over tasks, and cost against success."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from autonomic.cli.route.axes import HEIGHT, INK, LEFT, WIDTH, Axis, axes, text
from autonomic.cli.route.simulation import LEARNS, Row

LEARNING = ("#0072b2", "#d55e00", "#009e73", "#aa3377")
"""Of policies: told apart by who sees colours otherwise, and dark enough for a line."""
SINGLE = ("#888888", "#c09000", "#56b4e9", "#885522", "#cc79a7", "#44aa99", "#332288", "#999933", "#cc6677", "#000000")
"""Of single candidates, which are dashed and hollow."""
_ROW, _COLUMNS = 26, 4
_NOTE = 'regret: successes lost against the best candidate of each part of the log; bars: 95 %; "always": one candidate alone'

Point = tuple[float, float]


@dataclass(frozen=True)
class _Drawn:
    """A row with its colour; the success of a row that is drawn is known."""

    row: Row
    colour: str
    success: float

    @property
    def learns(self) -> bool:
        return self.row.method == LEARNS


def picture(rows: Sequence[Row]) -> str:
    """The SVG, as text. Rows that were refused are left out; one that learns is drawn in full, a single candidate dashed."""
    shown = _coloured(rows)
    height = HEIGHT + _ROW * ((len(shown) + _COLUMNS - 1) // _COLUMNS) + 34
    root = Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {2 * WIDTH} {height}", fill=INK)
    root.set("font-family", "system-ui, Helvetica, Arial, sans-serif")
    root.set("font-size", "12")
    SubElement(root, "rect", width=str(2 * WIDTH), height=str(height), fill="white")
    _regret(SubElement(root, "g"), shown)
    _bargain(SubElement(root, "g", transform=f"translate({WIDTH} 0)"), shown)
    _legend(SubElement(root, "g", transform=f"translate(0 {HEIGHT})"), shown)
    text(root, LEFT, height - 14, _NOTE, "start").set("font-size", "11")
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


def _coloured(rows: Sequence[Row]) -> list[_Drawn]:
    found, seen = [], {True: 0, False: 0}
    for row in rows:
        learns = row.method == LEARNS
        colours = LEARNING if learns else SINGLE
        if row.success is not None:
            found.append(_Drawn(row, colours[seen[learns] % len(colours)], row.success))
        seen[learns] += 1
    return found


def _regret(panel: Element, shown: Sequence[_Drawn]) -> None:
    """Each from the log's start to its end, in as many tasks as a replay leaves: what is judged by more is drawn smaller."""
    whole = min((each.row.curve[-1][0] for each in shown if each.learns and each.row.curve), default=1.0)
    curves = [(each, _fitted(each.row.curve, whole)) for each in shown]
    most = max((point[1] for _, curve in curves for point in curve), default=1.0)
    across = Axis("tasks, from the first of the log to its last", (0.0, whole), lambda value: f"{value:,.0f}")
    up = Axis("regret: successes lost so far", (0.0, most or 1.0), lambda value: f"{value:,.4g}")
    places = axes(panel, "Regret over tasks", across, up)
    for each, curve in reversed(curves):
        points = " ".join(f"{places.x(task):.1f},{places.y(lost):.1f}" for task, lost in curve)
        line = SubElement(panel, "polyline", points=points, fill="none", stroke=each.colour)
        _stroke(line, each)


def _fitted(curve: Sequence[Point], whole: float) -> list[Point]:
    scale = whole / curve[-1][0] if curve else 1.0
    return [(task * scale, lost * scale) for task, lost in curve]


def _bargain(panel: Element, shown: Sequence[_Drawn]) -> None:
    known = [(each, each.row.cost) for each in shown if each.row.cost is not None]
    bounds = [bound for each, _ in known for bound in (each.row.low, each.row.high) if bound is not None]
    across = Axis("cost a task", (0.0, max((cost for _, cost in known), default=1.0)), lambda value: f"{value:.4g}")
    up = Axis("success", (min(bounds, default=0.0), max(bounds, default=1.0)), lambda value: f"{100 * value:.4g} %")
    places = axes(panel, "Cost against success: up and left is better", across, up)
    for each, cost in known:
        x, y = f"{places.x(cost):.1f}", f"{places.y(each.success):.1f}"
        if each.row.low is not None and each.row.high is not None:
            low, high = (f"{places.y(bound):.1f}" for bound in (each.row.low, each.row.high))
            SubElement(panel, "line", x1=x, x2=x, y1=low, y2=high, stroke=each.colour)
        _dot(panel, x, y, each)


def _legend(panel: Element, shown: Sequence[_Drawn]) -> None:
    """Each as it is drawn in both panels."""
    column = (2 * WIDTH - LEFT) / _COLUMNS
    for place, each in enumerate(shown):
        left, top = LEFT + place % _COLUMNS * column, _ROW * (place // _COLUMNS) + 8
        line = SubElement(panel, "line", x1=f"{left:.1f}", x2=f"{left + 30:.1f}", y1=str(top), y2=str(top))
        line.set("stroke", each.colour)
        _stroke(line, each)
        _dot(panel, f"{left + 15:.1f}", str(top), each)
        text(panel, left + 38, top + 4, each.row.policy, "start")


def _stroke(line: Element, each: _Drawn) -> None:
    line.set("stroke-width", "2.5" if each.learns else "1.8")
    line.set("stroke-linejoin", "round")
    if not each.learns:
        line.set("stroke-dasharray", "5 4")


def _dot(panel: Element, x: str, y: str, each: _Drawn) -> None:
    dot = SubElement(panel, "circle", cx=x, cy=y, r="5", fill=each.colour if each.learns else "white")
    dot.set("stroke", each.colour)
    dot.set("stroke-width", "2")
