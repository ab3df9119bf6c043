"""The outlets that an administrator configured, by name."""

from autonomic.adapters.outlets.channel import TIMEOUT, Channel
from autonomic.adapters.outlets.endpoint import Endpoint, TryLater
from autonomic.adapters.outlets.pausing import Pause
from autonomic.domain.errors import AutonomicError, Invalid, Unavailable
from autonomic.environment.outlets import Outlet
from autonomic.ports.clock import Clock
from autonomic.ports.outlets import Outcall, Outlets, OutletType


class ConfiguredOutlets(Outlets):
    """Calls them. Nothing is tried twice here; after a call without an answer, its outlet is left alone for a while."""

    def __init__(self, outlets: tuple[Outlet, ...], clock: Clock, timeout: float = TIMEOUT) -> None:
        self._types: dict[str, OutletType] = {each.name: each.type for each in outlets}
        self._callers = {each.name: _caller(each, timeout) for each in outlets}
        self._pauses = {each.name: Pause(clock) for each in outlets}

    def known(self, type_: OutletType) -> frozenset[str]:
        """The names of the type's outlets."""
        return frozenset(name for name, own in self._types.items() if own == type_)

    async def call(self, outcall: Outcall) -> None:
        """Sends it. Raises Unavailable when it may be tried again, Invalid when it was refused for good."""
        name = outcall.outlet
        if self._types.get(name) != outcall.type:
            raise Invalid(f"there is no {outcall.type} {name}")
        pause = self._pauses[name]
        pause.check()
        try:
            await self._callers[name].call(outcall)
        except Unavailable as error:
            pause.begin(error, error.wait if isinstance(error, TryLater) else 0.0)
            raise
        pause.end()

    async def check(self) -> None:
        """Whether every channel's address is one that can be used; sends nothing. Raises Invalid."""
        for caller in self._callers.values():
            if isinstance(caller, Channel):
                await _told_apart(caller)

    async def look(self, name: str) -> AutonomicError | None:
        """Why the outlet can't be reached, None when it can; sends nothing."""
        try:
            await self._callers[name].look()
        except AutonomicError as error:
            return error
        return None


def _caller(outlet: Outlet, timeout: float) -> Channel | Endpoint:
    return Channel(outlet, timeout) if outlet.type == "Channel" else Endpoint(outlet, timeout)


async def _told_apart(channel: Channel) -> None:
    """A machine that is too busy to tell is no reason not to start."""
    try:
        await channel.read()
    except Unavailable:
        return
