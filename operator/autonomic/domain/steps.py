"""The steps of a playbook, and when one of them is taken: typed comparisons, never an expression in a text."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from autonomic.domain.actions import PermittedAction
from autonomic.domain.meta import LabelKey
from autonomic.domain.model import Model
from autonomic.domain.units import DecimalString
from autonomic.domain.words import Comparison

Glob = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9*][-._:/A-Za-z0-9*]*$")]
"""A value, or many of them: `*` stands for anything."""


class LabelCondition(Model):
    """A label of the signal has one of these values. Of a signal without the label it is Unknown."""

    name: LabelKey = Field(description="The label.")
    values: tuple[Glob, ...] = Field(
        min_length=1, max_length=32, description="What its value may be; * stands for anything."
    )


class ValueCondition(Model):
    """The signal's value compares so. Of a signal without a value it is Unknown."""

    op: Comparison = Field(description="The comparison.")
    value: DecimalString = Field(description="What the signal's value is compared with, as a decimal string.")


class StepCondition(Model):
    """All that is set must hold. What is Unknown does not hold, and neither does what comes after it by `before`."""

    cel_rules: ClassVar = (
        ("has(self.label) || has(self.value) || has(self.before)", "set label, value or before, or leave when out"),
    )

    label: LabelCondition | None = Field(default=None, description="About a label of the signal.")
    value: ValueCondition | None = Field(default=None, description="About the signal's value.")
    before: Literal["Taken", "LeftOut"] | None = Field(
        default=None, description="What became of the step right before this one, when the plan was made."
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.label or self.value or self.before):
            raise ValueError(self.cel_rules[0][1])
        return self


class PlaybookStep(PermittedAction):
    """An action of a playbook, and when it is taken."""

    when: StepCondition | None = Field(default=None, description="When the step is taken; always where left out.")

    def plain(self) -> PermittedAction:
        """The action alone."""
        return PermittedAction.model_validate({key: value for key, value in self.wire().items() if key != "when"})


def first_has_none_before(steps: tuple[PlaybookStep, ...]) -> bool:
    """Whether the first step asks for nothing of a step before it."""
    return not (steps and steps[0].when and steps[0].when.before)


FIRST_STEP = (
    "!has(self.actions[0].when) || !has(self.actions[0].when.before)",
    "the first step has none before it: leave before out of its when",
)
"""The CEL rule that says the same of `actions`."""
