"""Alerts that an Alertmanager left out of a notification are asked of the servers that fire them."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from autonomic.cycle.store import Store
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.domain.promql import Matcher, Selector
from autonomic.domain.readings import Question, Sample
from autonomic.domain.signals.board import ALERTMANAGER
from autonomic.domain.signals.received import Signal
from autonomic.ports.clock import Clock
from autonomic.ports.metrics import Metrics

RETRY = 5.0
"""Seconds until Prometheus is asked again when it gave no answer."""
MOST = 1000
"""Alerts that are taken at once."""
_OWN = frozenset({"__name__", "alertstate", "alertname"})


@dataclass(frozen=True)
class Recalling:
    """Asks only for alerts that a playbook listens to; `tenant` is the label that holds the namespace."""

    metrics: Metrics
    clock: Clock
    store: Store
    receive: Callable[[Sequence[Signal]], None]
    tenant: str

    async def recall(self, _: str) -> float | None:
        """One question to each server; the seconds until it is asked again where there was no answer."""
        now = self.clock.now().replace(microsecond=0)
        names = self._names()
        if not names:
            return None
        either = Matcher("alertname", "=~", "|".join(re.escape(name) for name in sorted(names)))
        asked = str(Selector("ALERTS", (Matcher("alertstate", "=", "firing"), either)))
        answered = await asyncio.gather(
            *(self._ask(Question(asked, now, server=each)) for each in self.metrics.servers)
        )
        return None if all(answered) else RETRY

    async def _ask(self, question: Question) -> bool:
        """Takes what one server answers at once; False where it gave no answer."""
        try:
            found = await self.metrics.query(question)
        except Unavailable:
            return False
        except Invalid:
            return True
        self.receive([self._signal(each, question.at.isoformat()) for each in found.samples[:MOST]])
        return True

    def _names(self) -> set[str]:
        view = self.store.view(self.clock.now())
        playbooks = (each for each in view.playbooks.values() if view.crowd(each) is None)
        return {each.alert.name for playbook in playbooks for each in playbook.spec.triggers if each.alert}

    def _signal(self, sample: Sample, asked: str) -> Signal:
        labels = {key: value for key, value in sample.labels.items() if key not in {*_OWN, self.tenant}}
        return Signal(
            type=sample.labels.get("alertname", ""),
            namespace=sample.labels.get(self.tenant, ""),
            labels=labels,
            value=1.0,
            at=self.clock.now(),
            source=ALERTMANAGER,
            id=f"{asked}/{sorted(labels.items())}",
        )
