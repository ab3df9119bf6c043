"""Lists of named things in an administrator's file: every mistake is told at once, by place and field, and no secret with it.

The file is YAML or JSON: one word, and a list below it.
"""

from collections import Counter
from collections.abc import Callable, Set
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from autonomic.domain.model import Model
from autonomic.domain.words import ShortName
from autonomic.environment.hidden import HiddenError


class Listed(Model):
    """What such a list is made of."""

    name: ShortName


Thing = TypeVar("Thing", bound=Listed)
Tell = Callable[[int, object, ErrorDetails], str]
"""A sentence for one mistake in an entry: its place in the list, what was written there, and what pydantic says of it."""


def read_list(file: Path, word: str, model: type[Thing], tell: Tell) -> tuple[Thing, ...]:
    """The entries below that word. Raises ValueError: a sentence for each mistake, with the field and the way out."""
    found, wrong = [], []
    for number, each in enumerate(_entries(file, word)):
        try:
            found.append(model.model_validate(each))
        except ValidationError as error:
            wrong += [tell(number, each, one) for one in error.errors()]
    twice = [name for name, count in Counter(each.name for each in found).items() if count > 1]
    wrong += [f"the name {name} is there twice: write each once" for name in twice]
    if wrong:
        raise ValueError("; ".join(wrong))
    return tuple(found)


def telling(word: str, shown: Set[str]) -> Tell:
    """Says which entry it is by its place and name; only the values of the fields in `shown` are repeated."""

    def tell(number: int, raw: object, error: ErrorDetails) -> str:
        name = raw.get("name") if isinstance(raw, dict) else None
        where = f"{word}[{number}]" + (f" ({name})" if isinstance(name, str) else "")
        field = ".".join(map(str, error["loc"]))
        hidden = isinstance(error.get("ctx", {}).get("error"), HiddenError)
        given = error["input"] if field in shown and error["type"] != "missing" and not hidden else None
        said = f" is {given!r}" if given is not None else ""
        return f"{where}{'.' if field else ''}{field}{said}: {error['msg'].removeprefix('Value error, ')}"

    return tell


def _entries(file: Path, word: str) -> list[Any]:
    form = f"write `{word}:` and a list below it"
    try:
        listed = yaml.safe_load(file.read_bytes())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        at = f", line {mark.line + 1}" if mark else ""
        raise ValueError(f"the file is no YAML{at}: {form}") from None
    if not isinstance(listed, dict) or set(listed) != {word} or not isinstance(listed[word], list):
        raise ValueError(f"the file must hold `{word}:` with a list, and nothing else: {form}")
    entries: list[Any] = listed[word]
    return entries
