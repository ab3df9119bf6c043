"""SLAContract: what a workload owes its users, and what may be proposed when it does not deliver."""

from datetime import datetime
from functools import cached_property
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from autonomic.domain.actions import PermittedAction
from autonomic.domain.meta import Condition, Label, LabelKey, WorkloadRef
from autonomic.domain.model import Model, Status
from autonomic.domain.objectives import Objective
from autonomic.domain.resource import Column, Names, Resource
from autonomic.domain.units import Duration, milliseconds
from autonomic.domain.windows import Maintenance
from autonomic.domain.words import Level, Name, Sentence, ShortName

Counts = Annotated[str, StringConstraints(max_length=48, pattern=r"^[0-9.]+/[0-9.]+$")]
"""Bad and total of a day: `12/3400`."""


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


class Publication(Model):
    """The contract as a PrometheusRule, where the Prometheus Operator's resources exist."""

    labels: dict[LabelKey, Label] = Field(
        default={}, max_length=16, description="Labels of the PrometheusRule, by which a Prometheus selects it."
    )
    alerts: bool = Field(default=True, description="False publishes recording rules alone, and no alerts.")


class Dependency(Model):
    """Another contract that this workload lives from."""

    name: Name = Field(description="Name of an SLAContract in the same namespace.")


class SLAContractSpec(Model):
    """What is promised, about what, and what may be done about it."""

    tier: Literal["Gold", "Silver", "Bronze"] = Field(default="Silver", description="How much the workload matters.")
    target_ref: WorkloadRef = Field(description="The workload that the contract is about.")
    depends_on: tuple[Dependency, ...] = Field(
        default=(),
        max_length=16,
        description="Contracts of what the workload lives from: whose fault is it, probably.",
        json_schema_extra={"x-map-key": "name"},
    )
    paused_until: AwareDatetime | None = Field(default=None, description="Nothing is proposed before this time.")
    objectives: tuple[Objective, ...] = Field(
        min_length=1, max_length=16, description="The promises.", json_schema_extra={"x-map-key": "name"}
    )
    maintenance: tuple[Maintenance, ...] = Field(
        default=(), max_length=16, description="Times that do not count against any budget."
    )
    publish: Publication | None = Field(default=None, description="Publish the objectives as a PrometheusRule.")
    adaptations: tuple[Adaptation, ...] = Field(
        default=(), max_length=16, description="What may be proposed, mildest first; each is tried once an incident."
    )
    verification: Verification = Field(default=Verification(), description="When a plan counts as having helped.")

    @property
    def servers(self) -> frozenset[str]:
        """The metrics servers that its objectives ask."""
        return frozenset(each.server for each in self.objectives)

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [each.name for each in self.objectives]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise ValueError(f"objectives: two are named {twice!r}: give each a name of its own")
        return self


class Burn(Status):
    """The burn rate over one window."""

    window: Duration = Field(description="The window.")
    rate: Sentence = Field(
        description="Budget spent as a multiple of what lasts exactly the period; Unknown without data."
    )


AlertWord = Literal["None", "Warning", "Breach", "Exhausted", "Unknown"]


class Reading(Status):
    """What the last evaluation said of one objective or group, to the precision that people read."""

    sli: Sentence = Field(description="Share of good events in percent over the period; Unknown without data.")
    budget_remaining: Sentence = Field(
        description="Share of the error budget left in percent; negative when overspent."
    )
    burn_rates: tuple[Burn, ...] = Field(default=(), max_length=16, description="Burn rate for each alert window.")
    alert: AlertWord = Field(description="The alert's level.")
    since: datetime | None = Field(default=None, description="When the alert took this level.")
    incident: datetime | None = Field(
        default=None,
        description="When the incident that goes on began; it ends when the fastest long window burns at 1 or less.",
    )
    exhausts_at: datetime | None = Field(
        default=None,
        description="When nothing is left at the present rate; left out when that is no sooner than a period away.",
    )
    history: Sentence = Field(default="", description="How much history there is, where it is less than the period.")


class GroupStatus(Reading):
    """One group of an objective with groupBy."""

    group: Sentence = Field(description="The labels that name the group: tenant=acme.")


class Checkpoint(Status):
    """Totals of whole days that Prometheus is about to forget, so that a restart loses none of the period."""

    through: datetime = Field(description="End of the newest of these days, in UTC.")
    days: tuple[Counts, ...] = Field(max_length=367, description="Bad and total of each day, newest first.")


class ObjectiveStatus(Reading):
    """What the last evaluation said of an objective; of one with groupBy, of its worst group."""

    name: ShortName = Field(description="Name of the objective.")
    exactness: Literal["Exact", "Approximate"] = Field(
        default="Exact", description="Exact: equals the count of recorded events. Approximate: extrapolated."
    )
    groups: tuple[GroupStatus, ...] = Field(
        default=(), max_length=200, description="Every group.", json_schema_extra={"x-map-key": "group"}
    )
    checkpoint: Checkpoint | None = Field(
        default=None, description="Kept where Prometheus forgets sooner than the period ends."
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

    def objective(self, name: str) -> ObjectiveStatus | None:
        """What was said of an objective."""
        return next((each for each in self.objectives if each.name == name), None)

    def reading(self, objective: str, group: str = "") -> Reading | None:
        """What was said of an objective, or of one of its groups (`tenant=acme`)."""
        told = self.objective(objective)
        if told is None or not group:
            return told
        return next((each for each in told.groups if each.group == group), None)


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

    @cached_property
    def burns(self) -> bool:
        """Whether an objective is told to be in Breach or Exhausted."""
        return any(each.alert in ("Breach", "Exhausted") for each in self.status.objectives)
