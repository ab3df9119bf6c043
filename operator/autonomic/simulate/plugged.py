"""Plug-ins in a simulation: those of the layer behind guards for trials, and what one fails at is noted."""

from collections.abc import Callable
from dataclasses import dataclass

from autonomic.cycle.plugged import Plugins
from autonomic.layer import AutonomicLayer
from autonomic.loops.protocol import ControlLoop
from autonomic.ports.plugins import Answer, Guarded, PluginFault, PluginStanding

Note = Callable[[str], None]
"""Takes a sentence."""


def own_loops(layer: AutonomicLayer) -> tuple[ControlLoop, ...]:
    """The loops of a layer that no plug-in brought."""
    plugged = layer.whole.loop_turn.plugins.loops
    return tuple(each for name, each in layer.whole.loops.items() if name not in plugged)


def lent(layer: AutonomicLayer) -> Plugins:
    """Its plug-ins, as they may be asked in another event loop; none where it has no guards for that."""
    return layer.whole.loop_turn.plugins.trials or Plugins()


def noted(plugins: Plugins, note: Note) -> Plugins:
    """The same plug-ins; what one fails at is a note."""
    loops = {name: (each, _Noted(guard, note)) for name, (each, guard) in plugins.loops.items()}
    actions = {name: (each, _Noted(guard, note)) for name, (each, guard) in plugins.actions.items()}
    return Plugins(loops, actions)


@dataclass(frozen=True)
class _Noted(Guarded):
    guard: Guarded
    note: Note

    @property
    def standing(self) -> PluginStanding:
        """How the plug-in is in trials."""
        return self.guard.standing

    async def ask(self, what: Callable[[], Answer]) -> Answer:
        """What the function returns. Raises PluginFault."""
        try:
            return await self.guard.ask(what)
        except PluginFault as fault:
            self.note(str(fault))
            raise
