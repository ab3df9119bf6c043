"""What a CostBudget asks a plan for, and how it is verified: what was spent before, which spend afterwards is held against."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from autonomic.domain.model import Model
from autonomic.domain.servers import ServerName
from autonomic.domain.spending import Rungs
from autonomic.domain.units import DecimalString, Duration, Ratio
from autonomic.domain.words import Name, Text


class BudgetTrigger(Model):
    """A cost budget asked for the plan: one of its rungs, what is never used, or its idle hours."""

    budget: Name = Field(description="The budget.")
    rung: Rungs = Field(description="The rung that was reached; where it gives back, the one that the budget fell to.")
    gives_back: Name | None = Field(default=None, description="The plan whose change is given back, where it is.")
    saves: DecimalString | None = Field(
        default=None, description="Money a day that it is expected to save, where no rung asked for it."
    )
    until: datetime | None = Field(
        default=None,
        description="Of a plan for idle hours: when the workload is brought back, some time before they end.",
    )

    @property
    def wakes(self) -> bool:
        """Whether it brings a workload back from its rest, which nothing but governance may keep it from."""
        return self.until is not None and self.gives_back is not None


class CostVerification(Model):
    """The spend that asked must fall, held against what it was when the plan was made."""

    budget: Name = Field(description="The budget.")
    window: Duration = Field(description="The window over which spend is looked at after the change.")
    basis: Literal["Rate", "Task", "Workload", "Replica"] = Field(
        description=(
            "Rate: less money a second. Task: less money a task, or a token, whatever the traffic. Workload: less for what the"
            " pods of a workload request. Replica: the same of one of its pods, however many there are."
        )
    )
    hourly: Text | None = Field(
        default=None, description="PromQL of what the workload costs an hour, where the basis is Workload or Replica."
    )
    replicas: Text | None = Field(default=None, description="PromQL of how many replicas it has, where it is Replica.")
    server: ServerName = None
    over: Duration = Field(description="The window of the figures before.")
    spent: DecimalString = Field(description="Money spent in it.")
    tasks: DecimalString | None = Field(
        default=None,
        description="Tasks done in it, where something counts them; the replicas, where these are the basis.",
    )
    tokens: DecimalString | None = Field(default=None, description="Tokens used in it, where something counts them.")
    least: Ratio = Field(description="Share that must be saved at least.")
    expected: DecimalString | None = Field(
        default=None, description="Money a day that it is expected to save; left out where nobody knows."
    )
    currency: Annotated[str, StringConstraints(max_length=3)] = Field(description="The currency.")
