"""Plots as SVG that stand by themselves: alerts and plans over time, budgets over time, approvals by hour."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from autonomic.backtest.report import AlertLine, Backtest, Doubt, Line, PlanLine, Run
from autonomic.cli.backtest.words import answer, bounds, length, named, share, when

COLOURS = {"Warning": "#e3a008", "Breach": "#d6336c", "Exhausted": "#5f3dc4"}
VERDICTS = {"Approve": "#2f9e44", "RequireApproval": "#1971c2", "Deny": "#495057", "": "#adb5bd"}
RUNS = ("#1971c2", "#e8590c", "#2f9e44", "#9c36b5")
WIDTH, LEFT, RIGHT, _ROW = 1100, 300, 20, 22
_TICKS = 8
_ROWS = 40
_DAYS = (1, 2, 3, 5, 7, 10, 14, 30, 60, 90)


@dataclass(frozen=True)
class Axis:
    """Time from left to right."""

    since: datetime
    until: datetime

    def x(self, at: datetime) -> float:
        """Where that moment is; what lies outside is at the edge."""
        part = (at - self.since) / (self.until - self.since)
        return LEFT + min(1.0, max(0.0, part)) * (WIDTH - LEFT - RIGHT)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Midnights in UTC, or hours of a stretch that is short, with their words."""
        length_ = self.until - self.since
        hours = length_ < timedelta(days=2)
        step = timedelta(hours=max(1, round(length_ / timedelta(hours=_TICKS)))) if hours else _days(length_)
        begins = self.since.replace(minute=0, second=0, microsecond=0)
        at = begins + timedelta(hours=1) if hours else begins.replace(hour=0) + timedelta(days=1)
        while at <= self.until:
            yield self.x(at), f"{at:%H:%M}" if hours else f"{at:%b} {at.day}"
            at += step


def _days(length_: timedelta) -> timedelta:
    return timedelta(days=next((each for each in _DAYS if length_ / timedelta(days=each) <= _TICKS + 2), _DAYS[-1]))


def timeline(found: Backtest, run: Run) -> str:
    """Alerts as bars, plans as marks above them, one row an objective."""
    axis = Axis(found.since, found.until)
    rows: dict[str, list[AlertLine]] = {}
    for each in found.alerts:
        rows.setdefault(named(each.contract, each.objective, each.group), []).append(each)
    shown = list(rows.items())[:_ROWS]
    height = len(shown) * _ROW + 30
    parts = [*grid(axis, height)]
    for at, (name, alerts) in enumerate(shown):
        top = at * _ROW + 4
        parts.append(label(name, top + 13))
        parts.extend(_alert(axis, each, top) for each in alerts)
        parts.extend(dashed(axis, each, top) for each in run.not_known if each.about == alerts[0].contract)
        parts.extend(mark(axis, each, top) for each in run.plans if each.about == _about(name))
    more = len(rows) - len(shown)
    note = (
        f'<text x="8" y="{height - 8}" class="dim">and {more} more objectives, in the table</text>' if more > 0 else ""
    )
    return svg(height, [*parts, note], "alerts and plans over time")


def budgets(found: Backtest) -> str:
    """What was left of budgets, the row of an objective under the other."""
    axis, row = Axis(found.since, found.until), 58
    height = len(found.budgets) * row + 30
    parts = [*grid(axis, height)]
    for at, line in enumerate(found.budgets):
        top = at * row + 8
        parts.append(label(named(line.contract, line.objective, line.group), top + 16))
        known = [each for each in line.remaining if each is not None]
        parts.append(
            f'<text x="8" y="{top + 32}" class="dim">lowest {share(min(known))}, last {share(known[-1])}</text>'
        )
        parts.extend(_budget(axis, line, top, row - 16))
    return svg(height, parts, "error budgets over time")


def by_hour(runs: Sequence[Run]) -> str:
    """How often people would have been asked in each hour, the runs side by side."""
    most = max([1, *(number for run in runs for number in run.approvals.by_hour)])
    height, left, wide = 190, 50, 42
    bar = (wide - 8) / len(runs)
    parts = []
    for share_ in (0.0, 0.5, 1.0):
        y = 20 + (1 - share_) * 130
        parts.append(f'<line x1="{left}" x2="{left + 24 * wide}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{most * share_:g}</text>')
    for hour in range(24):
        x = left + hour * wide + 4
        parts.append(f'<text x="{x + (wide - 8) / 2:.1f}" y="168" text-anchor="middle">{hour}</text>')
        for at, run in enumerate(runs):
            number = run.approvals.by_hour[hour]
            tall = number / most * 130
            parts.append(
                f'<rect x="{x + at * bar:.1f}" y="{150 - tall:.1f}" width="{max(1.0, bar - 1):.1f}" height="{tall:.1f}"'
                f' fill="{RUNS[at % len(RUNS)]}"><title>{hour}:00 {escape(run.policies)}: {number}</title></rect>'
            )
    parts.append(f'<text x="{left}" y="186" class="dim">hour of the day (UTC)</text>')
    return svg(height, parts, "approvals by hour")


def _about(name: str) -> str:
    """As a plan says it: the group follows the objective after a space."""
    return name.replace("[", " ").replace("]", "")


def grid(axis: Axis, height: int) -> Iterator[str]:
    """Lines at the ticks, with their words."""
    for x, text in axis.ticks():
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height - 22}" class="grid"/>'
        yield f'<text x="{x:.1f}" y="{height - 8}" text-anchor="middle">{text}</text>'


def label(text: str, y: int) -> str:
    """A name at the left, cut where it is long."""
    cut = text if len(text) <= 44 else f"{text[:43]}…"
    return f'<text x="8" y="{y}">{escape(cut)}<title>{escape(text)}</title></text>'


def _alert(axis: Axis, alert: AlertLine, top: int) -> str:
    x, end = axis.x(alert.began), axis.x(alert.ended or axis.until)
    said = (
        f"{alert.peak} {when(alert.began)} to {when(alert.ended)}: budget spent {share(alert.budget_spent)},"
        f" detected after {length(alert.detection_seconds)}"
    )
    pale = ' fill-opacity="0.35"' if alert.false_alarm else ""
    return (
        f'<rect x="{x:.1f}" y="{top}" width="{max(2.0, end - x):.1f}" height="{_ROW - 8}" fill="{COLOURS[alert.peak]}"{pale}>'
        f"<title>{escape(said)}</title></rect>"
    )


def dashed(axis: Axis, doubt: Doubt, top: int) -> str:
    """A stretch that a plan would have changed."""
    x, end = axis.x(doubt.since), axis.x(doubt.until)
    said = f"not known: {doubt.plan} would have acted at {when(doubt.since)}"
    return (
        f'<rect x="{x:.1f}" y="{top - 1}" width="{max(2.0, end - x):.1f}" height="{_ROW - 6}" fill="white" fill-opacity="0.6"'
        f' stroke="#495057" stroke-dasharray="3 2"><title>{escape(said)}</title></rect>'
    )


def mark(axis: Axis, plan: PlanLine, top: int) -> str:
    """A plan."""
    x, y = axis.x(plan.at), top + 3
    colour = VERDICTS[str(plan.verdict or "")]
    said = f"{when(plan.at)} {plan.action}: {answer(plan)}; budget saved {bounds(plan.saved)}"
    ring = ' stroke="white" stroke-width="1.5"' if plan.course == "Known" else ' stroke="black" stroke-dasharray="2"'
    return (
        f'<path d="M{x - 5:.1f},{y - 6} L{x + 5:.1f},{y - 6} L{x:.1f},{y + 5} Z" fill="{colour}"{ring}>'
        f"<title>{escape(said)}</title></path>"
    )


def _budget(axis: Axis, line: Line, top: int, tall: int) -> Iterator[str]:
    """A line with gaps where nothing is known; what is overspent is cut at as much below nothing as a quarter."""
    for level, kind in ((1.0, "grid"), (0.0, "zero")):
        y = _height(level, top, tall)
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="{kind}"/>'
    for piece in _pieces(line):
        points = " ".join(
            f"{axis.x(line.since + timedelta(seconds=line.step_seconds * at)):.1f},{_height(left, top, tall):.1f}"
            for at, left in piece
        )
        ground, begins, ends = (
            _height(0.0, top, tall),
            points.partition(",")[0],
            points.rpartition(" ")[2].partition(",")[0],
        )
        yield f'<polygon points="{begins},{ground:.1f} {points} {ends},{ground:.1f}" fill="#1971c2" fill-opacity="0.12"/>'
        yield f'<polyline points="{points}" fill="none" stroke="#1971c2" stroke-width="1.5"/>'


def _height(left: float, top: int, tall: int) -> float:
    return top + (1 - (min(1.0, max(-0.25, left)) + 0.25) / 1.25) * tall


def _pieces(line: Line) -> Iterator[list[tuple[int, float]]]:
    piece: list[tuple[int, float]] = []
    for at, left in enumerate(line.remaining):
        if left is not None:
            piece.append((at, left))
        elif piece:
            yield piece
            piece = []
    if piece:
        yield piece


def svg(height: int, parts: Iterable[str], title: str) -> str:
    """The whole plot."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">'
        + "\n".join(parts)
        + "</svg>"
    )
