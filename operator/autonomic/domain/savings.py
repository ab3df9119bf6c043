"""How a plan of a CostBudget is verified: what was spent before it, which spend afterwards is held against."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from autonomic.domain.model import Model
from autonomic.domain.units import DecimalString, Duration, Ratio
from autonomic.domain.words import Name


class CostVerification(Model):
    """The spend that asked must fall, held against what it was when the plan was made."""

    budget: Name = Field(description="The budget.")
    window: Duration = Field(description="The window over which spend is looked at after the change.")
    basis: Literal["Rate", "Task"] = Field(
        description="Rate: less money a second. Task: less money a task, or a token, whatever the traffic."
    )
    over: Duration = Field(description="The window of the figures before.")
    spent: DecimalString = Field(description="Money spent in it.")
    tasks: DecimalString | None = Field(default=None, description="Tasks done in it, where something counts them.")
    tokens: DecimalString | None = Field(default=None, description="Tokens used in it, where something counts them.")
    least: Ratio = Field(description="Share that must be saved at least.")
    expected: DecimalString | None = Field(
        default=None, description="Money a day that it is expected to save; left out where nobody knows."
    )
    currency: Annotated[str, StringConstraints(max_length=3)] = Field(description="The currency.")
