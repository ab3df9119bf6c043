"""The parts of a CostBudget: how much, of what currency, in which window; where spend is seen; prices; rungs of the ladder."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from autonomic.domain.actions import PermittedAction
from autonomic.domain.currencies import CURRENCIES
from autonomic.domain.model import Model, TypedUnion
from autonomic.domain.servers import ServerName
from autonomic.domain.units import Duration, Ratio, milliseconds
from autonomic.domain.windows import TimeZone
from autonomic.domain.words import Name, Selector, Text

_A_DAY = 86_400_000
_MONEY = r"^[0-9]{1,12}(\.[0-9]{1,9})?$"


def _amount(value: object) -> object:
    if isinstance(value, int | float):
        raise ValueError(f"{value} is a number: write it in quotes, as a string such as '100' or '0.25'")
    return value


def _positive(value: str) -> str:
    if Decimal(value) <= 0:
        raise ValueError(f"{value!r} is no budget: write an amount above 0, such as '100'")
    return value


def _iso(value: str) -> str:
    if value not in CURRENCIES:
        raise ValueError(f"{value!r} is no currency of ISO 4217: write its three letters, such as USD or EUR")
    return value


def _share(value: str) -> str:
    if not 0 < Decimal(value) <= 2:
        raise ValueError(f"{value!r} is not a share of the limit: write a decimal above 0 and at most 2, such as '0.9'")
    return value


Money = Annotated[str, StringConstraints(min_length=1, max_length=24, pattern=_MONEY), BeforeValidator(_amount)]
"""An amount of money as a decimal string: `12.50`."""

Currency = Annotated[str, StringConstraints(min_length=3, max_length=3, pattern=r"^[A-Z]{3}$"), AfterValidator(_iso)]
"""A currency of ISO 4217: `USD`."""

Share = Annotated[
    str,
    StringConstraints(min_length=1, max_length=12, pattern=r"^[0-2](\.[0-9]{1,9})?$"),
    AfterValidator(_share),
    BeforeValidator(_amount),
]
"""A share of the limit as a decimal string: `0.9`; above 1 is overspent."""

LabelName = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")]
ScopeValue = Annotated[str, StringConstraints(min_length=1, max_length=253)]
Matchers = Annotated[str, StringConstraints(min_length=2, max_length=1024)]
"""PromQL matchers in braces: `{team="search"}`."""


class Rungs(StrEnum):
    """How hard a budget is pressed, mildest first."""

    NORMAL = "Normal"
    CONSTRAINED = "Constrained"
    DOWNGRADE = "Downgrade"
    THROTTLE = "Throttle"

    @property
    def height(self) -> int:
        """0 for Normal, 3 for Throttle."""
        return _HEIGHTS[self]


_HEIGHTS = {each: height for height, each in enumerate(Rungs)}


class SpendLimit(Model):
    """How much may be spent in a window."""

    amount: Annotated[Money, AfterValidator(_positive)] = Field(description="The amount, as a decimal string.")
    currency: Currency = Field(description="Currency of ISO 4217, which the spend and the prices are in too.")
    per: Literal["1h", "1d", "1w", "1mo"] = Field(description="Length of the window; a rolling month has 30 days.")
    window: Literal["Calendar", "Rolling"] = Field(
        default="Calendar",
        description="Calendar begins anew with each hour, day, week (Monday) or month there; Rolling is the time up to now.",
    )
    time_zone: TimeZone = Field(default="UTC", description="IANA time zone of calendar windows, such as Europe/Paris.")


class LiteLLMSpend(Model):
    """The counters of a LiteLLM proxy, which hold money."""

    selector: Selector = Field(
        default="litellm_spend_metric_total", description="Instant selector of the counter of money spent."
    )
    requests: Selector | None = Field(
        default="litellm_requests_metric_total", description="Instant selector of the counter of requests."
    )


class GenAISpend(Model):
    """Tokens that OpenTelemetry's GenAI metrics count, times what they cost."""

    selector: Selector = Field(
        default="gen_ai_client_token_usage_sum",
        description="Instant selector of the tokens' sum; its token type tells input from output.",
    )
    provider: LabelName | None = Field(
        default=None, description="Label that names the provider; gen_ai_provider_name where left out."
    )


class OpenCostSpend(Model):
    """What OpenCost says that the pods of the namespace cost: CPU, memory and GPU that they were given, times its prices."""

    matchers: Matchers = Field(default="{}", description='Matchers of container_cpu_allocation: {pod=~"agent-.*"}.')


class QuerySpend(Model):
    """Any query, where an administrator allows free queries in the namespace."""

    cel_rules: ClassVar = (("self.expr.contains('$window')", "expr needs $window: the time whose spend it tells"),)

    expr: Text = Field(
        description="PromQL that gives the money spent in $window, such as sum(increase(cost_total[$window]))."
    )

    @model_validator(mode="after")
    def _windowed(self) -> Self:
        if "$window" not in self.expr:
            raise ValueError(f"expr: {self.expr!r} has no $window: write it where the time belongs, as in [$window]")
        return self


class SpendLabels(Model):
    """Labels of the spend's series that name who spent; each kind of spend has its own where left out."""

    workstream: LabelName | None = Field(default=None, description="Label that names the workstream.")
    agent: LabelName | None = Field(default=None, description="Label that names the agent.")
    model: LabelName | None = Field(default=None, description="Label that names the model.")


class SpendSource(TypedUnion):
    """Where it is seen what was spent: one source for each budget."""

    type: Literal["LiteLLM", "GenAI", "OpenCost", "Query"] = Field(description="Kind of source.")
    lite_llm: LiteLLMSpend | None = Field(default=None, alias="liteLLM", description="Set when type is LiteLLM.")
    gen_ai: GenAISpend | None = Field(default=None, alias="genAI", description="Set when type is GenAI.")
    open_cost: OpenCostSpend | None = Field(default=None, description="Set when type is OpenCost.")
    query: QuerySpend | None = Field(default=None, description="Set when type is Query.")
    server: ServerName = None
    labels: SpendLabels = Field(default=SpendLabels(), description="Labels that name who spent.")
    tasks: Selector | None = Field(
        default=None,
        description="Counter of tasks done, to tell whether more tasks or dearer ones made the spend grow.",
    )


class CostScope(Model):
    """Whose spend counts: everything of the tenant where nothing is named. Of each list, any one value."""

    workstreams: tuple[ScopeValue, ...] = Field(default=(), max_length=32, description="Only these workstreams.")
    agents: tuple[ScopeValue, ...] = Field(default=(), max_length=32, description="Only these agents.")
    models: tuple[ScopeValue, ...] = Field(default=(), max_length=32, description="Only these models.")

    @property
    def values(self) -> dict[str, tuple[str, ...]]:
        """What is named, by the dimension: workstream, agent, model."""
        named = {"workstream": self.workstreams, "agent": self.agents, "model": self.models}
        return {dimension: values for dimension, values in named.items() if values}


class ParentBudget(Model):
    """The larger budget that this one is a part of; what presses the parent presses its children."""

    name: Name = Field(description="Name of the CostBudget.")
    where: Literal["Namespace", "Platform"] = Field(
        default="Namespace", description="Namespace: the same namespace. Platform: the namespace of the operator."
    )


class ModelPrice(Model):
    """What a model's tokens cost from a day on; overrides the prices that are known."""

    cel_rules: ClassVar = (("!has(self.until) || self.from < self.until", "until must come after from"),)

    model: ScopeValue = Field(description="The model, as the spend's series name it.")
    since: date = Field(alias="from", description="First day of the price, in UTC.")
    until: date | None = Field(default=None, description="First day on which it no longer holds.")
    input: Money = Field(description="A million tokens of input, in the currency of the limit.")
    output: Money = Field(description="A million tokens of output.")
    cached_input: Money | None = Field(
        default=None, description="A million cached tokens of input; as input if left out."
    )

    @model_validator(mode="after")
    def _ends_later(self) -> Self:
        if self.until is not None and self.until <= self.since:
            raise ValueError(f"until {self.until} is not after from {self.since}: leave it out, or write a later day")
        return self


class Rightsizing(Model):
    """What is never used is proposed to be taken away, whatever is left of the budget."""

    cel_rules: ClassVar = (
        (
            "has(self.cpuHour) == has(self.gibHour)",
            "give cpuHour and gibHour, or neither to go by OpenCost's node prices",
        ),
    )

    window: Duration = Field(
        default="14d", description="What was not used in all of this time; at least a day, at most 30d."
    )
    headroom: Ratio = Field(default="0.3", description="Share that is left above the most that was used.")
    server: ServerName = None
    cpu_hour: Money | None = Field(
        default=None,
        description="What a CPU costs an hour, in the currency of the limit; OpenCost's node prices if left out.",
    )
    gib_hour: Money | None = Field(default=None, description="What a GiB of memory costs an hour.")

    @model_validator(mode="after")
    def _priced_and_long(self) -> Self:
        if (self.cpu_hour is None) != (self.gib_hour is None):
            raise ValueError(self.cel_rules[0][1])
        if not _A_DAY <= milliseconds(self.window) <= 30 * _A_DAY:
            raise ValueError(
                f"window: {self.window} is not between 1d and 30d: take 14d, which has every weekday twice"
            )
        return self


class Rung(Model):
    """What may be done once so much of the limit is spent."""

    cel_rules: ClassVar = (
        (
            "!has(self.actions) || self.actions.all(a, a.type != 'Rollback')",
            "a Rollback can't be given back when the pressure ends: leave it out",
        ),
        (
            "!has(self.actions) || self.actions.all(a, a.type != 'Plugin')",
            "it is not known what a Plugin saves: name one of the other actions",
        ),
    )

    name: Literal["Constrained", "Downgrade", "Throttle"] | None = Field(
        default=None, description="Name of the rung; the next one above the rung before it where left out."
    )
    at: Share = Field(description="Share of the limit at which it is reached.")
    actions: tuple[PermittedAction, ...] = Field(
        default=(), max_length=8, description="What is proposed there; people are told in any case."
    )

    @model_validator(mode="after")
    def _can_be_given_back(self) -> Self:
        if any(each.type == "Rollback" for each in self.actions):
            raise ValueError(f"actions: {self.cel_rules[0][1]}")
        if any(each.type == "Plugin" for each in self.actions):
            raise ValueError(f"actions: {self.cel_rules[1][1]}")
        return self
