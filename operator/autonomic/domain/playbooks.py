"""SelfHealingPlaybook: a known trouble, how to recognise it, and the known cure."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from autonomic.domain.actions import PermittedAction
from autonomic.domain.contracts import Verification
from autonomic.domain.meta import Condition, WorkloadRef
from autonomic.domain.model import Model, Status, TypedUnion
from autonomic.domain.resource import Column, Names, Resource
from autonomic.domain.units import DecimalString, Duration
from autonomic.domain.words import Comparison, Mode, Selector, ShortName


class PrometheusSignal(Model):
    """A signal that Prometheus holds."""

    selector: Selector = Field(description="Instant selector; any one of its series may trigger.")


class PlaybookTrigger(TypedUnion):
    """When the trouble is there: the comparison held for the whole of `for`, on one series at least."""

    name: ShortName = Field(description="Name of the trigger, unique in the playbook.")
    type: Literal["Prometheus"] = Field(default="Prometheus", description="Where the signal comes from.")
    prometheus: PrometheusSignal | None = Field(default=None, description="Set when type is Prometheus.")
    op: Comparison = Field(description="Comparison of the signal with the value.")
    value: DecimalString = Field(description="What the signal is compared with, as a decimal string.")
    hold: Duration = Field(alias="for", description="How long the comparison must have held without a break.")


class PlaybookTarget(Model):
    """What the playbook acts on."""

    ref: WorkloadRef = Field(description="A fixed workload in the playbook's namespace.")


class Limit(Model):
    """At most `count` plans in `per`."""

    count: Annotated[int, Field(ge=1, le=1000)] = Field(description="Number of plans.")
    per: Duration = Field(description="Length of the window.")


class SelfHealingPlaybookSpec(Model):
    """The trouble and the cure."""

    scope: Literal["Task", "CI", "Infra"] = Field(description="What kind of trouble it is.")
    triggers: tuple[PlaybookTrigger, ...] = Field(
        min_length=1, max_length=1, description="What recognises the trouble.", json_schema_extra={"x-map-key": "name"}
    )
    target: PlaybookTarget = Field(description="What is acted on.")
    actions: tuple[PermittedAction, ...] = Field(min_length=1, max_length=1, description="The cure.")
    cooldown: Duration = Field(default="5m", description="Time after a plan's end in which no other is proposed.")
    limit: Limit = Field(default=Limit(count=3, per="1h"), description="Most plans in a window.")
    mode: Mode = Field(
        default=Mode.OBSERVE, description="How far the playbook may go; the strictest mode in force wins."
    )
    verification: Verification = Field(default=Verification(), description="When the cure counts as having helped.")


class SelfHealingPlaybookStatus(Status):
    """Written by the operator, on transitions only."""

    observed_generation: int = Field(default=0, ge=0, description="Generation of the spec that this speaks of.")
    incident: datetime | None = Field(
        default=None, description="When the trouble that goes on began; it ends when the trigger is known not to hold."
    )
    conditions: tuple[Condition, ...] = Field(
        default=(),
        max_length=8,
        description="Ready, DataAvailable, Triggered.",
        json_schema_extra={"x-map-key": "type"},
    )


class SelfHealingPlaybook(Resource):
    """A trouble that Prometheus shows, and the change that cures it, under the same governance as everything else."""

    names: ClassVar = Names(
        kind="SelfHealingPlaybook",
        plural="selfhealingplaybooks",
        short=("shp",),
        namespaced=True,
        columns=(
            Column("Triggered", ".status.conditions[?(@.type=='Triggered')].status"),
            Column("Mode", ".spec.mode"),
            Column("Scope", ".spec.scope"),
            Column("Target", ".spec.target.ref.name"),
            Column("Ready", ".status.conditions[?(@.type=='Ready')].status"),
            Column("Age", ".metadata.creationTimestamp", "date"),
        ),
        selectable=(".spec.scope", ".spec.mode"),
    )
    spec: SelfHealingPlaybookSpec
    status: SelfHealingPlaybookStatus = SelfHealingPlaybookStatus()
