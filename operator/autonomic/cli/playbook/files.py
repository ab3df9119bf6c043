"""Playbooks, recorded signals and objects in files; `-` for the standard input."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from pydantic import ValidationError

from autonomic.cli.slo.files import texts
from autonomic.domain.errors import Invalid
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.signals.received import Signal
from autonomic.domain.words import API_VERSION
from autonomic.openslo.refusals import sentence
from autonomic.openslo.text import documents

START = datetime(2025, 1, 1, tzinfo=UTC)
"""When a record begins whose times are seconds."""

Manifest = dict[str, Any]


def manifests(names: Iterable[str]) -> list[tuple[str, Manifest]]:
    """(place, object) of every object in the files. Raises OSError, and Invalid that names file and line."""
    found: list[tuple[str, Manifest]] = []
    for name, text in texts(names):
        for line, content in documents(text, name):
            place = f"{name}: line {line}"
            if not isinstance(content, dict):
                raise Invalid(f"{place}: no object but {type(content).__name__}")
            inner = content.get("items") or () if content.get("kind") == "List" else (content,)
            found.extend((place, dict(each)) for each in inner)
    return found


def playbook(place: str, content: Manifest) -> SelfHealingPlaybook:
    """The playbook; in the namespace default where it names none. Raises Invalid that names place and field."""
    kind = content.get("kind")
    if kind != SelfHealingPlaybook.names.kind or content.get("apiVersion") != API_VERSION:
        raise Invalid(f"{place}: is no SelfHealingPlaybook of {API_VERSION} but {kind or 'no object'}")
    meta = {"namespace": "default", **(content.get("metadata") or {})}
    try:
        return SelfHealingPlaybook.read({**content, "metadata": meta, "status": None})
    except ValidationError as error:
        raise Invalid(f"{place}: {sentence(error)}") from error


def signals(name: str, namespace: str) -> list[Signal]:
    """The recorded signals, in order of time: JSON lines, or a list in YAML or JSON. Raises OSError, Invalid."""
    ((shown, text),) = texts([name])
    found = [_signal(f"{shown}: signal {number}", each, number, namespace) for number, each in _records(shown, text)]
    return sorted(found, key=lambda each: each.at)


def _records(shown: str, text: str) -> list[tuple[int, Any]]:
    if text.lstrip().startswith("{"):
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            return [(number, json.loads(line)) for number, line in enumerate(lines)]
        except json.JSONDecodeError as error:
            raise Invalid(f"{shown}: no JSON lines: {error}") from error
    content = [each for _, each in documents(text, shown)]
    records = content[0] if len(content) == 1 and isinstance(content[0], list) else content
    return list(enumerate(records))


def _signal(place: str, raw: Any, number: int, namespace: str) -> Signal:
    if not isinstance(raw, Mapping):
        raise Invalid(f"{place}: no object but {type(raw).__name__}: write {{at, type, labels, value}}")
    missing = [field for field in ("at", "type") if field not in raw]
    unknown = sorted(set(raw) - {"at", "type", "namespace", "labels", "value", "source", "id"})
    if missing or unknown:
        problem = f"has no {missing[0]}" if missing else f"has a field {unknown[0]}, which there is not"
        raise Invalid(f"{place}: {problem}: write {{at, type, namespace, labels, value, source, id}}")
    return Signal(
        type=str(raw["type"]),
        namespace=str(raw.get("namespace") or namespace),
        labels={str(key): str(value) for key, value in (raw.get("labels") or {}).items()},
        value=_value(place, raw.get("value", 1)),
        at=_at(place, raw["at"]),
        source=str(raw.get("source") or "recorded"),
        id=str(raw.get("id", number)),
    )


def _value(place: str, raw: Any) -> float:
    try:
        value = float(raw)
    except (TypeError, ValueError):
        value = float("nan")
    if not isfinite(value):
        raise Invalid(f"{place}: value {raw!r} is no finite number")
    return value


def _at(place: str, raw: Any) -> datetime:
    """A time with its zone, or seconds since the record began."""
    if isinstance(raw, int | float) and not isinstance(raw, bool) and isfinite(raw):
        return START + timedelta(seconds=raw)
    try:
        found = raw if isinstance(raw, datetime) else datetime.fromisoformat(str(raw))
    except ValueError as error:
        raise Invalid(f"{place}: at {raw!r} is neither a time such as 2025-01-01T12:00:00Z nor seconds") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
