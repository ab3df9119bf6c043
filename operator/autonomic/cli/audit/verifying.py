"""`autonomic audit verify`: follows the chain of a journal, and names the first record that is wrong."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autonomic.adapters.journal.head import HEAD_ANNOTATION, head_of
from autonomic.adapters.kubernetes.person import Whereabouts, reach
from autonomic.adapters.lease import lease_ref
from autonomic.cli.ending import FAULT, MISTAKE, end
from autonomic.cli.plan.options import Document, DocumentOutput
from autonomic.cli.plan.writing import write_document
from autonomic.cli.waiting import waiting
from autonomic.domain.audit.chain import Reading, against, examine
from autonomic.domain.audit.record import Head
from autonomic.domain.errors import AutonomicError

HELP = (
    "Verify journals: an edit, a cut, a reordering or an insertion ends with 1 and names the first record that is wrong."
    " With --head, a cut end is found, too."
)
ABSENT, UNREACHABLE = 3, 5
"""A file is not there; the cluster gives no head."""
CLUSTER = "cluster"
_STANDARD = "-"


def verify(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Journals; - reads the standard input.")],
    head: Annotated[
        str | None, typer.Option(help="What the end must be: cluster, as the operator's Lease says, or SEQ:sha256:HEX.")
    ] = None,
    namespace: Annotated[
        str, typer.Option("--namespace", "-n", help="The operator's own namespace, for --head cluster.")
    ] = "autonomic-system",
    lease: Annotated[str, typer.Option(help="The operator's Lease, for --head cluster.")] = "autonomic",
    context: Annotated[str | None, typer.Option(help="The context of the kubeconfig.")] = None,
    kubeconfig: Annotated[str | None, typer.Option(help="The kubeconfig file.")] = None,
    output: DocumentOutput = Document.TEXT,
) -> None:
    """Prints a line for each file, and for what is wrong."""
    with waiting("following the journal"):
        wanted = _head(head, Whereabouts(kubeconfig, context), namespace, lease)
        readings = [examine(_content(name)) for name in files]
    out = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    told = report if output is Document.TEXT else partial(_write, output)
    if not told(files, readings, wanted, out):
        raise typer.Exit(FAULT)


def _write(form: Document, files: Sequence[str], readings: Sequence[Reading], head: Head | None, out: Console) -> bool:
    """The same for a program."""
    fault = None if any(each.fault for each in readings) or not head else against(readings, head)
    rows = [
        {
            "file": name,
            "records": len(each.heads),
            "head": str(each.heads[-1]) if each.heads else None,
            "fault": asdict(each.fault) if each.fault else None,
        }
        for name, each in zip(files, readings, strict=True)
    ]
    whole = fault is None and not any(each.fault for each in readings)
    write_document({"whole": whole, "files": rows, "fault": asdict(fault) if fault else None}, form.value, out)
    return whole


def report(files: Sequence[str], readings: Sequence[Reading], head: Head | None, out: Console) -> bool:
    """Prints what was found; whether all of it is well."""
    known = {place for reading in readings for place in reading.heads}
    for name, reading in zip(files, readings, strict=True):
        if reading.fault:
            out.print(f"{name}: line {reading.fault.line}: {reading.fault.what}: {reading.fault.message}")
            out.print(f"{name}: {_extent(reading)} before it are whole")
        else:
            out.print(f"{name}: {_extent(reading)}: whole{_head_of(reading)}")
        for place in (each for each in reading.elsewhere if each not in known):
            out.print(f"{name}: goes on after record {place.seq} of a journal that was not given ({place.hash})")
    if any(reading.fault for reading in readings):
        return False
    fault = against(readings, head) if head else None
    if fault:
        out.print(f"{fault.what}: {fault.message}")
    elif head:
        out.print(f"the head {head} is there")
    return fault is None


def _extent(reading: Reading) -> str:
    if not reading.heads:
        return "no records"
    first, last = reading.heads[0].seq, reading.heads[-1].seq
    return f"{len(reading.heads)} records, {first} to {last}"


def _head_of(reading: Reading) -> str:
    return f"; its head is {reading.heads[-1]}" if reading.heads else ""


def _content(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == _STANDARD else Path(name).read_bytes()
    except OSError as error:
        end(f"{name}: {error.strerror}", ABSENT)


def _head(given: str | None, where: Whereabouts, namespace: str, lease: str) -> Head | None:
    if given is None:
        return None
    if given != CLUSTER:
        try:
            return Head.parse(given)
        except ValueError as error:
            end(f"--head: {error}, or as {CLUSTER}", MISTAKE)
    try:
        found = asyncio.run(_published(where, namespace, lease))
    except AutonomicError as error:
        end(str(error), UNREACHABLE)
    if found is None:
        end(
            f"Lease {namespace}/{lease} bears no {HEAD_ANNOTATION}: give -n and --lease, or the head itself",
            UNREACHABLE,
        )
    return found


async def _published(where: Whereabouts, namespace: str, lease: str) -> Head | None:
    async with reach(where) as person:
        return await head_of(person.cluster, lease_ref(namespace, lease))
