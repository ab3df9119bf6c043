"""A picture of a simulation as SVG: regret over tasks, and cost against success."""

from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from autonomic.cli.route.simulation import Row

WIDTH, HEIGHT, MARGIN, GAP = 460, 320, 60, 24
COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf", "#d62728")
_TICKS = 4

Point = tuple[float, float]
Scale = Callable[[float], float]


def picture(rows: Sequence[Row]) -> str:
    """The SVG, as text. Rows that were refused are left out; one that learns is drawn in full, a single candidate dashed."""
    shown = [row for row in rows if row.success is not None]
    colours = {row.policy: COLOURS[place % len(COLOURS)] for place, row in enumerate(shown)}
    height = HEIGHT + GAP * (1 + (len(shown) + 3) // 4)
    root = Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {2 * WIDTH} {height}")
    root.set("font-family", "sans-serif")
    root.set("font-size", "12")
    SubElement(root, "rect", width=str(2 * WIDTH), height=str(height), fill="white")
    _regret(SubElement(root, "g"), shown, colours)
    _bargain(SubElement(root, "g", transform=f"translate({WIDTH} 0)"), shown, colours)
    _legend(SubElement(root, "g", transform=f"translate(0 {HEIGHT})"), colours)
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


def _regret(panel: Element, rows: Sequence[Row], colours: dict[str, str]) -> None:
    """As far as the shortest curve of a policy that learns, so that all can be compared."""
    end = min((row.curve[-1][0] for row in rows if row.method == "replay" and row.curve), default=1.0)
    curves = {row.policy: [point for point in row.curve if point[0] <= end] for row in rows}
    most = max((point[1] for curve in curves.values() for point in curve), default=1.0)
    x, y = _axes(panel, "regret (successes lost) over tasks", (0.0, end), (0.0, most or 1.0))
    for row in rows:
        points = " ".join(f"{x(task):.1f},{y(lost):.1f}" for task, lost in curves[row.policy])
        line = SubElement(panel, "polyline", points=points, fill="none", stroke=colours[row.policy])
        line.set("stroke-width", "2")
        if row.method != "replay":
            line.set("stroke-dasharray", "3 4")


def _bargain(panel: Element, rows: Sequence[Row], colours: dict[str, str]) -> None:
    points = {row.policy: (row.cost, row.success) for row in rows if row.cost is not None and row.success is not None}
    costs, shares = [cost for cost, _ in points.values()], [share for _, share in points.values()]
    across = (0.0, 1.1 * max(costs, default=1.0) or 1.0)
    up = (max(min(shares, default=0.0) - 0.05, 0.0), min(max(shares, default=1.0) + 0.05, 1.0))
    x, y = _axes(panel, "success over cost a task", across, up)
    for policy, (cost, share) in points.items():
        SubElement(panel, "circle", cx=f"{x(cost):.1f}", cy=f"{y(share):.1f}", r="5", fill=colours[policy])


def _axes(panel: Element, title: str, across: Point, up: Point) -> tuple[Scale, Scale]:
    """Draws title and ticks; how values become places."""

    def x(value: float) -> float:
        return MARGIN + (value - across[0]) / (across[1] - across[0]) * (WIDTH - MARGIN - GAP)

    def y(value: float) -> float:
        return HEIGHT - MARGIN + GAP - (value - up[0]) / (up[1] - up[0]) * (HEIGHT - MARGIN - GAP)

    _text(panel, MARGIN, 18, title, "start")
    for tick in range(_TICKS + 1):
        here, there = (low + (high - low) * tick / _TICKS for low, high in (across, up))
        place = f"{y(there):.1f}"
        SubElement(panel, "line", x1=str(MARGIN), x2=str(WIDTH - GAP), y1=place, y2=place, stroke="#ddd")
        _text(panel, MARGIN - 6, y(there) + 4, f"{there:.3g}", "end")
        _text(panel, x(here), HEIGHT - 14, f"{here:,.4g}", "middle")
    return x, y


def _legend(panel: Element, colours: dict[str, str]) -> None:
    for place, (policy, colour) in enumerate(colours.items()):
        left, top = MARGIN + place % 4 * WIDTH // 2, GAP * (place // 4) + 18
        SubElement(panel, "circle", cx=str(left), cy=str(top - 4), r="5", fill=colour)
        _text(panel, left + 12, top, policy, "start")


def _text(panel: Element, x: float, y: float, said: str, anchor: str) -> None:
    text = SubElement(panel, "text", x=f"{x:.1f}", y=f"{y:.1f}")
    text.set("text-anchor", anchor)
    text.text = said
