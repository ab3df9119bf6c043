"""The backtest as one page of HTML: no script, nothing from the network, every text escaped."""

from collections.abc import Iterable, Sequence
from html import escape

from autonomic.backtest.report import Backtest, Run
from autonomic.cli.backtest import money
from autonomic.cli.backtest.plots import COLOURS, RUNS, VERDICTS, budgets, by_hour, timeline
from autonomic.cli.backtest.words import alarm, answer, answers, bounds, length, named, share, when

_NOTES = 30
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 1140px; padding: 0 1rem; color: #212529; }
h1 { font-size: 1.5rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
.cards { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1.2rem 0; }
.card { border: 1px solid #dee2e6; border-radius: 6px; padding: .6rem 1rem; min-width: 9rem; }
.card b { display: block; font-size: 1.35rem; } .dim, .card span { color: #5c636a; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; } th, td { text-align: left; padding: .25rem .6rem .25rem 0;
vertical-align: top; border-bottom: 1px solid #e9ecef; } th { color: #5c636a; font-weight: 600; }
svg { width: 100%; height: auto; font: 12px system-ui, sans-serif; }
svg .grid { stroke: #e9ecef; } svg .zero { stroke: #868e96; } svg .dim { fill: #5c636a; }
.key { display: inline-block; width: .8rem; height: .8rem; margin: 0 .3rem 0 .9rem; }
.scroll { max-height: 34rem; overflow-y: auto; }
"""


def page(found: Backtest) -> str:
    """The page."""
    body = [
        "<h1>Backtest</h1>",
        f'<p class="dim">{when(found.since)} to {when(found.until)} UTC, {found.contracts} contracts,'
        f" {found.objectives} objectives. Nothing was written.</p>",
        _cards(found),
        *_alerts(found),
        *_money(found),
        *(part for run in found.runs for part in _run(found, run)),
        *_approvals(found),
        *_differences(found),
        *_budgets(found),
        *_unknown(found),
        *_notes(found),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Backtest</title>'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<style>{_STYLE}</style></head><body>" + "\n".join(body) + "</body></html>\n"
    )


def _cards(found: Backtest) -> str:
    quality = found.quality
    cards = [
        ("alerts", str(quality.alerts), f"{quality.false_alarms} false"),
        ("precision", share(quality.precision), f"of {quality.judged} that can be judged"),
        ("recall", share(quality.recall), f"{quality.missed} of {quality.troubles} troubles missed"),
        ("detection time", length(quality.detection_seconds), f"longest {length(quality.detection_longest_seconds)}"),
        ("reset time", length(quality.reset_seconds), "median"),
    ]
    for run in found.runs:
        under = f" under {run.policies}" if len(found.runs) > 1 else ""
        acting = sum(each.acts_at is not None for each in run.plans)
        cards.append((f"plans{under}", str(len(run.plans)), f"{acting} would have acted without asking"))
        cards.append((f"approvals{under}", str(run.approvals.asked), f"{run.approvals.a_week:g} a week"))
    drawn = (
        f'<div class="card">{escape(name)}<b>{escape(big)}</b><span>{escape(small)}</span></div>'
        for name, big, small in cards
    )
    return f'<div class="cards">{"".join(drawn)}</div>'


def _alerts(found: Backtest) -> Iterable[str]:
    yield "<h2>Alerts</h2>"
    if not found.alerts:
        yield "<p>No alert would have been shown.</p>"
        return
    yield _table(
        ("began", "ended", "level", "objective", "detected after", "budget spent", ""),
        (
            (
                f"{when(each.began)}{' or before' if each.began_before else ''}",
                when(each.ended),
                each.peak,
                named(each.contract, each.objective, each.group),
                length(each.detection_seconds),
                share(each.budget_spent),
                alarm(each),
            )
            for each in found.alerts
        ),
    )
    missed = [each for each in found.troubles if not each.found]
    if missed:
        yield "<h2>Troubles without an alert</h2>"
        yield _table(
            ("began", "ended", "objective", "budget spent"),
            (
                (
                    when(each.began),
                    when(each.ended),
                    named(each.contract, each.objective, each.group),
                    share(each.budget_spent),
                )
                for each in missed
            ),
        )


def _money(found: Backtest) -> Iterable[str]:
    if not found.money:
        return
    yield "<h2>Money</h2>"
    yield f"<p>The share of each limit that was spent, and the rungs of its ladder. Rungs: {_key(money.RUNGS)}.</p>"
    for run in found.runs:
        yield f"<p>With the plans{f' under {escape(run.policies)}' if run.policies else ''}:</p>"
        yield money.plot(found, run)
    yield "<ul>" + "".join(f"<li>{escape(money.summary(each))}</li>" for each in found.money) + "</ul>"
    yield _table(("since", "until", "budget", "rung", "what was known then"), money.rungs(found))


def _run(found: Backtest, run: Run) -> Iterable[str]:
    yield f"<h2>Plans{f' under {escape(run.policies)}' if run.policies else ''}</h2>"
    marks = {name or "no answer": colour for name, colour in VERDICTS.items()}
    yield f"<p>Alerts: {_key(COLOURS)}, pale where they were false. Plans: {_key(marks)}."
    yield " In a dashed box a plan would have acted: what would have happened in it is not known.</p>"
    if found.alerts:
        yield timeline(found, run)
    yield _table(
        ("when", "for", "action", "answer", "why", "budget saved"),
        (
            (
                when(each.at),
                each.about,
                f"{each.action} on {', '.join(each.targets)}",
                answer(each),
                "; ".join(each.reasons),
                bounds(each.saved),
            )
            for each in run.plans
        ),
    )
    said = dict.fromkeys((each.name, each.about, each.message) for each in run.remarks)
    if said:
        yield "<h2>What came to nothing</h2>"
        yield _table(("what", "about", "why"), said)


def _approvals(found: Backtest) -> Iterable[str]:
    if not any(run.approvals.asked for run in found.runs):
        return
    yield "<h2>Approvals</h2>"
    keys = {run.policies or "plans": RUNS[at % len(RUNS)] for at, run in enumerate(found.runs)}
    yield f"<p>How often people would have been asked: {_key(keys)}</p>"
    yield by_hour(found.runs)
    for run in found.runs:
        yield (
            f"<p>{escape(run.policies or 'In all')}: {run.approvals.asked} times, {run.approvals.nights_and_weekends} of them"
            " from 18 to 8 o'clock UTC or at a weekend.</p>"
        )


def _differences(found: Backtest) -> Iterable[str]:
    if len(found.runs) < 2:
        return
    yield "<h2>Differences</h2>"
    if not found.differences:
        yield "<p>Every plan is answered alike.</p>"
        return
    yield _table(
        ("when", "for", "action", *(run.policies for run in found.runs)),
        ((when(each.at), each.about, each.action, *answers(each, len(found.runs))) for each in found.differences),
    )


def _budgets(found: Backtest) -> Iterable[str]:
    if found.budgets:
        yield "<h2>Error budgets</h2>"
        yield '<p class="dim">The grey line is nothing left, the pale one all of it; those that lost most come first.</p>'
        yield budgets(found)


def _unknown(found: Backtest) -> Iterable[str]:
    if found.unknown or any(each.unknown for each in found.money):
        yield "<h2>Not known</h2>"
        rows = [
            (when(each.since), when(each.until), named(each.contract, each.objective, each.group), each.reason)
            for each in found.unknown
        ]
        rows += [(when(since), when(until), whose, why) for since, until, whose, why in money.gaps(found)]
        yield _table(("since", "until", "of", "why"), rows)


def _notes(found: Backtest) -> Iterable[str]:
    notes = dict.fromkeys([*found.notes, *(note for run in found.runs for note in run.notes)])
    shown = [*notes][:_NOTES] + ([f"and {len(notes) - _NOTES} more like the last"] if len(notes) > _NOTES else [])
    yield "<h2>Notes</h2><ul>" + "".join(f"<li>{escape(each)}</li>" for each in shown) + "</ul>"


def _key(colours: dict[str, str]) -> str:
    return "".join(
        f'<span class="key" style="background: {colour}"></span>{escape(name)}' for name, colour in colours.items()
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    found = ["<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows]
    if not found:
        return "<p>None.</p>"
    titles = "".join(f"<th>{escape(each)}</th>" for each in head)
    return f'<div class="scroll"><table><thead><tr>{titles}</tr></thead><tbody>{"".join(found)}</tbody></table></div>'
