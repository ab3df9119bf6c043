"""Writing a plan's status: with preconditions, into the Store at once, and told as a fact."""

from dataclasses import dataclass

from autonomic.cycle.plan.recording import transition
from autonomic.cycle.plan.status import visible
from autonomic.cycle.ports import Ports
from autonomic.cycle.store import Store
from autonomic.domain.findings import Fact
from autonomic.domain.plans import AdaptationPlan, AdaptationPlanStatus


@dataclass(frozen=True)
class PlanWriter:
    """The only hand that writes plans' statuses."""

    ports: Ports
    store: Store

    async def write(
        self, plan: AdaptationPlan, status: AdaptationPlanStatus, name: str, message: str, *, warning: bool = False
    ) -> AdaptationPlan:
        """The plan after the write. What looks the same is not written, nor told. Raises Conflict, Forbidden, Unavailable."""
        if visible(status) == visible(plan.status):
            return plan
        body = {
            "metadata": {"uid": plan.metadata.uid, "resourceVersion": plan.metadata.resource_version},
            "status": status.wire(),
        }
        await self.ports.audit.append(transition(plan, status, name, message))
        raw = await self.ports.cluster.patch_status(plan.ref, body)
        self.store.apply("AdaptationPlan", raw)
        await self.ports.tell(Fact(name, plan.ref, message[:1024], warning=warning, fields={"phase": status.phase}))
        return AdaptationPlan.read(raw)

    async def refresh(self, plan: AdaptationPlan) -> None:
        """Reads the plan again, after somebody else wrote it."""
        self.store.apply("AdaptationPlan", await self.ports.cluster.get(plan.ref))
