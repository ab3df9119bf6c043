"""Names that say what a plan is for, and that a second attempt to create it finds taken."""

import hashlib

from autonomic.domain.plans import AdaptationPlan


def plan_name(owner: str, subject: str, identity: tuple[str, ...]) -> str:
    """`<owner>-<subject>-<10 hex digits of the identity>`, at most 63 characters."""
    mark = hashlib.sha256("|".join(identity).encode()).hexdigest()[:10]
    return f"{f'{owner}-{subject}'[:52].rstrip('-.')}-{mark}"


def outcome(plan: AdaptationPlan) -> str | None:
    """The reason of `Finished`, such as Succeeded; None while the plan is not finished."""
    return plan.finished.reason if plan.finished else None
