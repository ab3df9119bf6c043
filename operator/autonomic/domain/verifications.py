"""How it is decided whether a plan helped: what must hold again, how soon after the change, and for how long."""

from typing import Literal

from pydantic import Field

from autonomic.domain.model import Model, TypedUnion
from autonomic.domain.savings import CostVerification
from autonomic.domain.servers import ServerName
from autonomic.domain.units import DecimalString, Duration, Factor
from autonomic.domain.words import Comparison, Digest, Name, Sentence, ShortName, Text


class SLOVerification(Model):
    """The objective that asked must stop burning."""

    contract: Name = Field(description="The contract.")
    objective: ShortName = Field(description="The objective.")
    group: Sentence = Field(default="", description="The group of an objective with groupBy: tenant=acme.")
    window: Duration = Field(description="The short window that is watched.")
    burn_below: Factor = Field(description="The burn rate must fall below this and stay there for one window.")


class SignalVerification(Model):
    """The signal that asked must go quiet."""

    expr: Text = Field(description="PromQL expression: the worst series of the signal.")
    op: Comparison = Field(description="The comparison that must no longer hold.")
    value: DecimalString = Field(description="What it is compared with.")
    quiet: Duration = Field(description="How long it must not hold.")
    server: ServerName = None


class PlaybookVerification(Model):
    """The triggers of the playbook that asked must no longer hold."""

    playbook: Name = Field(description="The playbook.")
    target: Name | None = Field(default=None, description="The target that the signal named, where it named one.")
    quiet: Duration = Field(description="How long they must not hold.")


class RolloutVerification(Model):
    """The rollout must complete."""

    progress: Duration = Field(description="How long the rollout may make no progress.")


class RouteVerification(Model):
    """The route must work by what was adopted: weights stand at its places, or its mode lets none move."""

    route: Name = Field(description="The route.")
    bounds_digest: Digest = Field(description="SHA-256 of what was adopted.")


class PlanVerification(TypedUnion):
    """How it is decided whether the plan helped."""

    type: Literal["SLO", "Signal", "Playbook", "Cost", "Rollout", "Route"] = Field(description="Kind of verification.")
    settle: Duration = Field(description="Time after the change that is not judged.")
    within: Duration = Field(description="Deadline after the change.")
    slo: SLOVerification | None = Field(default=None, description="Set when type is SLO.")
    signal: SignalVerification | None = Field(default=None, description="Set when type is Signal.")
    playbook: PlaybookVerification | None = Field(default=None, description="Set when type is Playbook.")
    cost: CostVerification | None = Field(default=None, description="Set when type is Cost.")
    rollout: RolloutVerification | None = Field(default=None, description="Set when type is Rollout.")
    route: RouteVerification | None = Field(default=None, description="Set when type is Route.")
