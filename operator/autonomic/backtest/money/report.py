"""What came of money, as data."""

from datetime import datetime

from pydantic import Field

from autonomic.domain.model import Model


class RungAt(Model):
    """One rung of a ladder."""

    rung: str = Field(description="Constrained, Downgrade or Throttle.")
    at: float = Field(description="The share of the limit at which it is reached.")


class Stand(Model):
    """A stretch in which a budget stood on one rung, and what was known when it took it."""

    rung: str = Field(description="Constrained, Downgrade or Throttle.")
    entered: datetime = Field(description="When it was taken; the first look, where it was taken at that or before.")
    left: datetime | None = Field(description="When another one was; null where it goes on.")
    began_before: bool = Field(description="Whether it may have stood there already when the replay began.")
    pressed_by: str = Field(description="The budget above it that presses harder, where one does.")
    spent: str = Field(description="Share of the limit that was spent, in percent; Unknown where that was not known.")
    amount: str = Field(description="The money spent in the window, with its currency.")
    forecast: str = Field(
        description="What would have been spent at the end of the window by the rates of that moment."
    )
    exhausts_at: datetime | None = Field(
        description="When nothing would have been left, where both rates agreed that it was within the window."
    )
    because: str = Field(description="What made the spend grow.")


class Gap(Model):
    """A stretch in which the spend is not known: it neither climbs nor falls, and asks for nothing."""

    since: datetime = Field(description="From then on.")
    until: datetime = Field(description="Up to then.")
    reason: str = Field(description="Why.")


class BudgetLine(Model):
    """One CostBudget over the stretch."""

    budget: str = Field(description="namespace/name of the CostBudget.")
    amount: str = Field(description="Its limit.")
    currency: str = Field(description="Its currency.")
    per: str = Field(description="The length of its window.")
    window: str = Field(description="Calendar or Rolling.")
    rungs: tuple[RungAt, ...] = Field(description="Its ladder, lowest first.")
    highest: str = Field(description="The highest rung that it stood on.")
    pressed_seconds: int = Field(description="How long it stood on any.")
    stands: tuple[Stand, ...] = Field(description="Each rung that was taken, oldest first.")
    unknown: tuple[Gap, ...] = Field(description="Stretches in which its spend is not known, oldest first.")
    since: datetime = Field(description="The first point of the course.")
    step_seconds: int = Field(description="Between two points.")
    spent: tuple[float | None, ...] = Field(description="Share of the limit spent; null where it is not known.")
