"""Whose fault it probably is: a dependency that is unwell itself, and was no later."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from autonomic.domain.health import Cause
from autonomic.health.standing import Standing
from autonomic.health.subjects import Key

Standings = Callable[[Key], Standing | None]
Dependencies = Callable[[Key], Iterable[Key]]


@dataclass(frozen=True, slots=True)
class Blamed:
    """A subject at the end of a chain of dependencies, and the way there."""

    key: Key
    since: datetime
    way: tuple[Key, ...]


def blame(key: Key, standings: Standings, dependencies: Dependencies) -> Blamed | None:
    """The deepest dependency to which a chain of unwell ones leads, none of which began after what it explains.

    Of several the one that began first, then the worse, then by name. What goes in circles ends where it would come back.
    """
    way: tuple[Key, ...] = (key,)
    found, blamed = _next(key, standings, dependencies, {key}), None
    while found is not None:
        blamed, way = found, (*way, found)
        found = _next(found, standings, dependencies, set(way))
    if blamed is None:
        return None
    standing = standings(blamed)
    assert standing and standing.incident  # noqa: S101 - only what is unwell is found
    return Blamed(blamed, standing.incident, way)


def _next(key: Key, standings: Standings, dependencies: Dependencies, seen: set[Key]) -> Key | None:
    mine = standings(key)
    if mine is None or not mine.ill or mine.incident is None:
        return None
    unwell = [
        (standing.incident, standing.score or 0.0, each)
        for each in dependencies(key)
        if each not in seen and (standing := standings(each)) and standing.ill and standing.incident
    ]
    return min((each for each in unwell if each[0] <= mine.incident), default=(None, 0, None))[2]


def cause(blamed: Blamed, standing: Standing) -> Cause:
    """The same in words."""
    through = [each.name for each in blamed.way[1:-1]]
    how = f"through {', '.join(through)}, " if through else ""
    when = f"it has been unwell since {blamed.since:%Y-%m-%dT%H:%M:%SZ}" if standing.since else "it was unwell, too"
    message = f"probably because of {blamed.key.name}: {blamed.way[0].name} depends on it, {how}and {when} ({standing.health})"
    return Cause(kind=blamed.key.kind, name=blamed.key.name, message=message[:1024])


def shared(ill: Iterable[tuple[Key, Blamed | None]]) -> Blamed | None:
    """What all the unwell members of a group lead to; None where they do not agree, or nobody blames anybody."""
    found = [(key, blamed) for key, blamed in ill]
    roots = {blamed.key if blamed else key for key, blamed in found}
    return next((blamed for _, blamed in found if blamed), None) if len(roots) == 1 else None
