"""What contracts say they depend on: what is missing and what goes in circles is said on the contract, and stops nothing."""

from collections import defaultdict
from collections.abc import Callable, Mapping

from autonomic.domain.contracts import SLAContract
from autonomic.domain.words import Truth

RESOLVED = "DependenciesResolved"

Edges = Mapping[str, tuple[str, ...]]
Said = tuple[str, Truth, str, str]
"""A condition: type, status, reason, message."""

NOT_REQUESTED: Said = (RESOLVED, Truth.TRUE, "NotRequested", "spec.dependsOn is not set")


def judge(
    contracts: Mapping[str, SLAContract], is_judged: Callable[[SLAContract], bool] = lambda _: True
) -> dict[str, Said]:
    """What is to be said of each contract that depends on another, by its key; those that are not judged are only there."""
    edges = {key: _named(each) for key, each in contracts.items() if each.spec.depends_on and is_judged(each)}
    knots = _knots(edges)
    return {key: _judge(key, edges, contracts, circles=key in knots) for key in edges}


def _named(contract: SLAContract) -> tuple[str, ...]:
    return tuple(f"{contract.metadata.namespace}/{each.name}" for each in contract.spec.depends_on)


def _knots(edges: Edges) -> set[str]:
    """Those from which a circle can be reached: what is left when the ends are taken away again and again."""
    below = {key: {name for name in names if name in edges} for key, names in edges.items()}
    above: dict[str, list[str]] = defaultdict(list)
    for key, names in below.items():
        for name in names:
            above[name].append(key)
    ends = [key for key, names in below.items() if not names]
    for end in ends:
        del below[end]
        for key in above[end]:
            below[key].discard(end)
            if not below[key]:
                ends.append(key)
    return set(below)


def _judge(key: str, edges: Edges, contracts: Mapping[str, SLAContract], *, circles: bool) -> Said:
    missing = [name for name in edges[key] if name not in contracts]
    if missing:
        namespace, _, name = missing[0].partition("/")
        message = (
            f"dependsOn names {name}, and there is no such SLAContract in namespace {namespace}: create it, or remove it"
            " from dependsOn; the others are looked at all the same"
        )
        return RESOLVED, Truth.FALSE, "Missing", message
    circle = _circle(key, edges) if circles else ()
    if circle:
        way = " -> ".join(each.partition("/")[2] for each in circle)
        message = f"dependsOn goes in a circle, {way}: nothing is its own cause; remove one of them from dependsOn"
        return RESOLVED, Truth.FALSE, "Cycle", message[:1024]
    return RESOLVED, Truth.TRUE, "Resolved", "every contract in dependsOn is there"


def _circle(start: str, edges: Edges) -> tuple[str, ...]:
    """The shortest way from a contract back to itself; empty where there is none."""
    came_from: dict[str, str] = {}
    ahead = [start]
    for at in ahead:
        for name in edges.get(at, ()):
            if name == start:
                return (*_way(start, at, came_from), start)
            if name not in came_from:
                came_from[name] = at
                ahead.append(name)
    return ()


def _way(start: str, end: str, came_from: Mapping[str, str]) -> list[str]:
    way = [end]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]
