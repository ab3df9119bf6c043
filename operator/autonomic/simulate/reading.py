"""From parsed JSON or YAML to a scenario, and from its objects to those of the twin."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from autonomic.domain import kinds
from autonomic.domain.resource import Resource
from autonomic.domain.servers import DEFAULT
from autonomic.domain.words import API_VERSION
from autonomic.simulate.flaws import Flaw, Unfit, flaw, flaws
from autonomic.simulate.scenario import Scenario

OURS: Mapping[str, type[Resource]] = {model.names.kind: model for model in kinds.WATCHED}
"""The kinds that decisions rest on."""
CLUSTERED = frozenset({"Namespace"} | {name for name, model in OURS.items() if not model.names.namespaced})
"""Those that are in no namespace."""
_KINDS = frozenset(model.names.kind for model in kinds.KINDS)
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.:]*[a-z0-9])?")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_CONTAINERS = (dict, list, tuple)
DEEPEST = 64
"""Levels of an object within one another: none of Kubernetes has half as many."""


def scenario(content: object) -> Scenario:
    """The scenario. Raises Unfit that names every field that is wrong."""
    if _deeper(content, DEEPEST):
        raise Unfit([flaw("body", "...", f"there are more than {DEEPEST} levels within one another")])
    try:
        given = Scenario.model_validate(content)
    except ValidationError as error:
        raise Unfit(flaws(error)) from None
    wrong = [found for at, raw in enumerate(given.objects) for found in _wrong(at, raw)]
    if wrong:
        raise Unfit(wrong)
    return given


def _deeper(content: object, than: int) -> bool:
    level = [content]
    for _ in range(than):
        level = [inner for value in level for inner in _within(value) if isinstance(inner, _CONTAINERS)]
    return bool(level)


def whole(given: Scenario) -> tuple[dict[str, Any], ...]:
    """The objects with what they need: a namespace where their kind has one."""
    return tuple(_placed(raw) for raw in given.objects)


def servers(given: Scenario) -> tuple[str, ...]:
    """The metrics servers that objects name, the default first: without an operator's settings each of them is known."""
    found = {name for raw in given.objects if raw.get("kind") in OURS for name in _named(raw.get("spec"))}
    return (DEFAULT, *sorted(found - {DEFAULT}))


def _named(value: object) -> Iterator[str]:
    if isinstance(value, dict) and isinstance(server := value.get("server"), str):
        yield server
    for inner in _within(value):
        if isinstance(inner, _CONTAINERS):
            yield from _named(inner)


def _within(value: object) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()


def faulty(at: int, raw: Mapping[str, Any]) -> tuple[Flaw, ...]:
    """What the model of its kind has against an object of ours."""
    try:
        OURS[raw["kind"]].read(dict(raw))
    except ValidationError as error:
        return flaws(error, "objects", str(at))
    return ()


def _wrong(at: int, raw: Mapping[str, Any]) -> Iterator[Flaw]:
    kind, version, meta = raw.get("kind"), raw.get("apiVersion"), raw.get("metadata")
    yield from _of_no_kind(at, kind, version)
    if not isinstance(meta, Mapping):
        yield flaw(f"objects.{at}.metadata", meta, "write metadata with a name")
        return
    for name in ("name", "namespace"):
        value = meta.get(name)
        if (value is None and name == "name") or not isinstance(value, str | None):
            yield flaw(f"objects.{at}.metadata.{name}", value, f"the {name} is text, such as web")
    yield from _odd(at, meta)
    yield from _misnamed(at, meta)
    for name in ("spec", "status"):
        if raw.get(name) is not None and not isinstance(raw[name], Mapping):
            yield flaw(f"objects.{at}.{name}", raw[name], f"the {name} is an object")


def _of_no_kind(at: int, kind: object, version: object) -> Iterator[Flaw]:
    if not isinstance(kind, str) or not kind or not isinstance(version, str) or not version:
        yield flaw(f"objects.{at}", {"apiVersion": version, "kind": kind}, "write apiVersion and kind, as for kubectl")
    elif kind in OURS and version != API_VERSION:
        yield flaw(f"objects.{at}.apiVersion", version, f"a {kind} is of {API_VERSION}")
    elif version == API_VERSION and kind not in _KINDS:
        yield flaw(f"objects.{at}.kind", kind, f"{API_VERSION} has no such kind: it has {', '.join(sorted(_KINDS))}")


def _misnamed(at: int, meta: Mapping[str, Any]) -> Iterator[Flaw]:
    for name, pattern, longest in (("name", _NAME, 253), ("namespace", _LABEL, 63)):
        value = meta.get(name)
        if isinstance(value, str) and (len(value) > longest or not pattern.fullmatch(value)):
            yield flaw(
                f"objects.{at}.metadata.{name}", value, "is none that Kubernetes takes: small letters, digits, dashes"
            )
    for name, kind in (("uid", str), ("generation", int)):
        value = meta.get(name)
        if value is not None and (not isinstance(value, kind) or len(str(value)) > 64):
            yield flaw(f"objects.{at}.metadata.{name}", value, "is none that the API server gives: leave it out")


def _odd(at: int, meta: Mapping[str, Any]) -> Iterator[Flaw]:
    for name in ("labels", "annotations"):
        found = meta.get(name) or {}
        if not isinstance(found, Mapping) or not all(isinstance(each, str) for each in found.values()):
            yield flaw(f"objects.{at}.metadata.{name}", found, f"{name} are text by text: put values in quotes")


def _placed(raw: Mapping[str, Any]) -> dict[str, Any]:
    meta = dict(raw["metadata"])
    if raw["kind"] in CLUSTERED:
        meta.pop("namespace", None)
    else:
        meta["namespace"] = meta.get("namespace") or "default"
    meta.pop("resourceVersion", None)  # it is newer than all that is known
    return {**raw, "metadata": meta}
