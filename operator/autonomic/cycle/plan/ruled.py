"""A plan with what was ruled of it: whether it still waits for people, and whether their yes was to another thing."""

from dataclasses import dataclass
from typing import Literal

from autonomic.cycle.plan.claiming import outdated
from autonomic.domain.decisions import Ruling
from autonomic.domain.plans import AdaptationPlan, Review
from autonomic.domain.targets import StepFacts
from autonomic.domain.view import View
from autonomic.domain.words import Verdict
from autonomic.governance.duties import quorum
from autonomic.governance.reviews import Quorum, approvals


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a claimed plan is not carried out after all. `reason` is a CamelCase word."""

    reason: Literal["StepFailed", "Outdated"]
    message: str


@dataclass(frozen=True, slots=True)
class Ruled:
    """What was ruled of a plan, what it would do, and whose yes it needs."""

    ruling: Ruling
    facts: tuple[StepFacts, ...]
    quorum: Quorum

    def waits(self, plan: AdaptationPlan) -> bool:
        """Whether people are still to approve it."""
        return self.ruling.verdict is Verdict.REQUIRE_APPROVAL and not self.quorum.met(plan)

    def given(self, plan: AdaptationPlan) -> tuple[Review, ...]:
        """The approvals that count."""
        return approvals(plan, self.quorum)

    def outdated(self, plan: AdaptationPlan) -> str | None:
        """Why people's yes was one to another thing, where a person's yes is needed."""
        if self.ruling.verdict is not Verdict.REQUIRE_APPROVAL:
            return None
        return outdated(plan, self.ruling, self.facts, self.given(plan))


def ruled(plan: AdaptationPlan, ruling: Ruling, facts: tuple[StepFacts, ...], view: View) -> Ruled:
    """The ruling, with as many people as it and the RedLines ask for."""
    return Ruled(ruling, facts, quorum(plan, facts, view, ruling.reviewers))
