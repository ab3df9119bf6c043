"""What was found, as the layer takes it: loops and actions, each behind its guard, and once more for trials."""

from dataclasses import dataclass
from typing import cast

from autonomic.adapters.plugins.discovery import ACTIONS, LOOPS, Discovery, discover
from autonomic.adapters.plugins.guard import Bounds, Guard, Tell
from autonomic.cycle.plugged import Plugins
from autonomic.layer import LOOPS as BUILT_IN
from autonomic.loops.protocol import ControlLoop
from autonomic.ports.clock import Clock
from autonomic.ports.plugins import PluginAction, PluginStanding

OWN = frozenset(each.type for each in BUILT_IN)
"""Types of loops that no plug-in replaces."""
_TRIAL = Bounds(pause=0.0)
"""What is only supposed makes nobody wait for a plug-in afterwards."""


@dataclass(frozen=True)
class Parts:
    """The loops and actions that were found, and what the layer takes of them."""

    loops: Discovery
    actions: Discovery
    plugins: Plugins

    @property
    def standings(self) -> tuple[PluginStanding, ...]:
        """How each is."""
        return self.loops.standings + self.actions.standings


async def untold(_: str, __: str, ___: bool) -> None:
    """For whoever only tries things out: what goes wrong is told by what is raised."""


async def installed(clock: Clock, tell: Tell = untold) -> Parts:
    """The loops and actions that installed packages bring; what only the operator needs is not loaded. Never raises."""
    loops, actions = await discover(LOOPS, OWN, clock, tell), await discover(ACTIONS, (), clock, tell)
    return Parts(loops, actions, plugins(loops, actions, clock))


def plugins(loops: Discovery, actions: Discovery, clock: Clock) -> Plugins:
    """What the layer takes of them; their shape was looked at when they were loaded."""
    trials = Plugins(_loops(_for_trials(loops, clock)), _actions(_for_trials(actions, clock)))
    return Plugins(_loops(loops), _actions(actions), lambda type_: _fault(loops, type_), trials)


def _loops(found: Discovery) -> dict[str, tuple[ControlLoop, Guard]]:
    return {name: (cast(ControlLoop, each), guard) for name, (each, guard) in found.working.items()}


def _actions(found: Discovery) -> dict[str, tuple[PluginAction, Guard]]:
    return {name: (cast(PluginAction, each), guard) for name, (each, guard) in found.working.items()}


def _for_trials(found: Discovery, clock: Clock) -> Discovery:
    """Guards of their own: a trial that a plug-in fails in is not held against it where plans are made."""
    working = found.working.items()
    return Discovery({name: (each, Guard(guard.standing, clock, untold, _TRIAL)) for name, (each, guard) in working})


def _fault(loops: Discovery, type_: str) -> str | None:
    if type_ in OWN:  # a plug-in that would have replaced it says nothing about it
        return None
    unwell = (each for each in loops.standings if each.name == type_ and each.state != "Working")
    return next((f"{each}: {each.message}" for each in unwell), None)
