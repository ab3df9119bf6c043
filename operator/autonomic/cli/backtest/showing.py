"""The backtest as text for a terminal."""

from collections.abc import Iterable, Sequence

from rich.console import Console

from autonomic.backtest.report import Approvals, Backtest, Quality, Run
from autonomic.cli.backtest import money
from autonomic.cli.backtest.words import alarm, answer, answers, bounds, length, named, share, when

_ROWS = 20
_HOURS = " ▁▂▃▄▅▆▇█"


def show(found: Backtest, out: Console) -> None:
    """Prints it: figures first, then what they rest on."""
    out.print(
        f"{when(found.since)} to {when(found.until)} UTC: {found.contracts} contracts, {found.objectives} objectives"
    )
    for line in _quality(found.quality):
        out.print(f"  {line}")
    _section(
        "alerts",
        [
            f"{when(each.began)} - {when(each.ended):<16}  {each.peak:<9}"
            f"  {named(each.contract, each.objective, each.group)}: budget spent {share(each.budget_spent)}, {alarm(each)}"
            for each in found.alerts
        ],
        out,
    )
    missed = [each for each in found.troubles if not each.found]
    _section(
        "missed",
        [
            f"{when(each.began)} - {when(each.ended):<16}  {named(each.contract, each.objective, each.group)}: budget spent"
            f" {share(each.budget_spent)}"
            for each in missed
        ],
        out,
    )
    _section("money", list(money.terminal(found)), out)
    for run in found.runs:
        _run(run, out)
    _differences(found, out)
    _section("unknown", _unknown(found), out)
    _section("notes", [*found.notes, *dict.fromkeys(note for run in found.runs for note in run.notes)], out)


def _quality(quality: Quality) -> Iterable[str]:
    yield (
        f"{quality.alerts} alerts, {quality.false_alarms} false: precision {share(quality.precision)}"
        f" (of {quality.judged} that can be judged)"
    )
    yield f"{quality.troubles} troubles of note, {quality.missed} missed: recall {share(quality.recall)}"
    yield (
        f"detection time {length(quality.detection_seconds)} (median; longest"
        f" {length(quality.detection_longest_seconds)}), reset time {length(quality.reset_seconds)} (median)"
    )


def _run(run: Run, out: Console) -> None:
    out.print(f"plans{f' under {run.policies}' if run.policies else ''}")
    for line in _cut(
        [
            f"{when(each.at)}  {each.action} on {', '.join(each.targets)} for {each.about}: {answer(each)};"
            f" budget saved {bounds(each.saved)}"
            for each in run.plans
        ]
    ):
        out.print(f"  {line}")
    for line in _cut(
        [
            f"not known  {when(each.since)} - {when(each.until)}  {each.about}: {each.plan} would have acted"
            for each in run.not_known
        ]
    ):
        out.print(f"  {line}")
    acting = sum(each.acts_at is not None for each in run.plans)
    out.print(f"  {len(run.plans)} plans, {acting} would have acted without asking")
    out.print(f"  {_asked(run.approvals)}")
    said = dict.fromkeys(f"{each.name} ({each.about}): {each.message}" for each in run.remarks)
    for line in _cut(list(said)):
        out.print(f"  {line}")


def _asked(approvals: Approvals) -> str:
    if not approvals.asked:
        return "nobody would have been asked"
    most = max(approvals.by_hour)
    hours = "".join(_HOURS[round(each / most * (len(_HOURS) - 1))] for each in approvals.by_hour)
    return (
        f"people asked {approvals.asked} times ({approvals.a_week:g} a week), {approvals.nights_and_weekends} of them at night"
        f" or at a weekend; by hour (UTC) 0 |{hours}| 23"
    )


def _differences(found: Backtest, out: Console) -> None:
    if len(found.runs) < 2:
        return
    rows = [
        f"{when(each.at)}  {each.about}: {' | '.join(answers(each, len(found.runs)))}   ({each.action})"
        for each in found.differences
    ]
    _section("differences (" + " | ".join(each.policies for each in found.runs) + ")", rows or ["none"], out)


def _unknown(found: Backtest) -> list[str]:
    return [
        *(
            f"{when(each.since)} - {when(each.until)}  {named(each.contract, each.objective, each.group)}: {each.reason}"
            for each in found.unknown
        ),
        *(f"{when(since)} - {when(until)}  {whose}: {why}" for since, until, whose, why in money.gaps(found)),
    ]


def _section(title: str, lines: Sequence[str], out: Console) -> None:
    if lines:
        out.print(title)
        for line in _cut(lines):
            out.print(f"  {line}")


def _cut(lines: Sequence[str]) -> Iterable[str]:
    yield from lines[:_ROWS]
    if len(lines) > _ROWS:
        yield f"and {len(lines) - _ROWS} more: -o json and --html show all"
