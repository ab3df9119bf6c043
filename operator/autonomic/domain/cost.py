"""CostBudget: how much may be spent, where spend is seen, and what may be done as it runs out."""

from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, ClassVar, Self

from pydantic import Field, StringConstraints, model_validator

from autonomic.domain.contracts import Verification
from autonomic.domain.idling import Idle
from autonomic.domain.meta import Condition, WorkloadRef
from autonomic.domain.model import Model, Status
from autonomic.domain.resource import Column, Names, Resource
from autonomic.domain.spending import (
    CostScope,
    ModelPrice,
    ParentBudget,
    Rightsizing,
    Rung,
    Rungs,
    SpendLimit,
    SpendSource,
)
from autonomic.domain.units import Duration, Ratio
from autonomic.domain.words import Mode, Sentence

Figure = Annotated[str, StringConstraints(max_length=253)]


class SavingVerification(Verification):
    """How long a plan has to show that it saved money."""

    window: Duration | None = Field(
        default=None,
        description="The window over which spend is looked at after the change; 5m where left out, longer for longer limits.",
    )


class CostBudgetSpec(Model):
    """The limit, and what is done on the way to it."""

    cel_rules: ClassVar = (
        (
            "has(self.targetRef) || self.ladder.all(r, r.actions.all(a, has(a.targetRef)))",
            "give targetRef, or a targetRef to each action of the ladder",
        ),
        (
            "!self.rollover || self.limit.window == 'Calendar'",
            "rollover is for calendar windows: a rolling window never ends",
        ),
        (
            "self.ladder.size() < 2 || double(self.ladder[0].at) < double(self.ladder[1].at)",
            "the second rung is not above the first: raise its at",
        ),
        (
            "self.ladder.size() < 3 || double(self.ladder[1].at) < double(self.ladder[2].at)",
            "the third rung is not above the second: raise its at",
        ),
        (
            "double(self.release) < double(self.ladder[0].at)",
            "release is not below the first rung: lower it, or nothing is ever given back",
        ),
        ("!has(self.idle) || has(self.targetRef)", "give targetRef, which rests in the idle hours"),
    )

    limit: SpendLimit = Field(description="How much may be spent in which window.")
    spend: SpendSource = Field(description="Where it is seen what was spent.")
    scope: CostScope = Field(default=CostScope(), description="Whose spend counts.")
    parent: ParentBudget | None = Field(default=None, description="The budget that this one is a part of.")
    rollover: bool = Field(
        default=False, description="True adds what the last window left to this one, at most the limit once."
    )
    target_ref: WorkloadRef | None = Field(default=None, description="What actions act on that name no target.")
    ladder: tuple[Rung, ...] = Field(
        default=(Rung(at="0.9"),), min_length=1, max_length=3, description="The rungs, from the mildest up."
    )
    release: Ratio = Field(
        default="0.7",
        description="Share of the limit below which the pressure is over and what was done is given back.",
    )
    prices: tuple[ModelPrice, ...] = Field(
        default=(), max_length=64, description="Prices of tokens that override those that are known."
    )
    idle: Idle | None = Field(
        default=None, description="Hours in which targetRef is scaled down; left out, it never rests."
    )
    rightsizing: Rightsizing | None = Field(
        default=None, description="How what targetRef never uses is found; left out, nobody looks."
    )
    mode: Mode = Field(default=Mode.OBSERVE, description="How far it may go; the strictest mode in force wins.")
    verification: SavingVerification = Field(
        default=SavingVerification(), description="When a plan counts as having saved money."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.target_ref is None and any(each.target_ref is None for rung in self.ladder for each in rung.actions):
            raise ValueError(self.cel_rules[0][1])
        if self.rollover and self.limit.window != "Calendar":
            raise ValueError(self.cel_rules[1][1])
        if self.idle is not None and self.target_ref is None:
            raise ValueError(self.cel_rules[5][1])
        return self

    @model_validator(mode="after")
    def _ascends(self) -> Self:
        for lower, higher in pairwise(self.ladder):
            if Decimal(lower.at) >= Decimal(higher.at):
                raise ValueError(f"ladder: at {higher.at!r} is not above the rung before it, at {lower.at!r}: raise it")
        if Decimal(self.release) >= Decimal(self.ladder[0].at):
            raise ValueError(
                f"release: {self.release!r} is not below the first rung, at {self.ladder[0].at!r}: lower it, or nothing is"
                " ever given back"
            )
        self.rungs()
        return self

    def rungs(self) -> tuple[tuple[Rungs, Rung], ...]:
        """Each rung with its name filled in, lowest first. Raises ValueError where names do not ascend."""
        named: list[tuple[Rungs, Rung]] = []
        for number, rung in enumerate(self.ladder):
            below = named[-1][0] if named else Rungs.NORMAL
            if rung.name is None and below is Rungs.THROTTLE:
                raise ValueError(
                    f"ladder[{number}]: there is no rung above Throttle: leave it out, or name those below it"
                )
            name = Rungs(rung.name) if rung.name else list(Rungs)[below.height + 1]
            if name.height <= below.height:
                raise ValueError(
                    f"ladder[{number}]: {name} does not come after {below}: Constrained, Downgrade, Throttle"
                )
            named.append((name, rung))
        return tuple(named)


class CostBudgetStatus(Status):
    """Written by the operator, on visible changes only."""

    observed_generation: int = Field(default=0, ge=0, description="Generation of the spec that this speaks of.")
    level: Rungs = Field(
        default=Rungs.NORMAL, description="The rung that the budget stands on, its own or that of a budget above it."
    )
    own: Rungs = Field(default=Rungs.NORMAL, description="The rung of its own spend.")
    pressed_by: Figure = Field(default="", description="The budget above it that presses harder, where one does.")
    since: datetime | None = Field(default=None, description="When the level was taken.")
    incident: datetime | None = Field(
        default=None, description="When the pressure that goes on began; it ends below release."
    )
    spent: Figure = Field(
        default="Unknown", description="Share of the limit that is spent, in percent; Unknown without data."
    )
    amount: Figure = Field(default="", description="The money spent in the window, with its currency.")
    remaining: Figure = Field(default="", description="The money left in the window, with its currency.")
    exhausts_at: datetime | None = Field(
        default=None, description="When nothing is left at the present rate, where that is within the window."
    )
    forecast: Figure = Field(
        default="", description="What will have been spent at the end of the window, with its currency."
    )
    because: Sentence = Field(default="", description="Which of tasks, cost a task or tokens made the spend grow.")
    conditions: tuple[Condition, ...] = Field(
        default=(), max_length=8, description="SpendKnown, Ready, Awake.", json_schema_extra={"x-map-key": "type"}
    )


class CostBudget(Resource):
    """A limit on money, and the ladder of what is proposed as it runs out."""

    names: ClassVar = Names(
        kind="CostBudget",
        plural="costbudgets",
        short=("cb",),
        namespaced=True,
        columns=(
            Column("Level", ".status.level"),
            Column("Spent", ".status.spent"),
            Column("Left", ".status.remaining"),
            Column("Limit", ".spec.limit.amount"),
            Column("Per", ".spec.limit.per"),
            Column("Exhausts", ".status.exhaustsAt"),
            Column("Mode", ".spec.mode"),
            Column("Known", ".status.conditions[?(@.type=='SpendKnown')].status"),
            Column("Because", ".status.because", wide=True),
            Column("Ready", ".status.conditions[?(@.type=='Ready')].status", wide=True),
            Column("Age", ".metadata.creationTimestamp", "date"),
        ),
        selectable=(".status.level", ".spec.mode"),
    )
    spec: CostBudgetSpec
    status: CostBudgetStatus = CostBudgetStatus()
