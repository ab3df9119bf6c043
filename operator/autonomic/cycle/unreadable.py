"""Telling the owner of an object that it can't be read: what the schema let through and the model does not."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from autonomic.cycle.ports import Ports
from autonomic.domain.errors import AutonomicError
from autonomic.domain.findings import Fact
from autonomic.domain.meta import ObjectRef, conditions
from autonomic.domain.view import Unreadable, View
from autonomic.domain.words import Truth

_TOLD_BY_CONDITION = ("SLAContract", "SelfHealingPlaybook", "CostBudget", "AdaptiveRoute")


@dataclass
class UnreadableReporter:
    """Sets Ready to False once for each thing that is wrong; the loops leave such objects alone."""

    ports: Ports
    _told: dict[ObjectRef, tuple[int, str]] = field(default_factory=dict)

    async def report(self, view: View) -> None:
        """Tells what is not told yet. Never raises; what could not be written is tried at the next turn."""
        self._told = {each.ref: self._told[each.ref] for each in view.unreadable if each.ref in self._told}
        for each in view.unreadable:
            if self._told.get(each.ref) != (each.generation, each.message):
                self._told[each.ref] = (each.generation, each.message)
                await self._tell(each, view.now)

    async def _tell(self, unread: Unreadable, now: datetime) -> None:
        try:
            if unread.ref.kind in _TOLD_BY_CONDITION:
                await self.ports.cluster.patch_status(unread.ref, _not_ready(unread, now))
        except AutonomicError:
            del self._told[unread.ref]
            return
        await self.ports.tell(Fact("Unreadable", unread.ref, unread.message, warning=True))


def _not_ready(unread: Unreadable, now: datetime) -> dict[str, Any]:
    wanted = [("Ready", Truth.FALSE, "InvalidSpec", unread.message[:1024])]
    shown = conditions((), wanted, unread.generation, now.replace(microsecond=0))
    return {
        "metadata": {"resourceVersion": unread.resource_version},
        "status": {"observedGeneration": unread.generation, "conditions": [each.wire() for each in shown]},
    }
