"""SelfHealingPlaybook: a known trouble, how to recognise it, and the known cure."""

from datetime import datetime
from itertools import pairwise
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from autonomic.domain.actions import PermittedAction
from autonomic.domain.contracts import Verification
from autonomic.domain.cures import Attempts, Escalation, Limit, PlaybookTarget, SignalParameter
from autonomic.domain.meta import Condition, ObjectRef
from autonomic.domain.model import Model, Status
from autonomic.domain.resource import Column, Names, Resource
from autonomic.domain.steps import FIRST_STEP, PlaybookStep, first_has_none_before
from autonomic.domain.triggers import PlaybookTrigger
from autonomic.domain.units import Duration
from autonomic.domain.words import Mode, Name, Truth

INCIDENTS = 32
"""Targets of one playbook that may be in trouble at the same time; of more, the first by name are looked after."""


class SelfHealingPlaybookSpec(Model):
    """The trouble and the cure."""

    cel_rules: ClassVar = (
        (
            "has(self.target.ref) || self.triggers.exists(t, t.type != 'Prometheus' || (has(t.prometheus) &&"
            " t.prometheus.perTarget))",
            "target.fromSignal needs a trigger of type Signal, Alert or KubernetesEvent, or a query with perTarget",
        ),
        (
            "self.parameters.size() == 0 || self.triggers.exists(t, t.type in ['Signal', 'Alert', 'KubernetesEvent'])",
            "parameters are taken from pushed signals: add a trigger of type Signal, Alert or KubernetesEvent",
        ),
        (
            "self.parameters.all(p, p.action < self.actions.size())",
            "a parameter names an action that there is not: actions are counted from 0",
        ),
        (
            "!has(self.target.ref) || !self.triggers.exists(t, has(t.prometheus) && t.prometheus.perTarget)",
            "prometheus.perTarget tells targets apart by the label of target.fromSignal: set that instead of target.ref",
        ),
        FIRST_STEP,
    )

    scope: Literal["Task", "CI", "Infra"] = Field(description="What kind of trouble it is.")
    match: Literal["All", "Any"] = Field(
        default="All", description="Whether all triggers must hold at once, or any one of them."
    )
    triggers: tuple[PlaybookTrigger, ...] = Field(
        min_length=1, max_length=8, description="What recognises the trouble.", json_schema_extra={"x-map-key": "name"}
    )
    target: PlaybookTarget = Field(description="What is acted on.")
    actions: tuple[PlaybookStep, ...] = Field(
        min_length=1, max_length=8, description="The cure: steps of one plan, in order."
    )
    parameters: tuple[SignalParameter, ...] = Field(
        default=(), max_length=8, description="Fields of the actions that are taken from the signal."
    )
    rollback_actions: tuple[PermittedAction, ...] = Field(
        default=(),
        max_length=8,
        description="A plan of its own after one that did not help: for what its actions cannot take back.",
    )
    escalation: tuple[Escalation, ...] = Field(
        default=(), max_length=8, description="What is done instead once attempts did not help, mildest first."
    )
    attempts: Attempts = Field(default=Attempts(), description="How attempts of one incident follow each other.")
    cooldown: Duration = Field(default="5m", description="Time after a plan's end in which no other is proposed.")
    limit: Limit = Field(default=Limit(count=3, per="1h"), description="Most plans of one target in a window.")
    mode: Mode = Field(
        default=Mode.OBSERVE, description="How far the playbook may go; the strictest mode in force wins."
    )
    verification: Verification = Field(default=Verification(), description="When the cure counts as having helped.")

    @property
    def servers(self) -> frozenset[str]:
        """The metrics servers that its triggers ask."""
        return frozenset(each.server for each in self.triggers if not each.pushed)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        pushed, apart = any(each.pushed for each in self.triggers), any(each.per_target for each in self.triggers)
        wrong = (
            self.target.from_signal is not None and not (pushed or apart),
            bool(self.parameters) and not pushed,
            any(each.action >= len(self.actions) for each in self.parameters),
            self.target.ref is not None and apart,
            not first_has_none_before(self.actions),
        )
        for fails, (_, message) in zip(wrong, self.cel_rules, strict=True):
            if fails:
                raise ValueError(message)
        if any(sooner.after >= later.after for sooner, later in pairwise(self.escalation)):
            raise ValueError("escalation: each rung comes after more attempts than the one before it")
        return self


class Incident(Status):
    """One target's trouble that goes on."""

    target: Name = Field(description="Name of the target.")
    since: datetime = Field(description="When it began.")
    triggered: Truth = Field(default=Truth.TRUE, description="Unknown while it is not known whether it still holds.")


class SelfHealingPlaybookStatus(Status):
    """Written by the operator, on transitions only."""

    observed_generation: int = Field(default=0, ge=0, description="Generation of the spec that this speaks of.")
    incident: datetime | None = Field(
        default=None, description="When the trouble that goes on began; it ends when the trigger is known not to hold."
    )
    incidents: tuple[Incident, ...] = Field(
        default=(),
        max_length=INCIDENTS,
        description="The same for each target that signals name.",
        json_schema_extra={"x-map-key": "target"},
    )
    conditions: tuple[Condition, ...] = Field(
        default=(),
        max_length=8,
        description="Ready, DataAvailable, Triggered, Stopped.",
        json_schema_extra={"x-map-key": "type"},
    )


class SelfHealingPlaybook(Resource):
    """A trouble that signals show, and the change that cures it, under the same governance as everything else."""

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
            Column("Named By", ".spec.target.fromSignal.label"),
            Column("Ready", ".status.conditions[?(@.type=='Ready')].status"),
            Column("Age", ".metadata.creationTimestamp", "date"),
        ),
        selectable=(".spec.scope", ".spec.mode"),
    )
    spec: SelfHealingPlaybookSpec
    status: SelfHealingPlaybookStatus = SelfHealingPlaybookStatus()

    def subjects(self) -> tuple[ObjectRef, ...]:
        """What it is about: its fixed target, or the targets whose trouble goes on."""
        namespace, target = self.metadata.namespace or "", self.spec.target
        if target.ref:
            return (target.ref.within(namespace),)
        assert target.from_signal is not None  # noqa: S101 - one of both is set
        return tuple(target.from_signal.ref(each.target).within(namespace) for each in self.status.incidents)
