"""What governance answers, and the strict form in which a policy engine must answer."""

from dataclasses import dataclass
from typing import Literal

from pydantic import ConfigDict, Field

from autonomic.domain.model import Model
from autonomic.domain.words import Verdict


class PolicyAnswer(Model):
    """What `data.autonomic.decision` must return. Anything else is no answer, and no answer is never approval."""

    model_config = ConfigDict(extra="forbid", strict=True)

    allow: bool = Field(description="True only when the verdict is Approve.")
    verdict: Literal["Approve", "RequireApproval", "Deny"] = Field(description="The verdict.")
    reasons: list[str] = Field(max_length=16, description="A sentence for each rule that fired.")
    rules: list[str] = Field(max_length=16, description="Name of each rule that fired.")
    revision: str = Field(min_length=1, max_length=128, description="Revision of the policies.")
    reviewers: int = Field(default=1, ge=1, le=5, description="How many different people must approve.")


@dataclass(frozen=True, slots=True)
class Ruling:
    """The strictest of all that was asked, with every reason."""

    verdict: Verdict
    reasons: tuple[str, ...]
    policy_revision: str
    decision_id: str = ""
    reviewers: int = 1
    """How many different people must approve, where the verdict is RequireApproval."""


@dataclass(frozen=True, slots=True)
class NoRuling:
    """Governance could not answer: the plan waits. `reason` is a CamelCase word."""

    reason: str
    message: str
