"""Where a plan stands, as an ordered list of small questions: the first that is answered says what comes next. Pure."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from autonomic.domain.meta import condition
from autonomic.domain.naming import outcome
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.words import Truth
from autonomic.governance.reviews import answer, denial

Stage = Literal["Rest", "Reverse", "Deny", "Expire", "Govern", "Apply", "Verify", "RollBack", "Ask"]
Question = Callable[[AdaptationPlan, datetime], Stage | None]


def stage(plan: AdaptationPlan, now: datetime) -> Stage:
    """What comes next for the plan."""
    return next((found for question in QUESTIONS if (found := question(plan, now))), "Govern")


def _is_over(plan: AdaptationPlan, _: datetime) -> Stage | None:
    """A finished plan rests, unless a person wants a plan that succeeded to be taken back."""
    if outcome(plan) is None:
        return None
    wanted = answer(plan)
    return "Reverse" if wanted and wanted.decision == "RollBack" and outcome(plan) == "Succeeded" else "Rest"


def _is_asking(plan: AdaptationPlan, _: datetime) -> Stage | None:
    """An inconclusive plan waits for Keep or RollBack."""
    return "Ask" if _reason(plan, "Verified") == "Inconclusive" else None


def _is_rolling_back(plan: AdaptationPlan, _: datetime) -> Stage | None:
    """What did not help, and what failed half-way, is undone."""
    return "RollBack" if _truth(plan, "Verified") == Truth.FALSE else None


def _is_verifying(plan: AdaptationPlan, _: datetime) -> Stage | None:
    return "Verify" if _truth(plan, "Executed") == Truth.TRUE else None


def _is_claimed(plan: AdaptationPlan, _: datetime) -> Stage | None:
    return "Apply" if plan.status.execution is not None else None


def _is_denied(plan: AdaptationPlan, _: datetime) -> Stage | None:
    return "Deny" if denial(plan) else None


def _is_expired(plan: AdaptationPlan, now: datetime) -> Stage | None:
    return "Expire" if now >= plan.spec.expires_at else None


QUESTIONS: tuple[Question, ...] = (
    _is_over,
    _is_asking,
    _is_rolling_back,
    _is_verifying,
    _is_claimed,
    _is_denied,
    _is_expired,
)


def _truth(plan: AdaptationPlan, name: str) -> Truth | None:
    found = condition(plan.status.conditions, name)
    return found.status if found else None


def _reason(plan: AdaptationPlan, name: str) -> str:
    found = condition(plan.status.conditions, name)
    return found.reason if found else ""
