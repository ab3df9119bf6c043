"""The parts of a playbook that say what is acted on, what is done, and how attempts follow each other."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from autonomic.domain.meta import LabelKey, WorkloadRef
from autonomic.domain.model import Model
from autonomic.domain.steps import FIRST_STEP, Glob, PlaybookStep, first_has_none_before
from autonomic.domain.units import Duration, Ratio
from autonomic.domain.words import Word


class TargetFromSignal(Model):
    """Each value of a label is a target of its own, with its own incident, cooldown and limit."""

    label: LabelKey = Field(description="Label of the signal that names the target.")
    kind: Word = Field(description="Kind of the target, such as Deployment.")
    api_version: Annotated[str, StringConstraints(min_length=2, max_length=128)] = Field(
        default="apps/v1", description="Its API version."
    )

    def ref(self, name: str) -> WorkloadRef:
        """The target of that name."""
        return WorkloadRef(api_version=self.api_version, kind=self.kind, name=name)


class PlaybookTarget(Model):
    """What the playbook acts on: a fixed workload, or what the signals name."""

    cel_rules: ClassVar = (("has(self.ref) != has(self.fromSignal)", "set exactly one of ref and fromSignal"),)

    ref: WorkloadRef | None = Field(default=None, description="A fixed workload in the playbook's namespace.")
    from_signal: TargetFromSignal | None = Field(default=None, description="What a label of the signals names.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.ref is None) == (self.from_signal is None):
            raise ValueError(self.cel_rules[0][1])
        return self


class SignalParameter(Model):
    """One field of one action that is taken from the signal, whole: nothing is ever spliced into a text."""

    cel_rules: ClassVar = (
        ("has(self.label) == (size(self.allow) > 0)", "a label needs allow: the values that it may have"),
        (
            "has(self.label) || (has(self.min) && has(self.max))",
            "without a label it is the signal's value: set min and max",
        ),
        (
            "has(self.label) == (self.field in ['switchModel.model', 'setConfig.value', 'setEnv.value',"
            " 'reroute.source'])",
            "a label fills a text (switchModel.model, setConfig.value, setEnv.value, reroute.source), the signal's value a"
            " number (scale.by, shedLoad.percent, throttleQueue.limit)",
        ),
    )

    action: int = Field(default=0, ge=0, le=7, description="Number of the action, from 0.")
    field: Literal[
        "switchModel.model", "setConfig.value", "setEnv.value", "reroute.source", "scale.by", "shedLoad.percent",
        "throttleQueue.limit",
    ] = Field(description="The field that it fills.")  # fmt: skip
    label: LabelKey | None = Field(default=None, description="The label; the signal's value where left out.")
    allow: tuple[Glob, ...] = Field(
        default=(), max_length=32, description="What the label's value may be; * stands for anything."
    )
    min: int | None = Field(default=None, ge=-1000, le=1_000_000_000, description="Least that the number may be.")
    max: int | None = Field(default=None, ge=-1000, le=1_000_000_000, description="Most that it may be.")

    @model_validator(mode="after")
    def _typed(self) -> Self:
        text = self.field in ("switchModel.model", "setConfig.value", "setEnv.value", "reroute.source")
        wrong = (
            (self.label is None) == bool(self.allow),
            self.label is None and (self.min is None or self.max is None),
            (self.label is not None) != text,
        )
        for fails, (_, message) in zip(wrong, self.cel_rules, strict=True):
            if fails:
                raise ValueError(message)
        return self


class Escalation(Model):
    """What is done instead, once so many attempts of one incident did not help."""

    cel_rules: ClassVar = (FIRST_STEP,)

    after: int = Field(ge=1, le=20, description="Number of attempts.")
    actions: tuple[PlaybookStep, ...] = Field(min_length=1, max_length=8, description="What is done from then on.")

    @model_validator(mode="after")
    def _begins_somewhere(self) -> Self:
        if not first_has_none_before(self.actions):
            raise ValueError(FIRST_STEP[1])
        return self


class Attempts(Model):
    """How attempts of one incident follow each other."""

    limit: int = Field(default=20, ge=1, le=20, description="Most attempts of one incident; then it waits for people.")
    backoff: Duration | None = Field(
        default=None,
        description="Shortest time after an attempt; doubles with each. The cooldown alone where left out.",
    )
    most: Duration = Field(default="1h", description="The longest such time.")
    jitter: Ratio = Field(
        default="0.1", description="Share of that time that may be added, so that not everything is tried at once."
    )


class Limit(Model):
    """At most `count` plans in `per`."""

    count: Annotated[int, Field(ge=1, le=1000)] = Field(description="Number of plans.")
    per: Duration = Field(description="Length of the window.")
