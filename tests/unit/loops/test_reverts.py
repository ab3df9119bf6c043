"""Another manager that takes our changes back."""

from typing import Any

import pytest

from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.view import View
from autonomic.loops.reverts import contested
from tests.unit.domain.specimens import DEPLOYMENT, NOW, condition, execution, plan


def ended(minute: int, by: str | None = None, *, done: bool = True, **more: Any) -> AdaptationPlan:
    """A plan that ended in that minute; `by` took its change back."""
    at = f"2025-01-01T11:{minute:02}:00Z"
    said = [condition("Finished", "True", "Failed", at)]
    said += [condition("Reverted", "True", "AnotherManager", at) | {"message": by}] if by else []
    return plan(f"p{minute}", status={"conditions": said, **({"execution": execution()} if done else {})}, **more)


def view(*plans: AdaptationPlan) -> View:
    return View(NOW, plans={each.key: each for each in plans})


def test_after_two_reverts_by_one_manager_its_target_is_left_alone_and_it_is_named() -> None:
    assert contested(DEPLOYMENT, view(ended(10, "argocd"), ended(20, "argocd"))) == (
        "argocd took the last 2 plans for Deployment shop/agent back: change it there, or let that manager leave the field"
        " alone"
    )


@pytest.mark.parametrize(
    "plans",
    [
        (),
        (ended(10, "argocd"),),
        (ended(10, "argocd"), ended(20, "flux")),
        (ended(10, "argocd"), ended(20)),
        (ended(10, "argocd"), ended(20, "argocd"), ended(30)),
    ],
    ids=["none", "one", "two managers", "the last stood", "one stood since"],
)
def test_less_than_two_in_a_row_by_one_manager_stop_nothing(plans: tuple[AdaptationPlan, ...]) -> None:
    assert contested(DEPLOYMENT, view(*plans)) is None


def test_plans_that_never_acted_are_no_sign_of_either() -> None:
    plans = (ended(10, "argocd"), ended(20, "argocd"), ended(30, done=False))
    assert contested(DEPLOYMENT, view(*plans)) is not None


def test_other_targets_are_not_concerned() -> None:
    other = DEPLOYMENT.model_copy(update={"name": "other"})
    assert contested(other, view(ended(10, "argocd"), ended(20, "argocd"))) is None
