"""Scenarios in files: objects as kubectl takes them, and beside them documents of kind Scenario."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from autonomic.cli.playbook.files import manifests
from autonomic.domain.errors import Invalid
from autonomic.domain.words import API_VERSION
from autonomic.simulate import Flaw, Scenario, Unfit, scenario

KIND = "Scenario"
_LISTS = ("figures", "signals", "metrics", "down", "without")
_ONCE = ("at", "policies")


@dataclass(frozen=True)
class Given:
    """A scenario, and where each of its objects stands."""

    scenario: Scenario
    places: tuple[str, ...]

    def said(self, error: Unfit) -> str:
        """What is wrong, each with the file and the line where its object stands."""
        return "\n".join(f"{self._place(each)}: {each.detail} (it is {each.value})" for each in error.flaws[:20])

    def _place(self, flaw: Flaw) -> str:
        head, _, rest = flaw.field.partition(".")
        number, _, inner = rest.partition(".")
        if head == "objects" and number.isdigit():
            return f"{self.places[int(number)]}: {inner}" if inner else self.places[int(number)]
        return flaw.field


def read(names: Iterable[str], further: dict[str, Any]) -> Given:
    """The scenario in the files, and `further` parts of one. Raises OSError, Invalid that names file, line and field."""
    content: dict[str, Any] = {name: [] for name in _LISTS}
    objects, places = [], []
    for place, raw in manifests(names):
        if raw.get("kind") == KIND and raw.get("apiVersion") == API_VERSION:
            _add(content, _plain(raw), place)
        else:
            objects.append(_plain(raw))
            places.append(place)
    if "policies" in content and "policies" in further:
        raise Invalid(f"policies: a {KIND} has some, and --policy gives others: leave out one of them")
    for name, value in further.items():
        content[name] = [*content[name], *value] if name in _LISTS else value
    return Given(scenario({**content, "objects": objects}), tuple(places))


def _add(content: dict[str, Any], raw: dict[str, Any], place: str) -> None:
    """The parts of one document. Raises Invalid that names what there is not."""
    for name, value in raw.items():
        if name in ("apiVersion", "kind", "metadata"):
            continue
        if name in _LISTS:
            if not isinstance(value, list):
                raise Invalid(f"{place}: {name} is no list but {value!r}: write one entry a line, each after a dash")
            content[name].extend(value)
        elif name in _ONCE:
            content[name] = value
        else:
            raise Invalid(f"{place}: a {KIND} has no {name}: it has {', '.join((*_ONCE, *_LISTS))}")


def _plain(value: Any) -> Any:
    """As JSON has it: numbers with a point are floats."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return float(value) if isinstance(value, Decimal) else value
