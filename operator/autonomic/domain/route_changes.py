"""What would be another thing about a route, in words that a person can decide by."""

from collections.abc import Iterator, Mapping
from typing import Any

from autonomic.domain.model import Model
from autonomic.domain.routes import AdaptiveRouteSpec

LONGEST = 900
"""Characters; what is beyond them is counted."""


def changes(before: AdaptiveRouteSpec | None, after: AdaptiveRouteSpec) -> str:
    """`policy.algorithm Thompson -> ChangePoints; candidates.opus added`; all that matters of a first policy."""
    return _brief(list(_first(after) if before is None else _moved(_fields(before), _fields(after))))


def _first(spec: AdaptiveRouteSpec) -> Iterator[str]:
    yield f"algorithm {spec.policy.algorithm}"
    shares = (f"{each.name} {each.min_weight}-{each.max_weight}" for each in spec.candidates)
    yield f"candidates {', '.join(shares)} of 1000"
    yield f"baseline {spec.baseline}"
    yield f"publishes to {', '.join(each.place for each in spec.publish) or 'no place'}"


def _fields(spec: AdaptiveRouteSpec) -> dict[str, Any]:
    """The spec as fields; what has a name of its own is told by it, and without what it has by default."""
    rest = spec.model_copy(update={"candidates": (), "publish": ()}).wire()
    named: dict[str, Model] = {f"candidates.{each.name}": each for each in spec.candidates}
    named |= {f"publish.{each.place}": each for each in spec.publish}
    told = {name: each.model_dump(mode="json", by_alias=True, exclude_defaults=True) for name, each in named.items()}
    return {name: value for name, value in rest.items() if name not in ("mode", "candidates", "publish")} | told


def _moved(before: Mapping[str, Any], after: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for name in sorted(before.keys() | after.keys()):
        old, new, at = before.get(name), after.get(name), f"{path}{name}"
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _moved(old, new, f"{at}.")
        elif old is None:
            yield f"{at} added ({_shown(new)})"
        elif new is None:
            yield f"{at} removed (it was {_shown(old)})"
        elif old != new:
            yield f"{at} {_shown(old)} -> {_shown(new)}"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return (
            ", ".join(f"{name} {_shown(inner)}" for name, inner in value.items() if name != "name") or "as by default"
        )
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _brief(parts: list[str]) -> str:
    text = "; ".join(parts)
    if len(text) <= LONGEST:
        return text
    kept = text[:LONGEST].rpartition("; ")[0]
    return f"{kept}; and {len(parts) - kept.count('; ') - 1} more: read the route"
