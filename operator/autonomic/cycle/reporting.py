"""Writing what a turn reports about contracts, playbooks and loops, where a person would see a difference."""

from dataclasses import dataclass

from autonomic.cycle.ports import Ports
from autonomic.cycle.store import Store
from autonomic.domain.contracts import SLAContractStatus
from autonomic.domain.cost import CostBudgetStatus
from autonomic.domain.errors import Conflict, NotFound
from autonomic.domain.findings import Report
from autonomic.domain.meta import Condition
from autonomic.domain.model import Status
from autonomic.domain.playbooks import Incident
from autonomic.domain.resource import Resource
from autonomic.loops import cost_report
from autonomic.slo.status import differs_visibly


@dataclass(frozen=True)
class Reporter:
    """Writes statuses on visible changes only: a quiet turn writes nothing."""

    ports: Ports
    store: Store

    async def write(self, report: Report, before: Resource) -> bool:
        """Writes the report, unless the object says it already; True when it says it now. Raises Unavailable, Forbidden."""
        if not differs(before, report.status):
            return True
        body = {
            "metadata": {"uid": before.metadata.uid, "resourceVersion": before.metadata.resource_version},
            "status": {**_emptied(before, report.status), **report.status.wire()},
        }
        try:
            raw = await self.ports.cluster.patch_status(report.about, body)
        except (Conflict, NotFound):
            return False  # somebody changed it just now: the next turn judges what it is then
        self.store.apply(report.about.kind, raw)
        for fact in report.facts:
            await self.ports.tell(fact)
        return True


def _emptied(before: Resource, after: Status) -> dict[str, None]:
    """A merge patch leaves alone what it does not name: what is gone is named."""
    old: object = getattr(before, "status", None)
    fields = type(after).model_fields.items()
    return {
        info.alias or name: None
        for name, info in fields
        if getattr(after, name) is None and getattr(old, name, None) is not None
    }


def differs(before: Resource, after: Status) -> bool:
    """Whether a person would see another thing than before."""
    old: object = getattr(before, "status", None)
    if isinstance(old, SLAContractStatus) and isinstance(after, SLAContractStatus):
        return differs_visibly(old, after)
    if isinstance(old, CostBudgetStatus) and isinstance(after, CostBudgetStatus):
        return cost_report.differs_visibly(old, after)
    return _seen(old) != _seen(after)


def _seen(status: object) -> object:
    conditions: tuple[Condition, ...] = getattr(status, "conditions", ())
    generation = getattr(status, "observed_generation", 0)
    incidents: tuple[Incident, ...] = getattr(status, "incidents", ())
    ongoing = [(each.target, each.since, each.triggered) for each in incidents]
    return generation, ongoing, [(each.type, each.status, each.reason, each.message) for each in conditions]
