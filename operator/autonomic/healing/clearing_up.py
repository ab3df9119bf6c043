"""What is done after an attempt that did not help, where its own rollback cannot take everything back."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from autonomic.domain.naming import outcome, plan_name
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.healing.pacing import ended, plans_of

_DID_NOT_HELP = ("RolledBack", "Failed")
LATEST = timedelta(hours=1)
"""Time after the attempt's end in which it is done; later nobody expects it any more."""


def left_behind(
    playbook: SelfHealingPlaybook, target: str | None, plans: Mapping[str, AdaptationPlan], now: datetime
) -> Iterable[tuple[str, AdaptationPlan]]:
    """The name of the plan that clears up after each attempt which was carried out, did not help, and has none yet."""
    if not playbook.spec.rollback_actions:
        return
    for plan in plans_of(playbook, plans.values(), target):
        end, execution = ended(plan), plan.status.execution
        if end is None or execution is None or now - end > LATEST or outcome(plan) not in _DID_NOT_HELP:
            continue
        name = plan_name(playbook.metadata.name, "rollback", (plan.metadata.uid,))
        if f"{playbook.metadata.namespace}/{name}" not in plans:
            yield name, plan
