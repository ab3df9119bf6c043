"""Where something is kept or found: the journal, accepted signals, packages of plug-ins."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field


def _journal_place(value: str) -> str:
    if value not in ("stdout", "off") and not (value.startswith("/") and not value.endswith("/")):
        raise ValueError("write stdout, off, or the absolute path of a file, such as /var/lib/autonomic/journal.jsonl")
    return value


def _folder(value: Any) -> Any:
    if isinstance(value, str) and not value.startswith("/"):
        raise ValueError("write the absolute path of a folder, such as /var/lib/autonomic/signals")
    return value


def _there(path: Path) -> Path:
    if not path.is_dir():
        raise ValueError("no folder is there: fill it with `pip install --target`, or leave the variable out")
    return path


JournalPlace = Annotated[str, Field(max_length=4096), AfterValidator(_journal_place)]
"""stdout, off, or the absolute path of a file."""

SignalsFolder = Annotated[Path, BeforeValidator(_folder)]
"""A folder that need not be there yet."""

PluginsFolder = Annotated[Path, BeforeValidator(_folder), AfterValidator(_there)]
"""A folder that is there."""
