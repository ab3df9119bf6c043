"""Which plug-ins are installed: by entry points, each loaded within its time and looked at before anything is asked of it."""

import importlib
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from autonomic.adapters.plugins.guard import Bounds, Guard, Tell
from autonomic.ports.clock import Clock
from autonomic.ports.plugins import PluginFault, PluginKind, PluginStanding

_LOADING = Bounds(seconds=15.0)
_OUTWARD = Bounds(seconds=10.0)


@dataclass(frozen=True)
class Group:
    """The plug-ins of one kind: the entry points' group, the methods and numbers that each must have, how each is named."""

    kind: PluginKind
    group: str
    called: str
    methods: tuple[str, ...]
    names: re.Pattern[str]
    bounds: Bounds
    numbers: tuple[str, ...] = ()


LOOPS = Group(
    "Loop", "autonomic.loops", "type", ("monitor", "analyze", "pace"), re.compile(r"[A-Z][A-Za-z0-9]{0,62}"), Bounds()
)
ACTIONS = Group(
    "Action", "autonomic.actions", "name", ("act",), re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"), Bounds()
)
NOTIFIERS = Group("Notifier", "autonomic.notifiers", "name", ("notify",), ACTIONS.names, _OUTWARD)
SOURCES = Group("SignalSource", "autonomic.signals", "name", ("read",), ACTIONS.names, _OUTWARD, ("every",))


@dataclass
class Discovery:
    """What was found of one kind: by its name the plug-in and its guard, and what could not be used."""

    working: dict[str, tuple[object, Guard]] = field(default_factory=dict)
    broken: list[PluginStanding] = field(default_factory=list)

    @property
    def standings(self) -> tuple[PluginStanding, ...]:
        """How each is, by name."""
        every = [*self.broken, *(guard.standing for _, guard in self.working.values())]
        return tuple(sorted(every, key=lambda each: (each.name, each.package)))


@dataclass(frozen=True)
class Found:
    """What was found of every kind."""

    loops: Discovery
    actions: Discovery
    notifiers: Discovery
    sources: Discovery

    @property
    def standings(self) -> tuple[PluginStanding, ...]:
        """How each plug-in is."""
        return self.loops.standings + self.actions.standings + self.notifiers.standings + self.sources.standings


def look_in(folder: Path) -> None:
    """Packages there are found from now on. What is installed already comes first: nothing of it is replaced."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
        importlib.invalidate_caches()


async def discover_all(loops: Iterable[str], channels: Iterable[str], clock: Clock, tell: Tell) -> Found:
    """Every plug-in. `loops` and `channels` are names that are taken. Never raises."""
    return Found(
        loops=await discover(LOOPS, loops, clock, tell),
        actions=await discover(ACTIONS, (), clock, tell),
        notifiers=await discover(NOTIFIERS, channels, clock, tell),
        sources=await discover(SOURCES, (), clock, tell),
    )


async def discover(group: Group, taken: Iterable[str], clock: Clock, tell: Tell) -> Discovery:
    """Every plug-in of the kind. `taken` are names that are the layer's own. Never raises: what is broken says so."""
    found, own = Discovery(), frozenset(taken)
    installed = _by_name(group)
    for name, points in installed.items():
        standing = _standing(group, points[0])
        loading = Guard(standing, clock, _quiet, _LOADING)
        try:
            _unique(name, points, own, group)
            plugin = await loading.ask(_loading(group, points[0]))
        except (PluginFault, ValueError) as fault:
            why = loading.standing.message or str(fault)
            found.broken += [replace(_standing(group, each), state="Broken", message=why) for each in points]
            continue
        found.working[name] = plugin, Guard(standing, clock, tell, group.bounds)
    return found


def _by_name(group: Group) -> Mapping[str, list[EntryPoint]]:
    installed: dict[str, list[EntryPoint]] = {}
    for point in sorted(entry_points(group=group.group), key=lambda each: (each.name, each.value)):
        installed.setdefault(point.name, []).append(point)
    return installed


def _standing(group: Group, point: EntryPoint) -> PluginStanding:
    package = f"{point.dist.name} {point.dist.version}" if point.dist else point.value
    return PluginStanding(group.kind, point.name, package, "Working")


def _unique(name: str, points: list[EntryPoint], own: frozenset[str], group: Group) -> None:
    if name in own:
        raise ValueError(
            f"{name} is there already, and no plug-in replaces what is the layer's own or configured: rename it"
        )
    if not group.names.fullmatch(name):
        raise ValueError(f"{name!r} is not a name that a {group.kind.lower()} can have: {group.names.pattern}")
    if len(points) > 1:
        brought = ", ".join(str(_standing(group, each).package) for each in points)
        raise ValueError(f"{name} is brought more than once ({brought}), so none is used: uninstall all but one")


def _loading(group: Group, point: EntryPoint) -> Callable[[], object]:
    def load() -> object:
        loaded = point.load()
        plugin = loaded() if isinstance(loaded, type) else loaded
        _look(group, point.name, plugin)
        return plugin

    return load


def _look(group: Group, name: str, plugin: object) -> None:
    """Raises ValueError where it has not the shape of its kind."""
    says = getattr(plugin, group.called, None)
    if says != name:
        raise ValueError(f"its {group.called} is {says!r}, and its entry point is named {name}: let them be the same")
    for number in group.numbers:
        if not isinstance(getattr(plugin, number, None), int | float):
            raise ValueError(f"its {number} is no number")
    for method in group.methods:
        there = getattr(plugin, method, None)
        if not callable(there):
            raise ValueError(f"it has no method {method}, and its kind needs one")
        if inspect.iscoroutinefunction(there):
            raise ValueError(f"its {method} is async: write it as a plain method, it runs in a thread of its own")


async def _quiet(_: str, __: str, ___: bool) -> None:
    """What goes wrong while a plug-in is loaded is told as what it is: broken."""
