"""ControlLoop: the loops themselves, visible and steerable."""

from typing import ClassVar

from pydantic import Field

from autonomic.domain.meta import Condition
from autonomic.domain.model import Model, Status
from autonomic.domain.resource import Column, Names, Resource
from autonomic.domain.units import Duration, Ratio
from autonomic.domain.words import Mode, Word


class Autonomy(Model):
    """How far the loop is trusted while the error budget is spent."""

    ask_below: Ratio = Field(
        default="0.1",
        description=(
            "With this share of the error budget left, or less, or where that is not known, what policy alone would approve"
            " waits for a person. 0 never asks for this reason."
        ),
    )


class Storm(Model):
    """When so much is unwell that something larger is wrong than any one plan could cure."""

    share: Ratio = Field(
        default="0.5", description="More than this share of the governed workloads in Breach, Exhausted or Triggered."
    )
    least: int = Field(default=5, ge=1, le=10000, description="Fewer unwell workloads than this are never a storm.")
    calm: Duration = Field(default="5m", description="How long it must be calm before plans are begun again.")


class Failures(Model):
    """How many plans may fail before the loop pauses itself."""

    count: int = Field(default=5, ge=1, le=1000, description="Plans that end Failed or RolledBack.")
    per: Duration = Field(default="1h", description="Within this time.")


class Guards(Model):
    """What stops the loop from making things worse."""

    storm: Storm = Field(default=Storm(), description="No plan is begun in a storm; what runs finishes.")
    failures: Failures = Field(
        default=Failures(), description="After so many the loop pauses until time passes, or somebody changes its spec."
    )
    flapping: Duration = Field(
        default="10m", description="Time after a plan's end in which its opposite on the same target is refused."
    )


class ControlLoopSpec(Model):
    """Which loop, how often, how far."""

    type: Word = Field(description="Type of loop: Reliability, Healing, or what a plug-in registers.")
    interval: Duration = Field(default="30s", description="Time between two turns.")
    suspend: bool = Field(
        default=False, description="True stops the loop: nothing is evaluated, nothing proposed, no plan of it begun."
    )
    mode: Mode = Field(default=Mode.OBSERVE, description="How far the loop may go; the strictest mode in force wins.")
    autonomy: Autonomy = Field(default=Autonomy(), description="When a person is asked although the mode is Enforce.")
    guards: Guards = Field(default=Guards(), description="What stops the loop from making things worse.")


class ControlLoopStatus(Status):
    """Written by the operator, on transitions only; figures of a turn are metrics."""

    observed_generation: int = Field(default=0, ge=0, description="Generation of the spec that this speaks of.")
    conditions: tuple[Condition, ...] = Field(
        default=(),
        max_length=8,
        description="Ready, Suspended, Paused, Storm.",
        json_schema_extra={"x-map-key": "type"},
    )


class ControlLoopResource(Resource):
    """A MAPE-K loop of the operator: how often it turns and how far it may go."""

    names: ClassVar = Names(
        kind="ControlLoop",
        plural="controlloops",
        short=("cl",),
        namespaced=False,
        columns=(
            Column("Ready", ".status.conditions[?(@.type=='Ready')].status"),
            Column("Reason", ".status.conditions[?(@.type=='Ready')].reason"),
            Column("Mode", ".spec.mode"),
            Column("Suspend", ".spec.suspend", "boolean"),
            Column("Interval", ".spec.interval"),
            Column("Type", ".spec.type"),
            Column("Age", ".metadata.creationTimestamp", "date"),
        ),
    )
    spec: ControlLoopSpec
    status: ControlLoopStatus = ControlLoopStatus()
