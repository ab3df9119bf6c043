"""`top`: plans by phase, loops, and error budgets, at a glance."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.text import Text

from autonomic.adapters.kubernetes.person import Whereabouts
from autonomic.cli.plan.finding import find_all
from autonomic.cli.plan.history import shown
from autonomic.cli.plan.options import Context, Everywhere, Form, Kubeconfig, Namespace, Output
from autonomic.cli.plan.outcomes import done
from autonomic.cli.plan.person import Desk, Person, asking, desk
from autonomic.cli.plan.writing import Listing, stdout, write_document, write_table
from autonomic.domain.contracts import ObjectiveStatus, SLAContract
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.meta import condition
from autonomic.domain.naming import outcome
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.words import API_VERSION

_MOST_BUDGETS = 15
_SEVEREST = ("Exhausted", "Breach", "Unknown", "Warning", "None")
Budget = tuple[SLAContract, ObjectiveStatus]


def top(
    ctx: typer.Context, namespace: Namespace = None, everywhere: Everywhere = False, output: Output = Form.TEXT,
    context: Context = None, kubeconfig: Kubeconfig = None,
) -> None:  # fmt: skip
    """Shows what goes on."""
    done(glance(desk(ctx), Whereabouts(kubeconfig, context), namespace, everywhere, output, stdout()))


async def glance(
    at: Desk, where: Whereabouts, namespace: str | None, everywhere: bool, output: Form, out: Console
) -> None:
    """Prints it. Raises Stop, and what a cluster raises."""
    async with asking(at, where) as person:
        plans = await find_all(person, namespace, everywhere=everywhere)
        loops = [ControlLoopResource.read(raw) for raw in await person.cluster.list(API_VERSION, "ControlLoop")]
        budgets = await _budgets(person, None if everywhere else namespace or person.namespace)
    open_plans = [plan for plan in plans if outcome(plan) is None]
    wide = output is Form.WIDE
    listings = {"open": _open(open_plans), "loops": _loops(loops), "budgets": _listed(budgets, wide=wide)}
    tally = Counter(plan.status.phase for plan in plans)
    if output in (Form.JSON, Form.YAML):
        rest = {name: list(listing.documents) for name, listing in listings.items()}
        write_document({"phases": dict(tally), **rest}, output.value, out)
        return
    out.print(Text("Plans", "bold") + Text(f"   {', '.join(f'{n} {phase}' for phase, n in tally.items()) or 'none'}"))
    for title, listing in (
        ("Open plans", listings["open"]),
        ("Loops", listings["loops"]),
        ("Budgets", listings["budgets"]),
    ):
        _section(title, listing, out, wide=wide)


async def _budgets(person: Person, namespace: str | None) -> list[Budget]:
    """Every objective, the worst first."""
    found: list[Budget] = []
    for raw in await person.cluster.list(API_VERSION, "SLAContract", namespace):
        try:
            contract = SLAContract.read(raw)
        except ValidationError:
            continue  # the operator says on the contract what is wrong with it
        found += [(contract, each) for each in contract.status.objectives]
    return sorted(found, key=_severity)


def _severity(budget: Budget) -> tuple[int, Decimal]:
    left = budget[1].budget_remaining.removesuffix("%")
    return _SEVEREST.index(budget[1].alert), Decimal(0) if left == "Unknown" else Decimal(left)


def _section(title: str, listing: Listing, out: Console, *, wide: bool) -> None:
    if listing.rows:
        out.print()
        out.print(Text(title, "bold"))
        write_table(listing, out, wide=wide)


def _open(plans: Iterable[AdaptationPlan]) -> Listing:
    columns = ("PLAN", "PHASE", "TARGET", "ACTION", "EXPIRES", "WHY")
    rows = [
        (plan.key, plan.status.phase, *shown(plan), f"{plan.spec.expires_at:%H:%M:%S}", plan.spec.justification)
        for plan in plans
    ]
    return Listing(columns, rows, _documents(columns, rows), ("WHY",))


def _loops(loops: Iterable[ControlLoopResource]) -> Listing:
    columns = ("LOOP", "STATE", "MODE", "INTERVAL")
    rows = [(each.metadata.name, _state(each), each.spec.mode.value, each.spec.interval) for each in loops]
    return Listing(columns, rows, _documents(columns, rows))


def _state(loop: ControlLoopResource) -> str:
    if loop.spec.suspend:
        return "Paused"
    ready = condition(loop.status.conditions, "Ready")
    if ready is None or ready.status == "Unknown":
        return "Unknown"
    return "Ready" if ready.status == "True" else ready.reason


def _listed(budgets: list[Budget], *, wide: bool) -> Listing:
    columns = ("OBJECTIVE", "ALERT", "LEFT", "SLI", "EXHAUSTED")
    rows: list[tuple[str, ...]] = [
        (f"{contract.key}/{one.name}", one.alert, one.budget_remaining, one.sli, _when(one))
        for contract, one in budgets
    ]
    documents = _documents(columns, rows)
    if len(rows) > _MOST_BUDGETS and not wide:
        rows = [*rows[:_MOST_BUDGETS], (f"and {len(rows) - _MOST_BUDGETS} more: -o wide", "", "", "", "")]
    return Listing(columns, rows, documents)


def _when(one: ObjectiveStatus) -> str:
    return f"{one.exhausts_at:%Y-%m-%d %H:%M}" if one.exhausts_at else ""


def _documents(columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> list[dict[str, str]]:
    return [dict(zip((name.lower() for name in columns), row, strict=True)) for row in rows]
