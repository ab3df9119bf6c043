"""The commands under `autonomic playbook`."""

import asyncio
from collections import Counter
from typing import Annotated, Any

import typer
from rich.console import Console

from autonomic.cli.ending import FAULT, MISTAKE, end, err, unreadable
from autonomic.cli.plan.options import Document, DocumentOutput
from autonomic.cli.plan.writing import write_document
from autonomic.cli.playbook.files import manifests, playbook, signals
from autonomic.cli.playbook.rehearsal import Rehearsal, rehearse
from autonomic.cli.waiting import waiting
from autonomic.domain.errors import AutonomicError, Invalid
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.healing.linting import advice, mistakes

_out = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)

LINT = "Check playbooks in files: 0 they are fine, 1 one is not, 2 a file can't be read."
TEST = "Play recorded signals to a playbook, offline: 0 it made a plan, 1 it made none, 2 a file can't be read."


Files = Annotated[list[str], typer.Argument(help="Files with playbooks; - for the standard input.")]
File = Annotated[str, typer.Argument(help="File with one playbook; - for the standard input.")]
Recorded = Annotated[str, typer.Option("--signals", help="Recorded signals: JSON lines, or a list in YAML.")]
Objects = Annotated[list[str] | None, typer.Option("--objects", help="Files with the objects that it acts on.")]


def playbooks() -> typer.Typer:
    """`autonomic playbook`, to be added to the command line."""
    commands = typer.Typer(name="playbook", help="Playbooks, before they are applied.", no_args_is_help=True)
    commands.command("lint", help=LINT)(lint)
    commands.command("test", help=TEST)(test)
    return commands


def lint(files: Files, output: DocumentOutput = Document.TEXT) -> None:
    """Says of every playbook what is wrong with it, and what is worth a second look."""
    try:
        found = manifests(files)
    except (OSError, Invalid) as error:
        end(unreadable(error), MISTAKE)
    rows = [_linted(place, raw) for place, raw in found]
    if output is Document.TEXT:
        for row in rows:
            _show(row)
    else:
        write_document(rows, output.value, _out)
    if not rows:
        err.print(f"there is no playbook in {', '.join(files)}")
    if not rows or any(row["errors"] for row in rows):
        raise typer.Exit(FAULT)


def test(file: File, recorded: Recorded, objects: Objects = None, output: DocumentOutput = Document.TEXT) -> None:
    """Says what the playbook would have done, when and why."""
    try:
        whole = manifests([file])
        if len(whole) != 1:
            raise Invalid(f"{file}: has {len(whole)} objects where one playbook is expected")
        book = playbook(*whole[0])
        told = signals(recorded, book.metadata.namespace or "default")
        if not told:
            raise Invalid(f"{recorded}: has no signals")
        given = [raw for _, raw in manifests(objects or ())]
        with waiting("playing the signals"):
            done = asyncio.run(rehearse(book, whole[0][1], told, given))
    except (OSError, AutonomicError) as error:
        end(unreadable(error), MISTAKE)
    _tell(book, done, len(told), output)
    if not done.outcomes:
        raise typer.Exit(FAULT)


def _linted(place: str, raw: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"place": place, "playbook": (raw.get("metadata") or {}).get("name", ""), "advice": []}
    try:
        book = playbook(place, raw)
    except Invalid as error:
        return row | {"errors": [str(error).removeprefix(f"{place}: ")]}
    return row | {"errors": list(mistakes(book)), "advice": list(advice(book))}


def _show(row: dict[str, Any]) -> None:
    where = f"{row['place']}: {row['playbook']}"
    for error in row["errors"]:
        _out.print(f"{where}: error: {error}")
    for each in row["advice"]:
        _out.print(f"{where}: note: {each}")
    if not row["errors"]:
        _out.print(f"{where}: fine")


def _tell(book: SelfHealingPlaybook, done: Rehearsal, signals: int, output: Document) -> None:
    offline = [each.name for each in book.spec.triggers if not each.pushed]
    if offline:
        err.print(f"{', '.join(offline)}: asks Prometheus, which is not known offline: taken as Unknown")
    phases = Counter(phase for _, phase in done.outcomes)
    if output is not Document.TEXT:
        write_document(_document(done, signals, phases), output.value, _out)
        return
    for line in done.lines:
        _out.print(f"{line.at:%Y-%m-%d %H:%M:%S}  {line.what:<22} {line.about}: {line.why}")
    for name, status, reason in done.conditions:
        if name == "Stopped" and status == "True":
            _out.print(f"in the end it has stopped: {reason}")
    ends = ", ".join(f"{number} {phase}" for phase, number in sorted(phases.items()))
    turned = ", ".join(f"{number} {reason}" for reason, number in sorted(done.refused.items()))
    _out.print(f"{signals} signals ({turned or 'none turned away'}), {len(done.outcomes)} plans ({ends or 'none'})")


def _document(done: Rehearsal, signals: int, phases: Counter[str]) -> dict[str, Any]:
    return {
        "signals": signals,
        "refused": done.refused,
        "plans": [{"name": name, "phase": phase} for name, phase in done.outcomes],
        "phases": dict(phases),
        "conditions": [{"type": name, "status": status, "reason": why} for name, status, why in done.conditions],
        "lines": [
            {"at": each.at.isoformat().replace("+00:00", "Z"), "what": each.what, "about": each.about, "why": each.why}
            for each in done.lines
        ],
    }
