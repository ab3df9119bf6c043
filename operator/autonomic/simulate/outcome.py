"""What would follow, in words: objectives, plans with their verdicts, what was said, shares of routes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from autonomic.domain.contracts import AlertWord, Burn, Reading, SLAContract, SLAContractStatus
from autonomic.domain.findings import Fact
from autonomic.domain.meta import condition
from autonomic.domain.model import Model
from autonomic.domain.naming import outcome as ended
from autonomic.domain.plans import AdaptationPlan, Phase
from autonomic.domain.routes import AdaptiveRoute
from autonomic.domain.words import Truth, Verdict

MOST = 1000
"""Plans that are shown, and facts."""


class ObjectiveOutcome(Model):
    """One objective that figures were given for, or that asks for something."""

    contract: str = Field(description="namespace/name of its SLAContract.")
    objective: str = Field(description="Its name.")
    group: str = Field(default="", description="The group of it, such as tenant=acme.")
    alert: AlertWord = Field(description="The level of its alert.")
    sli: str = Field(description="Share of good events in the period.")
    budget_remaining: str = Field(description="Share of the error budget that is left.")
    burn_rates: tuple[Burn, ...] = Field(default=(), description="Burn rate over each alert window.")


class PlanOutcome(Model):
    """One AdaptationPlan, and what would become of it."""

    namespace: str = Field(description="Its namespace.")
    name: str = Field(description="Its name.")
    loop: str = Field(description="The loop that asks for it.")
    proposed: bool = Field(description="True where it would be made; false where it is there already.")
    targets: tuple[str, ...] = Field(description="What it acts on.")
    action: str = Field(description="What it does.")
    because: str = Field(description="Why there is a plan.")
    phase: Phase = Field(description="Where it would stand, before anything is carried out.")
    verdict: Verdict | None = Field(default=None, description="What governance answers; null while it does not.")
    reasons: tuple[str, ...] = Field(default=(), description="Each reason, with the rule that gave it.")
    waiting: str = Field(default="", description="Why governance has not answered, in a word, such as Frozen.")
    then: str = Field(description="What follows, in words.")
    spec: dict[str, Any] = Field(description="The plan itself.")


class FactOutcome(Model):
    """Something that would be told."""

    name: str = Field(description="NotProposed, WouldPropose, PlanDenied, ...")
    about: str = Field(description="Kind and name of the object.")
    message: str = Field(description="A sentence.")
    warning: bool = Field(description="Whether it is told as a warning.")


class RouteOutcome(Model):
    """One candidate of a route at one task type; shares are of 1000."""

    route: str = Field(description="namespace/name of its AdaptiveRoute.")
    task_type: str = Field(description="The kind of task.")
    candidate: str = Field(description="The candidate.")
    desired: int = Field(description="Where learning leads to, without limits on steps.")
    published: int = Field(description="What would be decided by now.")
    baseline: int = Field(description="What it has where nothing is explored.")
    why: str = Field(default="", description="Why it is kept out, where it is.")


class PoliciesOutcome(Model):
    """Policies that were supposed."""

    revision: str = Field(description="Revision of all policies that decided, as plans and verdicts name it.")
    files: tuple[str, ...] = Field(description="The files that were supposed.")
    instead_of: Literal["Same", "Owners", "All"] = Field(description="What they stood in place of.")
    beside: tuple[str, ...] = Field(
        default=(), description="Those that are no owner's and replace no pack: there is none of that name."
    )


class Outcome(Model):
    """All that would follow. Nothing of it was written."""

    at: datetime = Field(description="The moment that was looked at.")
    live: bool = Field(description="Whether it began with what the operator knows.")
    policies: PoliciesOutcome | None = Field(
        default=None, description="Policies that were supposed; null where those in force decided."
    )
    judged: int = Field(default=0, description="Contracts that were judged by figures that were given.")
    objectives: tuple[ObjectiveOutcome, ...] = Field(
        default=(), description="Objectives of contracts that burn, or that figures name."
    )
    plans: tuple[PlanOutcome, ...] = Field(default=(), description="Plans, those that are new first.")
    facts: tuple[FactOutcome, ...] = Field(
        default=(), description="What would be told, in order: refusals and conflicts too."
    )
    routes: tuple[RouteOutcome, ...] = Field(default=(), description="Shares of the routes that were looked at.")
    notes: tuple[str, ...] = Field(default=(), description="What was assumed.")
    left_out: int = Field(default=0, description="Plans and facts beyond those that are shown.")


def of_objectives(contract: SLAContract, status: SLAContractStatus) -> Iterable[ObjectiveOutcome]:
    """What the status says of the contract."""
    for each in status.objectives:
        readings: Iterable[tuple[str, Reading]] = ((one.group, one) for one in each.groups)
        for group, told in readings if each.groups else (("", each),):
            yield ObjectiveOutcome(
                contract=contract.key,
                objective=each.name,
                group=group,
                alert=told.alert,
                sli=told.sli,
                budget_remaining=told.budget_remaining,
                burn_rates=told.burn_rates,
            )


def of_plan(plan: AdaptationPlan, *, proposed: bool) -> PlanOutcome:
    """The plan, as it stands in the end."""
    governance = plan.status.governance
    return PlanOutcome(
        namespace=plan.metadata.namespace or "",
        name=plan.metadata.name,
        loop=plan.spec.control_loop,
        proposed=proposed,
        targets=tuple(str(ref) for ref in plan.refs),
        action=plan.status.action or ", ".join(action.type for action in plan.spec.actions),
        because=plan.spec.justification,
        phase=plan.status.phase,
        verdict=governance.verdict if governance else None,
        reasons=governance.reasons if governance else (),
        waiting=_unanswered(plan),
        then=_then(plan),
        spec=plan.spec.wire(),
    )


def of_route(route: AdaptiveRoute) -> Iterable[RouteOutcome]:
    """The route's shares, as its status says them."""
    for each in route.status.weights:
        yield RouteOutcome(route=route.key, **each.model_dump())


def of_fact(fact: Fact) -> FactOutcome:
    """The fact, in words."""
    return FactOutcome(name=fact.name, about=str(fact.about), message=fact.message, warning=fact.warning)


def _then(plan: AdaptationPlan) -> str:
    if ended(plan) is not None:
        return _message(plan, "Finished")
    if plan.status.execution is not None:
        return "it is carried out at once, then verified, and undone if it did not help"
    asked = plan.status.governance
    if asked and asked.verdict is Verdict.REQUIRE_APPROVAL:
        return f"it waits: {_message(plan, 'Reviewed') or 'a person decides'}"
    return f"it waits: {_message(plan, 'Governed') or 'governance has not answered'}"


def _unanswered(plan: AdaptationPlan) -> str:
    found = condition(plan.status.conditions, "Governed")
    return found.reason if found and found.status is Truth.UNKNOWN else ""


def _message(plan: AdaptationPlan, name: str) -> str:
    found = condition(plan.status.conditions, name)
    return found.message if found else ""
