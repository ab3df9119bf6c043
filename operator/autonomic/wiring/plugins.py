"""Plug-ins: what installed packages bring, put behind the ports, and how each stands."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import structlog

from autonomic.adapters.clock import SystemClock
from autonomic.adapters.plugins.discovery import Discovery, Found, discover_all, look_in
from autonomic.adapters.plugins.notifiers import PluggedOutlets
from autonomic.adapters.plugins.plugging import OWN, plugins
from autonomic.cycle.plugged import Plugins
from autonomic.cycle.pulling import Pulling
from autonomic.cycle.reception import May, Reception
from autonomic.domain.findings import Fact
from autonomic.domain.meta import ObjectRef
from autonomic.layer import AutonomicLayer
from autonomic.ports.outlets import Outlets
from autonomic.ports.plugins import Notifier, PluginStanding, SignalSource


@dataclass(frozen=True)
class Plugged:
    """What was found. `tell` renders a fact."""

    found: Found
    clock: SystemClock
    tell: Callable[[str, str, bool], Awaitable[None]]

    @property
    def standings(self) -> tuple[PluginStanding, ...]:
        """How each plug-in is."""
        return self.found.standings

    def outlets(self, configured: Outlets) -> Outlets:
        """The configured outlets, and the notifiers."""
        found = self.found.notifiers.working.items()
        return PluggedOutlets(configured, {name: (cast(Notifier, each), guard) for name, (each, guard) in found})

    def plugins(self) -> Plugins:
        """The loops and actions, for the layer."""
        return plugins(self.found.loops, self.found.actions, self.clock)

    def pulling(self, reception: Reception | None, layer: AutonomicLayer) -> Pulling | None:
        """What reads the sources, for namespaces that opted in; None where nothing is received."""
        if reception is None:
            return None
        found = self.found.sources.working.items()
        sources = {name: (cast(SignalSource, each), guard) for name, (each, guard) in found}
        return Pulling(sources, reception, layer.ports.clock, lambda: _opted_in(layer), self.tell)

    async def tell_broken(self) -> None:
        """Each plug-in that can't be used, as a fact."""
        for each in self.standings:
            if each.state == "Broken":
                await self.tell("PluginBroken", f"{each} is not used: {each.message}", True)


async def plugged_in(
    outlets: Outlets,
    clock: SystemClock,
    namespace: str,
    tell: Callable[[Fact], Awaitable[None]],
    *,
    receives: bool,
    folder: Path | None = None,
) -> Plugged:
    """Every plug-in that is installed; what is broken is logged at once. `namespace` is the one that facts are about.

    `folder` is one with further packages. `receives` is whether signals are received here; where they are not, no source can
    be used.
    """
    about = ObjectRef(api_version="v1", kind="Namespace", name=namespace)

    async def told(name: str, message: str, warning: bool) -> None:
        await tell(Fact(name, about, message, warning=warning))

    if folder:
        look_in(folder)
    found = await discover_all(OWN, outlets.known("Channel") | outlets.known("Endpoint"), clock, told)
    if not receives:
        _close(found.sources)
    plugged = Plugged(found, clock, told)
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
