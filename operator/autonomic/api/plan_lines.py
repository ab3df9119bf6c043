"""What is shown of a plan: a line of the listing."""

from datetime import datetime

from pydantic import Field

from autonomic.api.paging import Paged
from autonomic.domain.model import Model
from autonomic.domain.naming import outcome
from autonomic.domain.plans import AdaptationPlan, Phase, Trigger
from autonomic.domain.words import Verdict


class PlanAction(Model):
    """One step."""

    type: str = Field(description="Kind of action, such as Scale.")
    target: str = Field(description="What is acted on, such as Deployment triage-agent.")


class PlanLine(Model):
    """One plan, in short."""

    namespace: str = Field(description="Its namespace.")
    name: str = Field(description="Its name.")
    phase: Phase = Field(description="Where it stands.")
    loop: str = Field(description="The ControlLoop that made it.")
    contract: str | None = Field(description="The SLAContract that asked for it, or that it is judged by, if one does.")
    trigger: Trigger = Field(description="What asked for it.")
    actions: tuple[PlanAction, ...] = Field(description="The steps, in order.")
    justification: str = Field(description="Why, in one sentence.")
    verdict: Verdict | None = Field(description="What governance answered; null while it has not.")
    reasons: tuple[str, ...] = Field(description="Why it answered so, with the rule that says it.")
    review: str | None = Field(description="What a person said that counts: Approved, Denied, Keep or RollBack.")
    reviewed_by: str | None = Field(description="Who said it.")
    outcome: str | None = Field(description="How it ended; null while it goes on.")
    created_at: datetime | None = Field(description="When it was made.")
    expires_at: datetime = Field(description="It is not begun after this time.")
    digest: str = Field(description="What it comes to; a review repeats it.")


class PlanList(Paged):
    """Plans by namespace and name."""

    items: tuple[PlanLine, ...] = Field(description="At most `limit` plans.")


def line(plan: AdaptationPlan) -> PlanLine:
    """The plan in short."""
    governance = plan.status.governance
    return PlanLine(
        namespace=plan.metadata.namespace or "",
        name=plan.metadata.name,
        phase=plan.status.phase,
        loop=plan.spec.control_loop,
        contract=next(iter(contracts(plan)), None),
        trigger=plan.spec.trigger,
        actions=tuple(
            PlanAction(type=each.type, target=f"{each.target_ref.kind} {each.target_ref.name}")
            for each in plan.spec.actions
        ),
        justification=plan.spec.justification,
        verdict=governance.verdict if governance else None,
        reasons=governance.reasons if governance else (),
        review=plan.status.review,
        reviewed_by=plan.status.reviewed_by,
        outcome=outcome(plan),
        created_at=plan.metadata.creation_timestamp,
        expires_at=plan.spec.expires_at,
        digest=plan.spec.digest,
    )


def contracts(plan: AdaptationPlan) -> tuple[str, ...]:
    """The contracts that it has to do with: the one that asked first."""
    asked, judged = plan.spec.trigger.slo_alert, plan.spec.verification.slo
    return tuple(each.contract for each in (asked, judged) if each)
