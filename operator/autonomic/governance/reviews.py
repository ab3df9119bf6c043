"""What people said of a plan, and whether it counts."""

from autonomic.domain.plans import AdaptationPlan, Review


def denial(plan: AdaptationPlan) -> Review | None:
    """The first Denied: one is enough, whatever else was said."""
    return next((each for each in plan.spec.reviews if each.decision == "Denied"), None)


def approval(plan: AdaptationPlan) -> Review | None:
    """The first Approved by a named person that repeats the plan's digest, unless somebody denied."""
    if denial(plan):
        return None
    return next((each for each in plan.spec.reviews if each.decision == "Approved" and _counts(plan, each)), None)


def answer(plan: AdaptationPlan) -> Review | None:
    """The last Keep or RollBack: what a person wants of a plan that was carried out."""
    after = [each for each in plan.spec.reviews if each.decision in ("Keep", "RollBack") and _counts(plan, each)]
    return after[-1] if after else None


def _counts(plan: AdaptationPlan, review: Review) -> bool:
    return bool(review.by) and review.digest == plan.spec.digest
