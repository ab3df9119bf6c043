"""Budgets, and answers to what is asked for them."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from autonomic.cost.recipes import Server, Surroundings
from autonomic.cost.spend import Spend, spent
from autonomic.cost.survey import Survey, Told
from autonomic.domain.cost import CostBudget
from autonomic.domain.readings import Question, Sample, Unknown

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LITELLM: dict[str, Any] = {"type": "LiteLLM", "liteLLM": {}}
GENAI: dict[str, Any] = {"type": "GenAI", "genAI": {}}
NOWHERE = Surroundings()


def budget(spend: Mapping[str, Any] = LITELLM, name: str = "search", **spec: Any) -> CostBudget:
    """A budget of 100 USD a day in namespace shop; `limit` adds to it, all else is of the spec."""
    limit = {"amount": "100", "currency": "USD", "per": "1d", **spec.pop("limit", {})}
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent"}
    return CostBudget.read(
        {
            "metadata": {"name": name, "namespace": "shop"},
            "spec": {"limit": limit, "spend": spend, "targetRef": target, **spec},
        }
    )


def sample(value: str, **labels: str) -> Sample:
    """One row."""
    return Sample(labels, value)


Reply = Callable[[Question], tuple[Sample, ...] | Unknown]


def told(survey: Survey, reply: Reply) -> Told:
    """What `reply` says to each question."""
    return {question: reply(question) for question in survey.questions}


def fresh(*rows: Sample, at: datetime = AT) -> Reply:
    """These rows to every question; of what is newest, a sample of just now."""
    return lambda question: (sample(str(at.timestamp())),) if "timestamp(" in question.expr else rows


def looked(one: CostBudget, reply: Reply, at: datetime = AT, around: Surroundings = NOWHERE,
           server: Server | None = None) -> Spend | Unknown:  # fmt: skip
    """What is known of one budget."""
    survey = Survey([(one, around)], at, server)
    return spent(survey, one.key, told(survey, reply))
