"""Plug-ins: what installed packages bring, put behind the ports, and how each stands."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import cast

import structlog

from autonomic.adapters.clock import SystemClock
from autonomic.adapters.plugins.discovery import ACTIONS, LOOPS, NOTIFIERS, SOURCES, Discovery, discover
from autonomic.adapters.plugins.guard import Guard
from autonomic.adapters.plugins.notifiers import PluggedOutlets
from autonomic.cycle.plugged import Plugins
from autonomic.cycle.pulling import Pulling
from autonomic.cycle.reception import May, Reception
from autonomic.domain.findings import Fact
from autonomic.domain.meta import ObjectRef
from autonomic.layer import LOOPS as OWN_LOOPS
from autonomic.layer import AutonomicLayer
from autonomic.loops.protocol import ControlLoop
from autonomic.ports.outlets import Outlets
from autonomic.ports.plugins import Notifier, PluginAction, PluginStanding, SignalSource

_OWN = frozenset(each.type for each in OWN_LOOPS)


@dataclass(frozen=True)
class Plugged:
    """What was found. `tell` renders a fact."""

    loops: Discovery
    actions: Discovery
    notifiers: Discovery
    sources: Discovery
    tell: Callable[[str, str, bool], Awaitable[None]]

    @property
    def standings(self) -> tuple[PluginStanding, ...]:
        """How each plug-in is."""
        return self.loops.standings + self.actions.standings + self.notifiers.standings + self.sources.standings

    def outlets(self, configured: Outlets) -> Outlets:
        """The configured outlets, and the notifiers."""
        found = self.notifiers.working.items()
        return PluggedOutlets(configured, {name: (cast(Notifier, each), guard) for name, (each, guard) in found})

    def plugins(self) -> Plugins:
        """The loops and actions, for the layer; their shape was looked at when they were loaded."""
        loops: dict[str, tuple[ControlLoop, Guard]] = {
            name: (cast(ControlLoop, each), guard) for name, (each, guard) in self.loops.working.items()
        }
        actions: dict[str, tuple[PluginAction, Guard]] = {
            name: (cast(PluginAction, each), guard) for name, (each, guard) in self.actions.working.items()
        }
        return Plugins(loops, actions, self._fault)

    def pulling(self, reception: Reception | None, layer: AutonomicLayer) -> Pulling | None:
        """What reads the sources, for namespaces that opted in; None where nothing is received."""
        if reception is None:
            return None
        found = self.sources.working.items()
        sources = {name: (cast(SignalSource, each), guard) for name, (each, guard) in found}
        return Pulling(sources, reception, layer.ports.clock, lambda: _opted_in(layer), self.tell)

    def _fault(self, type_: str) -> str | None:
        if type_ in _OWN:  # a plug-in that would have replaced it says nothing about it
            return None
        unwell = (each for each in self.loops.standings if each.name == type_ and each.state != "Working")
        return next((f"{each}: {each.message}" for each in unwell), None)

    async def tell_broken(self) -> None:
        """Each plug-in that can't be used, as a fact."""
        for each in self.standings:
            if each.state == "Broken":
                await self.tell("PluginBroken", f"{each} is not used: {each.message}", True)


async def plugged_in(
    outlets: Outlets, clock: SystemClock, namespace: str, tell: Callable[[Fact], Awaitable[None]], *, receives: bool
) -> Plugged:
    """Every plug-in that is installed; what is broken is logged at once. `namespace` is the one that facts are about.

    `receives` is whether signals are received here; where they are not, no source can be used.
    """
    about = ObjectRef(api_version="v1", kind="Namespace", name=namespace)

    async def told(name: str, message: str, warning: bool) -> None:
        await tell(Fact(name, about, message, warning=warning))

    channels = outlets.known("Channel") | outlets.known("Endpoint")
    loops = await discover(LOOPS, _OWN, clock, told)
    actions = await discover(ACTIONS, (), clock, told)
    notifiers, sources = await discover(NOTIFIERS, channels, clock, told), await discover(SOURCES, (), clock, told)
    if not receives:
        _close(sources)
    plugged = Plugged(loops, actions, notifiers, sources, told)
    for each in plugged.standings:
        log = structlog.get_logger("autonomic")
        (log.warning if each.state == "Broken" else log.info)(
            "PluginFound",
            plugin=each.name,
            kind=each.kind,
            package=each.package,
            state=each.state,
            message=each.message,
        )
    return plugged


def _close(sources: Discovery) -> None:
    why = "no signals are received here: set AUTONOMIC_SIGNALS_FOLDER"
    sources.broken += [replace(guard.standing, state="Broken", message=why) for _, guard in sources.working.values()]
    sources.working.clear()


def _opted_in(layer: AutonomicLayer) -> May:
    view = layer.store.view(layer.ports.clock.now())

    async def may(namespace: str) -> bool:
        return view.namespace(namespace).enabled

    return may
