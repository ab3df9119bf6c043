"""`explain`: why there is a plan, on which figures, who and what decided, and what became of it."""

from collections.abc import Iterator
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from autonomic.adapters.kubernetes.person import Whereabouts
from autonomic.cli.plan.finding import find
from autonomic.cli.plan.options import Context, Document, DocumentOutput, Kubeconfig, Namespace, PlanName
from autonomic.cli.plan.outcomes import done
from autonomic.cli.plan.person import Desk, Person, asking, desk
from autonomic.cli.plan.story import Moment, as_documents, cause, story
from autonomic.cli.plan.writing import stdout, write_document
from autonomic.domain.errors import Forbidden
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.verifications import PlanVerification
from autonomic.ports.cluster import Manifest

_LABEL = 10


def explain(
    ctx: typer.Context, plan: PlanName, namespace: Namespace = None, output: DocumentOutput = Document.TEXT,
    context: Context = None, kubeconfig: Kubeconfig = None,
) -> None:  # fmt: skip
    """Tells the plan's story."""
    done(tell(desk(ctx), Whereabouts(kubeconfig, context), namespace, plan, output, stdout()))


async def tell(at: Desk, where: Whereabouts, namespace: str | None, name: str, output: Document, out: Console) -> None:
    """Prints the story. Raises Stop, and what a cluster raises."""
    async with asking(at, where) as person:
        plan = await find(person, namespace, name)
        moments = story(plan, await _events(person, plan))
    if output is Document.TEXT:
        _draw(plan, moments, out)
    else:
        write_document(_document(plan, moments), output.value, out)


async def _events(person: Person, plan: AdaptationPlan) -> list[Manifest]:
    """Whoever may not read Events hears the rest of the story."""
    try:
        return await person.events(plan.ref, plan.metadata.uid)
    except Forbidden:
        return []


def _draw(plan: AdaptationPlan, moments: list[Moment], out: Console) -> None:
    out.print(Text(plan.key, "bold") + Text(f"   {plan.status.phase}   {plan.spec.digest}"))
    out.print(plan.spec.justification)
    out.print()
    for label, said in _facts(plan):
        out.print(Text(f"{label:<{_LABEL}}", "bold") + Text(said))
    for query in plan.spec.evidence.queries:
        out.print(f"{'':<{_LABEL}}{query.value:<12} {query.expr}")
    out.print()
    for at, what in moments:
        out.print(Text(f"{at:%Y-%m-%d %H:%M:%S}  ", "dim") + Text(what))
    if plan.status.phase in ("AwaitingApproval", "Inconclusive"):
        out.print(_what_next(plan))


def _facts(plan: AdaptationPlan) -> Iterator[tuple[str, str]]:
    yield "Why", cause(plan.spec.trigger)[1]
    left = plan.spec.evidence.budget_remaining
    yield "Figures", plan.spec.evidence.summary + (f"; error budget left {left}" if left else "")
    yield "Helps if", f"{helps_if(plan.spec.verification)}, within {plan.spec.verification.within}"
    ruled = plan.status.governance
    if ruled:
        yield (
            "Decided",
            f"{ruled.verdict} by policies {ruled.policy_revision or 'unknown'} ({ruled.decision_id or 'RedLines'})",
        )
        for reason in ruled.reasons:
            yield "", reason
    for review in plan.spec.reviews:
        words = f": {review.message}" if review.message else ""
        stale = "" if review.digest == plan.spec.digest else " (of another digest: it does not count)"
        yield "Review", f"{review.decision} by {review.by}{words}{stale}"


def helps_if(wanted: PlanVerification) -> str:
    """What must be seen for the plan to count as having helped."""
    if wanted.slo:
        slo = wanted.slo
        return (
            f"the burn of {slo.contract}/{slo.objective} over {slo.window} falls below {slo.burn_below} and stays there"
        )
    if wanted.signal:
        return f"`{wanted.signal.expr}` is not {wanted.signal.op} {wanted.signal.value} for {wanted.signal.quiet}"
    return f"the spend of {wanted.cost.budget} falls" if wanted.cost else "the rollout completes"


def _what_next(plan: AdaptationPlan) -> str:
    name = f"{plan.metadata.name} -n {plan.metadata.namespace}"
    if plan.status.phase == "Inconclusive":
        return f"\nIt waits for a person: kubectl autonomic keep {name}, or kubectl autonomic undo {name}"
    until = f"{plan.spec.expires_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"\nIt waits for a person until {until}: kubectl autonomic approve {name}, or kubectl autonomic deny {name}"


def _document(plan: AdaptationPlan, moments: list[Moment]) -> dict[str, Any]:
    wire = plan.spec.wire()
    kept = ("controlLoop", "trigger", "justification", "evidence", "verification", "digest", "reviews", "expiresAt")
    about = {"plan": plan.metadata.name, "namespace": plan.metadata.namespace, "phase": plan.status.phase}
    ruled = plan.status.governance.wire() if plan.status.governance else None
    return {**about, **{name: wire[name] for name in kept}, "governance": ruled, "story": as_documents(moments)}
