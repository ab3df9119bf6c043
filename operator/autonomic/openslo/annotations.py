"""What OpenSLO has no word for, kept in annotations of ours: other readers pass it by, an import takes it back."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic.alias_generators import to_snake

from autonomic.domain.model import Model
from autonomic.domain.words import GROUP
from autonomic.openslo.node import Node

CONTRACT, OBJECTIVE, NAMESPACE, TARGET = "contract", "objective", "namespace", "target"
INDICATOR, ALERTING, WINDOWS = "indicator", "alerting", "alert-windows"
DISPLAY_NAME, DESCRIPTION, SERVICE = "display-name", "description", "service"
LABELS = "labels"

OF_A_CONTRACT = ("tier", "pausedUntil", "maintenance", "publish", "adaptations", "verification")
OF_AN_OBJECTIVE = ("minEvents", "lookback", "groupBy", "maxGroups")
OF_ALERTING = ("resolution", "keepFiringFor")

_PREFIX = f"{GROUP}/"


def key(word: str) -> str:
    """The annotation's full name: `minEvents` -> `autonomic.maestro.dev/min-events`."""
    return _PREFIX + to_snake(word).replace("_", "-")


def text(value: Any) -> str:
    """A value as an annotation's text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def extras(model: Model, fields: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """(field, value) of what is not as it is by default, as on the wire."""
    wire = model.wire()
    defaults = {info.alias: info.get_default() for info in type(model).model_fields.values()}
    for field in fields:
        if field in wire and getattr(model, to_snake(field)) != defaults[field]:
            yield field, wire[field]


class Annotations:
    """The annotations of one document."""

    def __init__(self, metadata: Node) -> None:
        self._node = metadata.get("annotations")

    def get(self, word: str) -> Node | None:
        """Ours, if it is there."""
        return self._node.get(key(word)) if self._node else None

    def text(self, word: str) -> str | None:
        """The text of ours, if it is there. Raises Invalid for what is no text."""
        found = self.get(word)
        return found.text() if found else None

    def fields(self, words: Iterable[str]) -> dict[str, Any]:
        """Values of ours by field, as on the wire."""
        return {word: _value(found) for word in words if (found := self.get(word))}

    def others(self) -> dict[str, str]:
        """All that are not ours. Raises Invalid for what is no text."""
        names = self._node.value if self._node else ()
        found = {name: self._node.get(name) for name in names if self._node and not name.startswith(_PREFIX)}
        return {name: node.text() for name, node in found.items() if node}


def structure(node: Node) -> Any:
    """The value of an annotation that holds JSON. Raises Invalid."""
    try:
        return json.loads(node.text())
    except ValueError as error:
        raise node.wrong("write JSON, as an export does, or leave the annotation out") from error


def _value(node: Node) -> Any:
    """Lists, mappings and numbers are JSON; all else is a text as it stands."""
    return structure(node) if node.text()[0] in "[{0123456789" and not _is_word(node.text()) else node.text()


def _is_word(value: str) -> bool:
    """`5m` and `2025-01-01T00:00:00Z` begin like numbers."""
    return value[0].isdigit() and not value.isdigit()
