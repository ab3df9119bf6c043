"""`autonomic slo import` and `autonomic slo export`: OpenSLO in and out."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from autonomic.cli.ending import FAULT, MISTAKE, end, err
from autonomic.cli.slo.files import STANDARD, contracts, texts
from autonomic.domain.errors import AutonomicError
from autonomic.openslo.exporting import export_contract
from autonomic.openslo.importing import import_contracts
from autonomic.openslo.losses import Loss
from autonomic.openslo.text import dump

IMPORT = "Turn OpenSLO v1 documents into SLAContracts. What has no equivalent is named on the standard error."
EXPORT = "Turn SLAContracts into OpenSLO v1 documents. What has no equivalent is named on the standard error."

_Result = TypeVar("_Result")
_Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="YAML files; - reads the standard input.")]
_Strict = Annotated[bool, typer.Option("--strict", help="End with 1 when anything has no equivalent.")]


def import_openslo(
    files: _Files,
    target: Annotated[
        str | None, typer.Option(help="The workload, such as deployment/agent; wins over the annotation.")
    ] = None,
    namespace: Annotated[str | None, typer.Option("--namespace", "-n", help="Namespace of the contracts.")] = None,
    out: Annotated[str, typer.Option(help="Write one file a contract into this folder; - prints them.")] = STANDARD,
    strict: _Strict = False,
) -> None:
    """Prints or writes the contracts of the files."""
    found = _or_end(lambda: import_contracts(texts(files), target, namespace))
    if found.manifests:
        _or_end(lambda: _write(found.manifests, out))
    _name(found.losses)
    if not found.manifests:
        end("no contract was made: the files hold no SLO that could be converted", FAULT)
    _finish(found.losses, strict)


def export_openslo(files: _Files, strict: _Strict = False) -> None:
    """Prints the OpenSLO documents of the contracts in the files."""
    found = [export_contract(contract) for contract in _or_end(lambda: contracts(files))]
    losses = [loss for each in found for loss in each.losses]
    written = [document for each in found for document in each.documents]
    if written:
        print(dump(written), end="")  # noqa: T201 - for a pipe, byte by byte
    _name(losses)
    if not written:
        end("no document was made: the files hold no objective that could be converted", FAULT)
    _finish(losses, strict)


def _or_end(work: Callable[[], _Result]) -> _Result:
    """What the work gives; a file or a content that is wrong is the user's mistake."""
    try:
        return work()
    except OSError as error:
        end(f"{error.filename}: {error.strerror}", MISTAKE)
    except AutonomicError as error:
        end(str(error), MISTAKE)


def _write(manifests: Sequence[dict[str, Any]], out: str) -> None:
    if out == STANDARD:
        print(dump(manifests), end="")  # noqa: T201 - for a pipe, byte by byte
        return
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    for manifest in manifests:
        (folder / _file_name(manifest["metadata"])).write_text(dump([manifest]), encoding="utf-8")


def _file_name(metadata: dict[str, Any]) -> str:
    return ".".join(filter(None, (metadata.get("namespace"), metadata["name"], "yaml")))


def _name(losses: Sequence[Loss]) -> None:
    for loss in losses:
        err.print(str(loss))


def _finish(losses: Sequence[Loss], strict: bool) -> None:
    if strict and losses:
        end(f"{len(losses)} without an equivalent, named above", FAULT)
