"""`history`: plans that are finished, newest first, and what came of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console

from autonomic.adapters.kubernetes.person import Whereabouts
from autonomic.cli.plan.finding import find_all
from autonomic.cli.plan.options import Context, Everywhere, Form, Kubeconfig, Namespace, Output
from autonomic.cli.plan.outcomes import done
from autonomic.cli.plan.person import Desk, asking, desk
from autonomic.cli.plan.writing import Listing, stdout, write_listing
from autonomic.domain.meta import Condition, condition
from autonomic.domain.naming import outcome
from autonomic.domain.plans import AdaptationPlan, Trigger

Target = Annotated[str | None, typer.Option("--target", "-t", help="Only of this target: NAME or KIND/NAME.")]
Loop = Annotated[str | None, typer.Option("--loop", "-l", help="Only of this ControlLoop.")]
Owner = Annotated[str | None, typer.Option("--owner", help="Only of this contract, playbook, budget or route.")]

COLUMNS = ("ENDED", "NAMESPACE", "PLAN", "TARGET", "ACTION", "OUTCOME", "BY", "LOOP", "OWNER", "WHY")


@dataclass(frozen=True)
class Wanted:
    """Which plans; None is any."""

    target: str | None = None
    loop: str | None = None
    owner: str | None = None

    def fits(self, plan: AdaptationPlan) -> bool:
        """Whether the plan is one of them."""
        refs = [each.target_ref for each in plan.spec.actions]
        names = {name.lower() for ref in refs for name in (ref.name, f"{ref.kind}/{ref.name}")}
        return (
            (self.target is None or self.target.lower() in names)
            and self.loop in (None, plan.spec.control_loop)
            and self.owner in (None, owner(plan.spec.trigger))
        )


def history(
    ctx: typer.Context, namespace: Namespace = None, everywhere: Everywhere = False, target: Target = None,
    loop: Loop = None, owner: Owner = None, output: Output = Form.TEXT, context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:  # fmt: skip
    """Lists finished plans with their outcome, and who decided."""
    wanted = Wanted(target, loop, owner)
    done(list_history(desk(ctx), Whereabouts(kubeconfig, context), namespace, everywhere, wanted, output, stdout()))


async def list_history(
    at: Desk, where: Whereabouts, namespace: str | None, everywhere: bool, wanted: Wanted, output: Form, out: Console
) -> None:
    """Prints the listing. Raises Stop, and what a cluster raises."""
    async with asking(at, where) as person:
        plans = await find_all(person, namespace, everywhere=everywhere)
    over = [plan for plan in plans if outcome(plan) and wanted.fits(plan)]
    over.sort(key=_end, reverse=True)
    hidden = ("LOOP", "OWNER", "WHY", *(() if everywhere else ("NAMESPACE",)))
    listing = Listing(COLUMNS, [_row(plan) for plan in over], [_document(plan) for plan in over], hidden)
    write_listing(listing, output, out, "no plan is finished" if not plans else "no finished plan is like that")


def owner(trigger: Trigger) -> str:
    """The name of whose trouble it was."""
    if trigger.slo_alert:
        return trigger.slo_alert.contract
    if trigger.signal:
        return trigger.signal.playbook
    if trigger.budget:
        return trigger.budget.budget
    if trigger.route:
        return trigger.route.route
    return trigger.plan.plan if trigger.plan else ""


def decided_by(plan: AdaptationPlan) -> str:
    """Who decided: the reviewer who counts, policy, or nobody."""
    if plan.status.reviewed_by:
        return plan.status.reviewed_by
    ruled = plan.status.governance
    return "policy" if ruled and (plan.status.execution or ruled.verdict == "Deny") else "nobody"


def _finished(plan: AdaptationPlan) -> Condition:
    found = condition(plan.status.conditions, "Finished")
    assert found is not None  # noqa: S101 - only finished plans are listed
    return found


def _end(plan: AdaptationPlan) -> datetime:
    return _finished(plan).last_transition_time


def _row(plan: AdaptationPlan) -> tuple[str, ...]:
    ended = _finished(plan)
    return (
        f"{ended.last_transition_time:%Y-%m-%d %H:%M}",
        plan.metadata.namespace or "",
        plan.metadata.name,
        *shown(plan),
        ended.reason,
        decided_by(plan),
        plan.spec.control_loop,
        owner(plan.spec.trigger),
        ended.message,
    )


def shown(plan: AdaptationPlan) -> tuple[str, str]:
    """Target and action for a person; as the spec says it where the operator has not said it yet."""
    actions: Iterable[str] = (each.type for each in plan.spec.actions)
    targets = dict.fromkeys(f"{each.target_ref.kind}/{each.target_ref.name}" for each in plan.spec.actions)
    return plan.status.target or ", ".join(targets), plan.status.action or ", ".join(actions)


def _document(plan: AdaptationPlan) -> dict[str, str]:
    ended, (target, action) = _finished(plan), shown(plan)
    return {
        "endedAt": ended.last_transition_time.isoformat().replace("+00:00", "Z"),
        "namespace": plan.metadata.namespace or "",
        "plan": plan.metadata.name,
        "target": target,
        "action": action,
        "outcome": ended.reason,
        "by": decided_by(plan),
        "loop": plan.spec.control_loop,
        "owner": owner(plan.spec.trigger),
        "why": ended.message,
    }
