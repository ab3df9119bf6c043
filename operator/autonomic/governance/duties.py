"""Separation of duties: who last edited what is behind a plan may not approve it."""

from collections.abc import Mapping

from autonomic.domain.meta import ObjectMeta
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.resource import Resource
from autonomic.domain.targets import StepFacts
from autonomic.domain.view import View
from autonomic.domain.words import GROUP
from autonomic.governance.redlines import reviewers, separates_duties
from autonomic.governance.reviews import Quorum

EDITOR_ANNOTATION = f"{GROUP}/last-editor"
"""On what asks for plans: who last changed its spec, stamped by admission. On a plan: who may not approve it."""


def quorum(plan: AdaptationPlan, steps: tuple[StepFacts, ...], view: View, asked: int = 1) -> Quorum:
    """Whose approvals the plan needs: the most people that a RedLine or the policy (`asked`) wants."""
    needed = max(asked, reviewers(plan, steps, view))
    owner = behind(plan, view)
    if owner is None or not separates_duties(plan, steps, view):
        return Quorum(needed)
    editor = editor_of(owner.metadata)
    if editor is None:
        return Quorum(
            needed, unknown=f"who last edited {owner.ref} is not known, so nobody may approve: change its spec"
        )
    return Quorum(needed, barred=editor)


def behind(plan: AdaptationPlan, view: View) -> Resource | None:
    """The contract, playbook, budget or route that asked for the plan, where it is known."""
    trigger, namespace = plan.spec.trigger, plan.metadata.namespace
    owners: tuple[tuple[Mapping[str, Resource], str | None], ...] = (
        (view.contracts, trigger.slo_alert.contract if trigger.slo_alert else None),
        (view.playbooks, trigger.signal.playbook if trigger.signal else None),
        (view.budgets, trigger.budget.budget if trigger.budget else None),
        (view.routes, trigger.route.route if trigger.route else None),
    )
    return next((found for table, name in owners if name and (found := table.get(f"{namespace}/{name}"))), None)


def editor_of(meta: ObjectMeta) -> str | None:
    """Who last changed the object's spec, as admission stamped it; None where it never did."""
    return meta.annotations.get(EDITOR_ANNOTATION) or None
