"""Money in words and as a plot: the rungs that budgets stood on, and the share of the limit that was spent."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from html import escape

from autonomic.backtest.money.report import BudgetLine, Stand
from autonomic.backtest.report import Backtest, Run
from autonomic.cli.backtest.plots import LEFT, RIGHT, WIDTH, Axis, dashed, grid, label, mark, svg
from autonomic.cli.backtest.words import length, when

RUNGS = {"Constrained": "#e3a008", "Downgrade": "#d6336c", "Throttle": "#5f3dc4"}
_ROWS, _ROW, _TALL = 20, 74, 54
_MOST = 1.5
"""Share of the limit at the upper edge of a row: what is overspent by more is cut."""


def summary(each: BudgetLine) -> str:
    """One budget in a line."""
    limit = f"{each.amount} {each.currency} in {each.per}"
    if not each.stands:
        return f"{each.budget}  {limit}: never pressed"
    seconds = each.pressed_seconds
    return f"{each.budget}  {limit}: pressed for {length(seconds)}, highest {each.highest}"


def stood(each: BudgetLine, one: Stand) -> str:
    """What was known when it took a rung."""
    parts = [f"{one.amount} of {each.amount} {each.currency} spent ({one.spent})" if one.amount else "spend Unknown"]
    if one.forecast:
        parts.append(f"{one.forecast} by the end of the window")
    if one.exhausts_at:
        parts.append(f"nothing left by {when(one.exhausts_at)}")
    if one.pressed_by:
        parts.append(f"pressed by {one.pressed_by}")
    return "; ".join((*parts, *([one.because] if one.because else [])))


def rungs(found: Backtest) -> Iterator[tuple[str, str, str, str, str]]:
    """Of every rung that was taken: since, until, budget, rung, what was known; oldest first."""
    every = [(one.entered, each, one) for each in found.money for one in each.stands]
    for _, each, one in sorted(every, key=lambda each: (each[0], each[1].budget)):
        since = f"{when(one.entered)}{' or before' if one.began_before else ''}"
        yield since, when(one.left), each.budget, one.rung, stood(each, one)


def gaps(found: Backtest) -> Iterator[tuple[datetime, datetime, str, str]]:
    """Where the spend is not known: since, until, whose, why; oldest first."""
    every = [
        (gap.since, gap.until, f"budget {each.budget}", gap.reason) for each in found.money for gap in each.unknown
    ]
    yield from sorted(every)


def plot(found: Backtest, run: Run) -> str:
    """The share of each limit over time, the rungs of its ladder, the plans that it would have asked for."""
    axis, shown = Axis(found.since, found.until), found.money[:_ROWS]
    height = len(shown) * _ROW + 30
    parts = [*grid(axis, height)]
    for at, each in enumerate(shown):
        top = at * _ROW + 10
        parts.append(label(each.budget, top + 14))
        parts.extend(_stand(axis, one, top) for one in each.stands)
        parts.extend(_ladder(each, top))
        parts.extend(_course(axis, each, top))
        about = f"budget {each.budget}"
        parts.extend(dashed(axis, one, top) for one in run.not_known if one.about == about)
        parts.extend(mark(axis, one, top) for one in run.plans if one.about.startswith(f"{about} "))
    more = len(found.money) - len(shown)
    note = f'<text x="8" y="{height - 8}" class="dim">and {more} more budgets, in the table</text>' if more > 0 else ""
    return svg(height, [*parts, note], "money over time")


def _stand(axis: Axis, one: Stand, top: int) -> str:
    x, end = axis.x(one.entered), axis.x(one.left or axis.until)
    said = f"{one.rung} {when(one.entered)} to {when(one.left)}: {one.spent} spent"
    return (
        f'<rect x="{x:.1f}" y="{top}" width="{max(2.0, end - x):.1f}" height="{_TALL}" fill="{RUNGS[one.rung]}"'
        f' fill-opacity="0.3"><title>{escape(said)}</title></rect>'
    )


def _ladder(each: BudgetLine, top: int) -> Iterator[str]:
    for share, kind in ((0.0, "zero"), *((rung.at, "grid") for rung in each.rungs)):
        y = _y(share, top)
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="{kind}"/>'


def _course(axis: Axis, each: BudgetLine, top: int) -> Iterator[str]:
    """A line with gaps where nothing is known."""
    points: list[str] = []
    for at, share in enumerate((*each.spent, None)):
        if share is not None:
            moment = each.since + timedelta(seconds=each.step_seconds * at)
            points.append(f"{axis.x(moment):.1f},{_y(share, top):.1f}")
        elif points:
            yield f'<polyline points="{" ".join(points)}" fill="none" stroke="#1971c2" stroke-width="1.2"/>'
            points = []


def _y(share: float, top: int) -> float:
    return top + (1 - min(_MOST, share) / _MOST) * _TALL


def terminal(found: Backtest) -> Iterable[str]:
    """Budgets, and then their rungs."""
    yield from (summary(each) for each in found.money)
    for since, until, budget, rung, known in rungs(found):
        yield f"{since} - {until:<16}  {budget} {rung}: {known}"
