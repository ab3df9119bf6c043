"""Files that are given by name, `-` for the standard input, and the contracts in them."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import Invalid
from autonomic.domain.words import API_VERSION
from autonomic.openslo.refusals import sentence
from autonomic.openslo.text import documents

STANDARD = "-"


def texts(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """(name, text) of every file. Raises OSError, and Invalid for what is no text."""
    return tuple((_shown(name), _text(name)) for name in names)


def contracts(names: Iterable[str]) -> tuple[SLAContract, ...]:
    """Every contract in the files. Raises OSError, and Invalid that names file, line and field."""
    return tuple(_contract(place, each) for name, text in texts(names) for place, each in _objects(name, text))


def placed(contract: SLAContract, namespace: str) -> SLAContract:
    """The contract, in that namespace where it names none."""
    if contract.metadata.namespace:
        return contract
    return contract.model_copy(update={"metadata": contract.metadata.model_copy(update={"namespace": namespace})})


def _shown(name: str) -> str:
    return "standard input" if name == STANDARD else name


def _text(name: str) -> str:
    try:
        return sys.stdin.read() if name == STANDARD else Path(name).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Invalid(f"{_shown(name)}: not text in UTF-8: {error.reason} at byte {error.start}") from error


def _objects(name: str, text: str) -> Iterator[tuple[str, Any]]:
    """(place, object) of every object; those of a List one by one."""
    for line, content in documents(text, name):
        is_list = isinstance(content, dict) and content.get("kind") == "List"
        for each in content.get("items") or () if is_list else (content,):
            yield f"{name}: line {line}", each


def _contract(place: str, content: Any) -> SLAContract:
    kind = content.get("kind") if isinstance(content, dict) else None
    if kind != SLAContract.names.kind or content.get("apiVersion") != API_VERSION:
        raise Invalid(f"{place}: is no SLAContract of {API_VERSION} but {kind or 'no object'}: leave it out")
    try:
        return SLAContract.read(content)
    except ValidationError as error:
        raise Invalid(f"{place}: {sentence(error)}") from error
