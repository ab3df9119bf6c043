"""RedLine: what the platform's owners never allow, whoever asks and whatever a policy says."""

from typing import ClassVar, Literal

from pydantic import Field

from autonomic.domain.freezes import Freeze, Weekday
from autonomic.domain.meta import Label, LabelKey, LabelSelector
from autonomic.domain.model import Model, Status
from autonomic.domain.resource import Column, Names, Resource
from autonomic.domain.units import Duration, Ratio
from autonomic.domain.words import Name, Word

Effect = Literal["DisableSecurityScanners", "DeleteProductionData", "GrantAdminAccess"]
"""What an action would do to a given target, beyond the field that it changes."""


class Scope(Model):
    """Which plans and writes the line holds for. An empty list selects all."""

    namespace_selector: LabelSelector = Field(default=LabelSelector(), description="Labels of the namespace.")
    kinds: tuple[Word, ...] = Field(default=(), max_length=16, description="Kinds of target.")
    names: tuple[Name, ...] = Field(default=(), max_length=64, description="Names of targets.")
    control_loops: tuple[Name, ...] = Field(default=(), max_length=16, description="Loops that made the plan.")
    labels: dict[LabelKey, Label] = Field(
        default={}, max_length=16, description="Labels that a target must all have, with exactly these values."
    )


class Limits(Model):
    """Bounds. Each that is left out does not bind."""

    cel_rules: ClassVar = (
        (
            "!has(self.minReplicas) || !has(self.maxReplicas) || self.minReplicas <= self.maxReplicas",
            "minReplicas is above maxReplicas: nothing could ever be changed",
        ),
    )

    min_replicas: int | None = Field(default=None, ge=0, le=10000, description="Fewest replicas after a change.")
    max_replicas: int | None = Field(default=None, ge=0, le=10000, description="Most replicas after a change.")
    max_step: Ratio | None = Field(
        default=None,
        description="Largest change as a share of the larger of old and new replicas: 0.5 allows 2 to 4 and back.",
    )
    max_plans_per_hour: int | None = Field(default=None, ge=0, le=10000, description="Most plans executed in an hour.")
    max_concurrent: int | None = Field(default=None, ge=0, le=1000, description="Most plans in flight at once.")
    max_workloads: Ratio | None = Field(
        default=None,
        description=(
            "Largest share of workloads that plans in flight may change at once, of all that contracts and playbooks of the"
            " selected namespaces govern; one is always allowed."
        ),
    )
    cooldown: Duration | None = Field(
        default=None,
        description="Time between the end of a plan and the beginning of the next one that changes the same target.",
    )


class RedLineSpec(Model):
    """What is refused."""

    applies_to: Scope = Field(default=Scope(), description="What the line holds for; everything when left out.")
    forbid: tuple[Effect, ...] = Field(default=(), max_length=16, description="Effects that no action may have.")
    limits: Limits = Field(default=Limits(), description="Bounds on what plans change and how many there are.")
    freeze: tuple[Freeze, ...] = Field(
        default=(), max_length=16, description="Times in which no plan is begun; what runs finishes or is rolled back."
    )
    freeze_days: tuple[Weekday, ...] = Field(
        default=(), max_length=7, description="Days of the week, in UTC, on which no plan is begun."
    )
    reviewers: int = Field(
        default=1, ge=1, le=5, description="How many different people must approve a plan that needs a person."
    )
    separation_of_duties: bool = Field(
        default=False,
        description="True: who last edited the contract or playbook behind a plan may not approve it.",
    )
    kill_switch: bool = Field(
        default=False, description="True stops every write to workloads and every new plan, rollbacks included."
    )


class RedLineStatus(Status):
    """Nothing is reported on a RedLine: it holds whether or not anyone looks."""


class RedLine(Resource):
    """A line that no plan crosses. Cluster-scoped; writing one needs the verb `govern`."""

    names: ClassVar = Names(
        kind="RedLine",
        plural="redlines",
        short=("rl",),
        namespaced=False,
        columns=(
            Column("Kill-Switch", ".spec.killSwitch", "boolean"),
            Column("Min", ".spec.limits.minReplicas", "integer"),
            Column("Max", ".spec.limits.maxReplicas", "integer"),
            Column("Step", ".spec.limits.maxStep"),
            Column("Age", ".metadata.creationTimestamp", "date"),
        ),
    )
    spec: RedLineSpec
    status: RedLineStatus = RedLineStatus()
