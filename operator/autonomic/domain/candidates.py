"""What a route chooses between, and what a choice must hold to."""

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from autonomic.domain.meta import Label, LabelKey
from autonomic.domain.model import Model
from autonomic.domain.units import Duration, Ratio
from autonomic.domain.words import Name, ShortName

WHOLE = 1000
"""All weights of a task type together."""
MOST_CANDIDATES = 10

Share = Annotated[int, Field(ge=0, le=WHOLE)]
Money = Annotated[str, StringConstraints(min_length=1, max_length=24, pattern=r"^[0-9]{1,12}(\.[0-9]{1,9})?$")]
"""An amount as a decimal string, never negative: `0.012`."""
Labels = dict[LabelKey, Label]


class Prior(Model):
    """What is believed of a candidate before it was ever tried."""

    success: Ratio = Field(description="Share of tasks that it is believed to do well.")
    mass: int = Field(default=10, ge=1, le=1000, description="How many outcomes the belief counts as.")


class Candidate(Model):
    """One model, agent or backend that a task may be sent to."""

    cel_rules: ClassVar = (("self.minWeight <= self.maxWeight", "minWeight is above maxWeight"),)

    name: ShortName = Field(description="Its name in this route.")
    model: Annotated[str, StringConstraints(max_length=253)] = Field(
        default="", description="What a LiteLLM configuration asks for; its name where left out."
    )
    backend: Name | None = Field(
        default=None,
        description="Its name among the backends of the routes that are published to; its own if left out.",
    )
    cost_tier: int = Field(default=1, ge=1, le=9, description="1 is cheapest; for people, and where cost is not known.")
    min_weight: Share = Field(default=0, description="Fewest of 1000 tasks that it gets while it may be chosen.")
    max_weight: Share = Field(default=WHOLE, description="Most of 1000 tasks that it gets.")
    context_length: int | None = Field(
        default=None, ge=1, le=100_000_000, description="Most tokens of a task; no bound where left out."
    )
    labels: Labels = Field(default={}, max_length=16, description="What constraints may ask for, such as region: eu.")
    prior: Prior | None = Field(default=None, description="What is believed of it before it was tried.")


class Constraints(Model):
    """What a candidate must hold to be chosen. Each that is left out does not bind."""

    min_success: Ratio | None = Field(default=None, description="Least share of tasks done well.")
    p95_latency: Duration | None = Field(default=None, description="95 of 100 tasks are done within it.")
    max_cost: Money | None = Field(default=None, description="Most money for a task.")
    context_length: int | None = Field(
        default=None, ge=1, le=100_000_000, description="Tokens that it must be able to take."
    )
    labels: Labels = Field(
        default={}, max_length=16, description="Labels that it must have, with exactly these values."
    )
