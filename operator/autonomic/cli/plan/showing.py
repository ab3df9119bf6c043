"""`diff`: the exact change of a plan against the live objects."""

from dataclasses import asdict
from typing import Any

import typer
from rich.console import Console

from autonomic.adapters.kubernetes.person import Whereabouts
from autonomic.cli.plan.difference import Difference, difference
from autonomic.cli.plan.drawing_changes import draw_changes
from autonomic.cli.plan.finding import find
from autonomic.cli.plan.options import Context, Document, DocumentOutput, Kubeconfig, Namespace, PlanName
from autonomic.cli.plan.outcomes import done
from autonomic.cli.plan.person import Desk, asking, desk
from autonomic.cli.plan.writing import stdout, write_document
from autonomic.domain.plans import AdaptationPlan


def diff(
    ctx: typer.Context, plan: PlanName, namespace: Namespace = None, output: DocumentOutput = Document.TEXT,
    context: Context = None, kubeconfig: Kubeconfig = None,
) -> None:  # fmt: skip
    """Shows each field: what it was, what it becomes, what it is now. Ends with 0 whether or not there is a difference."""
    done(show(desk(ctx), Whereabouts(kubeconfig, context), namespace, plan, output, stdout()))


async def show(at: Desk, where: Whereabouts, namespace: str | None, name: str, output: Document, out: Console) -> None:
    """Prints the difference. Raises Stop, and what a cluster raises."""
    async with asking(at, where) as person:
        plan = await find(person, namespace, name)
        found = await difference(plan, person.cluster, at.now())
    if output is not Document.TEXT:
        write_document(_document(plan, found), output.value, out)
        return
    out.print(f"{plan.key}   {plan.status.phase}   {plan.spec.digest}")
    draw_changes(found, out)


def _document(plan: AdaptationPlan, found: Difference) -> dict[str, Any]:
    about = {"plan": plan.metadata.name, "namespace": plan.metadata.namespace, "phase": plan.status.phase}
    return {
        **about,
        "digest": plan.spec.digest,
        "moved": found.moved,
        "changes": [_plain(asdict(each)) for each in found.changes],
    }


def _plain(change: dict[str, Any]) -> dict[str, Any]:
    return {**change, "fields": list(change["fields"])}
