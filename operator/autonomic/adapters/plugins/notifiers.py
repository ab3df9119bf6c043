"""Notifiers as channels beside those that an administrator configured."""

from collections.abc import Mapping

from autonomic.domain.errors import Invalid
from autonomic.ports.outlets import Outcall, Outlets, OutletType
from autonomic.ports.plugins import Guarded, Notifier


class PluggedOutlets(Outlets):
    """The configured outlets, and a channel for each notifier; no notifier has the name of a configured outlet."""

    def __init__(self, configured: Outlets, notifiers: Mapping[str, tuple[Notifier, Guarded]]) -> None:
        self._configured = configured
        self._notifiers = notifiers

    def known(self, type_: OutletType) -> frozenset[str]:
        """The configured ones, and among channels the notifiers."""
        return self._configured.known(type_) | (frozenset(self._notifiers) if type_ == "Channel" else frozenset())

    async def call(self, outcall: Outcall) -> None:
        """Sends it. Raises Unavailable when it may be tried again, Invalid when it was refused for good."""
        if outcall.outlet not in self._notifiers:
            await self._configured.call(outcall)
            return
        if outcall.type != "Channel":
            raise Invalid(f"there is no {outcall.type} {outcall.outlet}")
        notifier, guard = self._notifiers[outcall.outlet]
        await guard.ask(lambda: notifier.notify(outcall))
