"""ControlLoop: the loops themselves, visible and steerable."""

from typing import ClassVar

from pydantic import Field

from autonomic.domain.meta import Condition
from autonomic.domain.model import Model, Status
from autonomic.domain.resource import Column, Names, Resource
from autonomic.domain.units import Duration
from autonomic.domain.words import Mode, Word


class ControlLoopSpec(Model):
    """Which loop, how often, how far."""

    type: Word = Field(description="Type of loop: Reliability, Healing, or what a plug-in registers.")
    interval: Duration = Field(default="30s", description="Time between two turns.")
    suspend: bool = Field(default=False, description="True stops the loop: nothing is evaluated, nothing proposed.")
    mode: Mode = Field(default=Mode.OBSERVE, description="How far the loop may go; the strictest mode in force wins.")


class ControlLoopStatus(Status):
    """Written by the operator, on transitions only; figures of a turn are metrics."""

    observed_generation: int = Field(default=0, ge=0, description="Generation of the spec that this speaks of.")
    conditions: tuple[Condition, ...] = Field(
        default=(), max_length=8, description="Ready, Suspended.", json_schema_extra={"x-map-key": "type"}
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
            Column("Mode", ".spec.mode"),
            Column("Suspend", ".spec.suspend", "boolean"),
            Column("Interval", ".spec.interval"),
            Column("Type", ".spec.type"),
            Column("Age", ".metadata.creationTimestamp", "date"),
        ),
    )
    spec: ControlLoopSpec
    status: ControlLoopStatus = ControlLoopStatus()
