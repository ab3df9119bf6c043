"""How a route learns, ranks, keeps safe, and where its weights go."""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

from autonomic.domain.actions import ConfigKey
from autonomic.domain.candidates import WHOLE, Constraints
from autonomic.domain.meta import ObjectRef
from autonomic.domain.model import Model
from autonomic.domain.units import Duration, Ratio
from autonomic.domain.words import Name, ShortName

Algorithm = Literal["EpsilonGreedy", "Thompson", "ChangePoints"]
_EPSILON = "0.1"
_OF_EPSILON = ("epsilon", "epsilon_half_life", "least_epsilon", "mean_half_life")
_GATEWAY = "gateway.networking.k8s.io/v1"
_VERSIONS = {
    "HTTPRoute": _GATEWAY,
    "GRPCRoute": _GATEWAY,
    "AIGatewayRoute": "aigateway.envoyproxy.io/v1beta1",
    "ConfigMap": "v1",
}


class Ranking(Model):
    """How much each figure counts among the candidates that hold the constraints."""

    success: Ratio = Field(default="0.6", description="Share of tasks done well.")
    latency: Ratio = Field(default="0.2", description="How quick.")
    cost: Ratio = Field(default="0.2", description="How cheap.")

    @model_validator(mode="after")
    def _sums(self) -> Self:
        total = sum(Decimal(each) for each in (self.success, self.latency, self.cost))
        if total != 1:
            raise ValueError(f"weights: success, latency and cost sum to {total}, not to 1: change one of them")
        return self


class RouteObjective(Model):
    """What is wanted: constraints first, then the ranking."""

    constraints: Constraints = Field(default=Constraints(), description="What every candidate must hold.")
    weights: Ranking = Field(default=Ranking(), description="What is better among those that do.")


class RoutePolicy(Model):
    """How it is learnt which candidate is best.

    An exploration floor is opt-in: half a percent doubles the regret of a world that does not change.
    """

    cel_rules: ClassVar = (
        (
            "self.algorithm == 'EpsilonGreedy' || !(has(self.epsilon) || has(self.epsilonHalfLife)"
            " || has(self.leastEpsilon) || has(self.meanHalfLife))",
            "epsilon, epsilonHalfLife, leastEpsilon and meanHalfLife are of EpsilonGreedy alone",
        ),
        (
            "!has(self.leastEpsilon) || has(self.epsilonHalfLife)",
            "leastEpsilon: epsilon does not fall without epsilonHalfLife",
        ),
        (
            "!has(self.leastEpsilon) ||"
            f" double(self.leastEpsilon) <= (has(self.epsilon) ? double(self.epsilon) : double('{_EPSILON}'))",
            "leastEpsilon is above epsilon",
        ),
    )

    algorithm: Algorithm = Field(
        default="ChangePoints",
        description="ChangePoints: Thompson sampling over change points. Thompson. EpsilonGreedy: the plain baseline.",
    )
    epsilon: Ratio | None = Field(
        default=None, description="Of EpsilonGreedy: share of tasks that explore; 0.1 if left out."
    )
    epsilon_half_life: int | None = Field(
        default=None,
        ge=10,
        le=10_000_000,
        description="Of EpsilonGreedy: outcomes of a task type after which epsilon is half; it stays if left out.",
    )
    least_epsilon: Ratio | None = Field(
        default=None, description="Of EpsilonGreedy: what a halving epsilon never falls below; 0.01 if left out."
    )
    mean_half_life: int | None = Field(
        default=None,
        ge=1,
        le=10_000_000,
        description="Of EpsilonGreedy: outcomes of a candidate after which one counts half; 69 if left out.",
    )
    exploration_floor: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description=(
            "Of 1000 tasks, how many each candidate that may be chosen gets at least, once this was adopted:"
            " while mode is not Enforce too, so that it can be estimated what the policy would earn. None if left out:"
            " 5 of 1000 double what is lost where nothing changes."
        ),
    )

    @model_validator(mode="after")
    def _belongs(self) -> Self:
        given = [name for name in _OF_EPSILON if getattr(self, name) is not None]
        if given and self.algorithm != "EpsilonGreedy":
            named = ", ".join(to_camel(name) for name in given)
            raise ValueError(f"{named}: of EpsilonGreedy alone, algorithm is {self.algorithm}: leave it out")
        if self.least_epsilon is None:
            return self
        if self.epsilon_half_life is None:
            raise ValueError(
                "leastEpsilon: epsilon does not fall without epsilonHalfLife: set that too, or leave it out"
            )
        if Decimal(self.least_epsilon) > Decimal(self.epsilon or _EPSILON):
            raise ValueError(
                f"leastEpsilon: {self.least_epsilon} is above epsilon {self.epsilon or _EPSILON}: lower it"
            )
        return self


class RouteSafety(Model):
    """What keeps a route from doing harm while it learns."""

    contract: Name | None = Field(
        default=None, description="SLAContract whose error budget and incidents hold exploration back."
    )
    min_error_budget_remaining: Ratio = Field(
        default="0.2", description="With this share of the contract's budget left, or less, nothing is explored."
    )
    max_step: Annotated[int, Field(ge=1, le=WHOLE)] = Field(
        default=200, description="Most of 1000 that one weight moves at once; not for what is broken."
    )
    cooldown: Duration = Field(default="2m", description="Time between two steps; not for what is broken.")
    min_samples: int = Field(
        default=30, ge=1, le=10_000, description="Outcomes of a candidate before its figures count against it."
    )
    max_signal_age: Duration = Field(
        default="10m", description="Without any outcome for so long, the baseline is restored."
    )
    no_candidate: Literal["Refuse", "Baseline"] = Field(
        default="Refuse", description="What is answered where no candidate holds the constraints."
    )


class Epoch(Model):
    """How often weights are thought over; at once when a candidate seems to have changed."""

    outcomes: int = Field(default=50, ge=1, le=10_000, description="After so many outcomes.")
    interval: Duration = Field(default="1m", description="And after this time at the latest.")
    expires: Duration = Field(default="10m", description="A decision without outcome for so long has an unknown one.")


class Publication(Model):
    """One place that the weights are written to, in the same namespace."""

    cel_rules: ClassVar = (
        ("has(self.key) == (self.kind == 'ConfigMap')", "set key exactly when kind is ConfigMap"),
        ("self.kind == 'ConfigMap' || !has(self.format)", "format is for a ConfigMap"),
    )

    kind: Literal["HTTPRoute", "GRPCRoute", "AIGatewayRoute", "ConfigMap"] = Field(description="Kind of the object.")
    api_version: Annotated[str, StringConstraints(min_length=2, max_length=128)] | None = Field(
        default=None, description="Its API version, where the cluster has another than the usual one."
    )
    name: Name = Field(description="Its name.")
    rule: int = Field(default=0, ge=0, le=63, description="Of a route: number of the rule, from 0.")
    task_type: ShortName | None = Field(
        default=None, description="Whose weights; of a route with several task types it must be said."
    )
    key: ConfigKey | None = Field(default=None, description="Of a ConfigMap: the key; its owner lists it as writable.")
    format: Literal["Weights", "LiteLLM"] | None = Field(
        default=None, description="Of a ConfigMap: plain weights as JSON (default), or a model_list for LiteLLM."
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.key is not None) != (self.kind == "ConfigMap"):
            raise ValueError(self.cel_rules[0][1])
        if self.format is not None and self.kind != "ConfigMap":
            raise ValueError(self.cel_rules[1][1])
        return self

    @property
    def place(self) -> str:
        """`HTTPRoute llm rule 0`, `ConfigMap weights key weights.json`."""
        within = f"key {self.key}" if self.key else f"rule {self.rule}"
        return f"{self.kind} {self.name} {within}"

    def ref(self, namespace: str) -> ObjectRef:
        """The object."""
        version = self.api_version or _VERSIONS[self.kind]
        return ObjectRef(api_version=version, kind=self.kind, name=self.name, namespace=namespace)
