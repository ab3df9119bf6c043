"""SLAContract: what a workload owes its users, and what may be proposed when it does not deliver."""

from datetime import datetime
from typing import ClassVar, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from autonomic.domain.actions import PermittedAction
from autonomic.domain.meta import Condition, WorkloadRef
from autonomic.domain.model import Model, Status
from autonomic.domain.resource import Column, Names, Resource
from autonomic.domain.units import Duration, Factor, Percent, milliseconds
from autonomic.domain.words import Level, Selector, Sentence, ShortName


class RollingWindow(Model):
    """The period over which the budget is counted."""

    rolling: Duration = Field(description="Length of the rolling period, such as 28d.")


class RatioIndicator(Model):
    """Bad events out of all events. Both are selectors of counters: the engine sums them."""

    bad: Selector = Field(description='Selector of the counter of bad events, such as tasks_total{status="failed"}.')
    total: Selector = Field(description="Selector of the counter of all events.")


class Indicator(Model):
    """How the service level is measured."""

    ratio: RatioIndicator = Field(description="Bad events out of all events.")


class AlertWindow(Model):
    """One tier of the multi-window, multi-burn-rate alert: it fires when both windows burn faster than the factor."""

    long: Duration = Field(description="Long window; says that it matters.")
    short: Duration = Field(description="Short window; says that it still goes on.")
    factor: Factor = Field(
        description="Burn rate above which the tier fires: 1 spends the budget exactly in the period."
    )
    level: Literal[Level.WARNING, Level.BREACH] = Field(description="What the tier means when it fires.")

    @model_validator(mode="after")
    def _short_is_shorter(self) -> Self:
        if milliseconds(self.short) >= milliseconds(self.long):
            raise ValueError(f"short window {self.short} must be shorter than the long window {self.long}")
        return self


class Alerting(Model):
    """When the objective's alert fires."""

    windows: tuple[AlertWindow, ...] = Field(min_length=1, max_length=8, description="The tiers, fastest burn first.")
    resolution: Duration = Field(default="1m", description="How often and how finely the objective is evaluated.")


class Objective(Model):
    """One promise: a share of good events over a period."""

    cel_rules: ClassVar = (
        (
            "self.alerting.windows.all(w, double(w.factor) * (100.0 - double(self.target)) < 100.0)",
            "a tier whose factor x (100 - target) reaches 100 can never fire: lower the factor or raise the target",
        ),
        ("double(self.target) > 0.0", "a target of 0 promises nothing"),
    )

    name: ShortName = Field(description="Name of the objective, unique in the contract.")
    target: Percent = Field(description='Promised share of good events in percent, as a decimal string such as "99.5".')
    window: RollingWindow = Field(description="The budget's period.")
    budgeting: Literal["Occurrences"] = Field(default="Occurrences", description="How the budget is counted.")
    min_events: int = Field(
        default=100,
        ge=1,
        le=1_000_000_000,
        description="With fewer events than this a window is Unknown and never acts.",
    )
    indicator: Indicator = Field(description="How the service level is measured.")
    alerting: Alerting = Field(description="When the alert fires.")

    @model_validator(mode="after")
    def _windows_fit_the_period(self) -> Self:
        for tier in self.alerting.windows:
            if milliseconds(tier.long) > milliseconds(self.window.rolling):
                raise ValueError(f"alert window {tier.long} is longer than the period {self.window.rolling}")
        return self


class Adaptation(Model):
    """What may be proposed at a level."""

    levels: tuple[Level, ...] = Field(
        min_length=1, max_length=3, description="Alert levels at which this may be proposed."
    )
    actions: tuple[PermittedAction, ...] = Field(min_length=1, max_length=4, description="Steps, in order.")


class Verification(Model):
    """How long a plan has to show that it helped."""

    settle: Duration = Field(default="2m", description="Time after the change that is not judged.")
    within: Duration = Field(default="15m", description="Deadline after the change; not better by then is rolled back.")

    @model_validator(mode="after")
    def _settles_in_time(self) -> Self:
        if milliseconds(self.settle) >= milliseconds(self.within):
            raise ValueError(f"settle {self.settle} must be shorter than within {self.within}")
        return self


class SLAContractSpec(Model):
    """What is promised, about what, and what may be done about it."""

    tier: Literal["Gold", "Silver", "Bronze"] = Field(default="Silver", description="How much the workload matters.")
    target_ref: WorkloadRef = Field(description="The workload that the contract is about.")
    paused_until: AwareDatetime | None = Field(default=None, description="Nothing is proposed before this time.")
    objectives: tuple[Objective, ...] = Field(
        min_length=1, max_length=16, description="The promises.", json_schema_extra={"x-map-key": "name"}
    )
    adaptations: tuple[Adaptation, ...] = Field(
        default=(), max_length=16, description="What may be proposed, mildest first; each is tried once an incident."
    )
    verification: Verification = Field(default=Verification(), description="When a plan counts as having helped.")


class Burn(Status):
    """The burn rate over one window."""

    window: Duration = Field(description="The window.")
    rate: Sentence = Field(
        description="Budget spent as a multiple of what lasts exactly the period; Unknown without data."
    )


class ObjectiveStatus(Status):
    """What the last evaluation said, to the precision that people read."""

    name: ShortName = Field(description="Name of the objective.")
    sli: Sentence = Field(description="Share of good events in percent over the period; Unknown without data.")
    budget_remaining: Sentence = Field(
        description="Share of the error budget left in percent; negative when overspent."
    )
    burn_rates: tuple[Burn, ...] = Field(default=(), max_length=16, description="Burn rate for each alert window.")
    alert: Literal["None", "Warning", "Breach", "Exhausted", "Unknown"] = Field(description="The alert's level.")
    since: datetime | None = Field(default=None, description="When the alert took this level.")
    incident: datetime | None = Field(
        default=None,
        description="When the incident that goes on began; it ends when the fastest long window burns at 1 or less.",
    )
    exactness: Literal["Exact", "Approximate"] = Field(
        default="Exact", description="Exact: equals the count of recorded events. Approximate: extrapolated."
    )


class SLAContractStatus(Status):
    """Written by the operator, on visible changes only."""

    observed_generation: int = Field(default=0, ge=0, description="Generation of the spec that this speaks of.")
    worst: ObjectiveStatus | None = Field(default=None, description="The objective with the least budget left.")
    objectives: tuple[ObjectiveStatus, ...] = Field(
        default=(), max_length=16, description="Every objective.", json_schema_extra={"x-map-key": "name"}
    )
    conditions: tuple[Condition, ...] = Field(
        default=(), max_length=8, description="Conditions.", json_schema_extra={"x-map-key": "type"}
    )


class SLAContract(Resource):
    """A promise about one workload, its budget, and what may be proposed when the budget burns."""

    names: ClassVar = Names(
        kind="SLAContract",
        plural="slacontracts",
        short=("sla",),
        namespaced=True,
        columns=(
            Column("Alert", ".status.worst.alert"),
            Column("Budget", ".status.worst.budgetRemaining"),
            Column("SLI", ".status.worst.sli"),
            Column("Target", ".spec.targetRef.name"),
            Column("Ready", ".status.conditions[?(@.type=='Ready')].status"),
            Column("Tier", ".spec.tier", wide=True),
            Column("Age", ".metadata.creationTimestamp", "date"),
        ),
        selectable=(".spec.tier", ".spec.targetRef.name"),
    )
    spec: SLAContractSpec
    status: SLAContractStatus = SLAContractStatus()
