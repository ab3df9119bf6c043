"""AdaptationPlan: one proposed change, why, who said yes, and what came of it. The spec is immutable but for `reviews`."""

from datetime import datetime
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from autonomic.domain.actions import Action
from autonomic.domain.meta import Condition, ObjectRef, condition
from autonomic.domain.model import Model, Status, TypedUnion
from autonomic.domain.resource import Column, Names, Resource
from autonomic.domain.savings import BudgetTrigger
from autonomic.domain.servers import ServerName
from autonomic.domain.units import DecimalString
from autonomic.domain.verifications import PlanVerification
from autonomic.domain.words import Digest, Level, Name, Sentence, ShortName, Text, Truth, Uid, Verdict, Word

Value = Annotated[str, StringConstraints(max_length=64)]
Json = Annotated[str, StringConstraints(max_length=32768)]
"""A JSON value; a whole pod template is the longest."""
Deed = Literal["Patch", "Create", "Call"]


class AlertTrigger(Model):
    """An objective's alert asked for the plan."""

    contract: Name = Field(description="The contract.")
    objective: ShortName = Field(description="The objective.")
    group: Sentence = Field(default="", description="The group of an objective with groupBy: tenant=acme.")
    level: Level = Field(description="The alert's level.")
    since: datetime = Field(description="When the alert took this level.")


class SignalTrigger(Model):
    """A playbook's trigger asked for the plan."""

    playbook: Name = Field(description="The playbook.")
    trigger: ShortName = Field(description="The trigger in the playbook.")
    target: Name | None = Field(default=None, description="The target that the signal named, where it named one.")
    value: Value = Field(description="The signal's value.")
    since: datetime = Field(description="When the trigger began to hold.")


class RouteTrigger(Model):
    """A change of a route's policy asked for the plan."""

    route: Name = Field(description="The route.")
    change: Sentence = Field(description="What changes.")


class PlanTrigger(Model):
    """Another plan asked for this one: a person's undo."""

    plan: Name = Field(description="The other plan.")
    uid: Uid = Field(description="Its UID.")


class Trigger(TypedUnion):
    """What asked for the plan."""

    type: Literal["SLOAlert", "Signal", "Budget", "Route", "Plan"] = Field(description="Kind of trigger.")
    slo_alert: AlertTrigger | None = Field(default=None, description="Set when type is SLOAlert.")
    signal: SignalTrigger | None = Field(default=None, description="Set when type is Signal.")
    budget: BudgetTrigger | None = Field(default=None, description="Set when type is Budget.")
    route: RouteTrigger | None = Field(default=None, description="Set when type is Route.")
    plan: PlanTrigger | None = Field(default=None, description="Set when type is Plan.")


class AskedQuery(Model):
    """One figure behind the decision."""

    expr: Text = Field(description="The PromQL expression.")
    value: Value = Field(description="What it returned.")
    at: datetime = Field(description="The time it was asked for.")
    server: ServerName = None


class Evidence(Model):
    """What was known when the plan was made."""

    summary: Text = Field(description="The figures in words.")
    budget_remaining: Value = Field(
        default="", description="Share of the error budget left in percent, where one is behind it."
    )
    queries: tuple[AskedQuery, ...] = Field(
        default=(), max_length=16, description="The figures and where they come from."
    )


class Review(Model):
    """What one person said. Approved or Denied before the change; Keep or RollBack after it."""

    decision: Literal["Approved", "Denied", "Keep", "RollBack"] = Field(description="The decision.")
    by: Annotated[str, StringConstraints(max_length=256)] = Field(
        default="", description="Who decided; stamped by admission, never another's name."
    )
    message: Annotated[str, StringConstraints(max_length=512)] = Field(default="", description="Why.")
    digest: Digest = Field(description="The digest of the plan that was read.")


class AdaptationPlanSpec(Model):
    """What shall be done, fixed when the plan is made."""

    immutable_but: ClassVar[tuple[str, ...]] = ("reviews",)

    control_loop: Name = Field(description="The ControlLoop that made the plan.")
    trigger: Trigger = Field(description="What asked for it.")
    actions: tuple[Action, ...] = Field(min_length=1, max_length=8, description="The steps, in order; absolute values.")
    justification: Sentence = Field(description="One sentence that a tired person understands.")
    evidence: Evidence = Field(description="What was known when the plan was made.")
    verification: PlanVerification = Field(description="How it is decided whether the plan helped.")
    requires_person: bool = Field(description="True when the mode in force was Propose: policy alone can't approve it.")
    expires_at: datetime = Field(description="Not executed after this time.")
    policy_revision: Annotated[str, StringConstraints(max_length=128)] = Field(
        description="Revision of the policies when the plan was made; empty when no policy engine had answered."
    )
    nonce: Annotated[str, StringConstraints(min_length=16, max_length=64, pattern=r"^[0-9a-f]+$")] = Field(
        description="Random; makes the digest of a re-created plan another one."
    )
    digest: Digest = Field(
        description="SHA-256 of the canonical JSON (RFC 8785) of all the above. A review repeats it."
    )
    reviews: tuple[Review, ...] = Field(default=(), max_length=16, description="What people said; only grows.")


class FieldChange(Status):
    """One field of a target, before and after."""

    path: Annotated[str, StringConstraints(max_length=512)] = Field(
        description="JSON Pointer of the field; an element of a list by its key: [name=app]."
    )
    before: Json | None = Field(default=None, description="JSON value before; left out when the field was absent.")
    after: Json | None = Field(default=None, description="JSON value after; left out when the field is removed.")


class Step(Status):
    """One write to one target: recorded before it is sent, so that it can be undone and is never sent twice."""

    op_id: Annotated[str, StringConstraints(max_length=128)] = Field(
        description="Plan UID and step: stamped on the target."
    )
    action: int = Field(ge=0, le=7, description="Index of the action in the spec.")
    changes: tuple[FieldChange, ...] = Field(default=(), max_length=32, description="The change, and so its inverse.")
    at: datetime = Field(description="When the step was claimed.")
    deed: Deed = Field(
        default="Patch", description="Patch changes the target, Create makes an object, Call asks somebody outside."
    )
    creates: Name | None = Field(default=None, description="Name of the object that a Create makes.")
    done: bool = Field(default=False, description="Whether a Call or Create was answered; a Patch shows on its target.")


class Governance(Status):
    """What governance answered."""

    verdict: Verdict = Field(description="Approve, RequireApproval or Deny.")
    reasons: tuple[Sentence, ...] = Field(
        default=(), max_length=16, description="Each reason, with the rule that gave it."
    )
    decision_id: Value = Field(
        default="",
        description="Start of the digest of what the policy engine was asked; equal questions have equal ids.",
    )
    policy_revision: Annotated[str, StringConstraints(max_length=128)] = Field(
        default="", description="Revision that decided."
    )
    at: datetime = Field(description="When it was decided.")


class Execution(Status):
    """Who carries the plan out, and what was written."""

    holder: Annotated[str, StringConstraints(max_length=253)] = Field(description="Replica that claimed the plan.")
    epoch: int = Field(ge=0, description="Lease epoch of the claim.")
    seq: int = Field(ge=0, description="Sequence number on the target.")
    steps: tuple[Step, ...] = Field(default=(), max_length=16, description="The writes, in order.")


class VerificationStatus(Status):
    """How the verification stands."""

    started_at: datetime = Field(description="When the last step was done.")
    deadline: datetime = Field(description="Decided by then.")
    message: Sentence = Field(default="", description="The last reading in words.")
    saved: DecimalString | None = Field(
        default=None, description="Money a day that was saved, where that was measured."
    )


Phase = Literal[
    "Proposed", "Denied", "AwaitingApproval", "Approved", "Executing", "Verifying", "Succeeded", "RolledBack", "Failed",
    "Inconclusive", "Expired", "Superseded",
]  # fmt: skip


class AdaptationPlanStatus(Status):
    """Written by the operator alone."""

    phase: Phase = Field(default="Proposed", description="For display; code branches on conditions.")
    review: Word | None = Field(default=None, description="The review that counts: Approved, Denied, Keep or RollBack.")
    reviewed_by: Annotated[str, StringConstraints(max_length=256)] | None = Field(
        default=None, description="Who gave it."
    )
    target: Sentence | None = Field(default=None, description="For display: what is acted on.")
    action: Sentence | None = Field(default=None, description="For display: what is done.")
    governance: Governance | None = Field(default=None, description="What governance answered.")
    execution: Execution | None = Field(default=None, description="What was written.")
    verification: VerificationStatus | None = Field(default=None, description="How the verification stands.")
    conditions: tuple[Condition, ...] = Field(
        default=(),
        max_length=8,
        description="Governed, Reviewed, Executed, Verified, Finished.",
        json_schema_extra={"x-map-key": "type"},
    )


class AdaptationPlan(Resource):
    """A proposed change of a workload: reviewed, carried out once, verified, and undone if it did not help."""

    names: ClassVar = Names(
        kind="AdaptationPlan",
        plural="adaptationplans",
        short=("plan", "ap"),
        namespaced=True,
        columns=(
            Column("Phase", ".status.phase"),
            Column("Target", ".spec.actions[0].targetRef.name"),
            Column("Action", ".status.action"),
            Column("Verdict", ".status.governance.verdict", wide=True),
            Column("Review", ".status.review", wide=True),
            Column("By", ".status.reviewedBy", wide=True),
            Column("Expires", ".spec.expiresAt", wide=True),
            Column("Why", ".spec.justification", wide=True),
            Column("Age", ".metadata.creationTimestamp", "date"),
        ),
        selectable=(".spec.controlLoop", ".status.phase"),
    )
    spec: AdaptationPlanSpec
    status: AdaptationPlanStatus = AdaptationPlanStatus()

    @cached_property
    def finished(self) -> Condition | None:
        """The condition Finished; None while the plan is not."""
        found = condition(self.status.conditions, "Finished")
        return found if found and found.status == Truth.TRUE else None

    @cached_property
    def refs(self) -> tuple[ObjectRef, ...]:
        """The objects that the plan acts on, in order."""
        return tuple(action.target_ref.within(self.metadata.namespace or "") for action in self.spec.actions)
