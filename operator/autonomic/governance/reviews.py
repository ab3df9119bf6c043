"""What people said of a plan, and whether it counts."""

from dataclasses import dataclass

from autonomic.domain.plans import AdaptationPlan, Review


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many people must approve. `barred` may not be one of them; `unknown` says why nobody's approval counts yet."""

    needed: int = 1
    barred: str | None = None
    unknown: str | None = None

    def met(self, plan: AdaptationPlan) -> bool:
        """Whether enough people approved, none of whom is barred, and nobody denied."""
        return len(approvals(plan, self)) >= self.needed

    def missing(self, plan: AdaptationPlan) -> str:
        """What is still needed, in words."""
        if self.unknown:
            return self.unknown
        given = approvals(plan, self)
        wanted = f"{len(given)} of {self.needed} approvals" if self.needed > 1 else "a person decides"
        refused = f"; {self.barred} may not approve what {self.barred} wrote the reason for" if self.barred else ""
        return f"{wanted}{f' ({said(given)})' if given else ''}{refused}"


ONE = Quorum()
"""One person's yes."""


def denial(plan: AdaptationPlan) -> Review | None:
    """The first Denied: one is enough, whatever else was said."""
    return next((each for each in plan.spec.reviews if each.decision == "Denied"), None)


def approvals(plan: AdaptationPlan, quorum: Quorum = ONE) -> tuple[Review, ...]:
    """The first Approved of each named person that repeats the plan's digest, unless somebody denied."""
    if denial(plan) or quorum.unknown:
        return ()
    valid = (each for each in plan.spec.reviews if each.decision == "Approved" and _counts(plan, each))
    people: dict[str, Review] = {}
    for each in valid:
        if each.by != quorum.barred:
            people.setdefault(each.by, each)
    return tuple(people.values())


def approval(plan: AdaptationPlan) -> Review | None:
    """The first Approved that counts, whoever gave it."""
    return next(iter(approvals(plan)), None)


def said(reviews: tuple[Review, ...]) -> str:
    """`approved by ann: looks good; bob`: who, and each one's comment."""
    return "approved by " + "; ".join(f"{each.by}: {each.message}".rstrip(": ") for each in reviews)


def answer(plan: AdaptationPlan) -> Review | None:
    """The last Keep or RollBack: what a person wants of a plan that was carried out."""
    after = [each for each in plan.spec.reviews if each.decision in ("Keep", "RollBack") and _counts(plan, each)]
    return after[-1] if after else None


def _counts(plan: AdaptationPlan, review: Review) -> bool:
    return bool(review.by) and review.digest == plan.spec.digest
