"""`autonomic cost report`: every CostBudget, and the plans that were to save money."""

from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from autonomic.adapters.kubernetes.person import Whereabouts
from autonomic.cli.plan.finding import find_all
from autonomic.cli.plan.options import Context, Everywhere, Form, Kubeconfig, Output
from autonomic.cli.plan.outcomes import done
from autonomic.cli.plan.person import Desk, Person, asking, desk
from autonomic.cli.plan.writing import Listing, stdout, write_document, write_table
from autonomic.cost.report import BudgetLine, CostReport, Savings
from autonomic.cost.report import report as reported
from autonomic.domain.cost import CostBudget
from autonomic.domain.words import API_VERSION

HELP = (
    "Show what is spent of every CostBudget, how long the rest lasts, and what plans were to save and saved. Read from the"
    " cluster with your own rights. Ends with 0 whatever the figures are."
)
COLUMNS = (
    "NAMESPACE", "BUDGET", "LEVEL", "SPENT", "AMOUNT", "LIMIT", "PER", "FORECAST", "EXHAUSTED", "PROPOSED", "TAKEN", "REALISED",
    "SAVED", "WHY",
)  # fmt: skip
Namespace = Annotated[
    str | None, typer.Option("--namespace", "-n", help="The budgets' namespace; left out, that of the context.")
]


def report(
    ctx: typer.Context, namespace: Namespace = None, everywhere: Everywhere = False, output: Output = Form.TEXT,
    context: Context = None, kubeconfig: Kubeconfig = None,
) -> None:  # fmt: skip
    """Prints the report."""
    done(show(desk(ctx), Whereabouts(kubeconfig, context), namespace, everywhere, output, stdout()))


async def show(
    at: Desk, where: Whereabouts, namespace: str | None, everywhere: bool, output: Form, out: Console
) -> None:
    """Prints it. Raises what a cluster raises."""
    async with asking(at, where) as person:
        plans = await find_all(person, namespace, everywhere=everywhere)
        made = reported(await _budgets(person, None if everywhere else namespace or person.namespace), plans, at.now())
    if output in (Form.JSON, Form.YAML):
        write_document(made.model_dump(mode="json", by_alias=True), output.value, out)
    elif made.items:
        write_table(_listing(made, everywhere=everywhere), out, wide=output is Form.WIDE)
    else:
        out.print("there is no CostBudget" + ("" if everywhere else ": give its namespace with -n, or -A"))


async def _budgets(person: Person, namespace: str | None) -> list[CostBudget]:
    found = []
    for raw in await person.cluster.list(API_VERSION, CostBudget.names.kind, namespace):
        try:
            found.append(CostBudget.read(raw))
        except ValidationError:
            continue  # of another version: the operator says on the budget what is wrong with it
    return found


def _listing(made: CostReport, *, everywhere: bool) -> Listing:
    hidden = ("FORECAST", "WHY", *(() if everywhere else ("NAMESPACE",)))
    return Listing(COLUMNS, [_row(each) for each in made.items], [], hidden)


def _row(line: BudgetLine) -> tuple[str, ...]:
    return (
        line.namespace,
        line.budget,
        line.level,
        line.spent,
        line.amount,
        line.limit,
        line.per,
        line.forecast,
        f"{line.exhausts_at:%Y-%m-%d %H:%M}" if line.exhausts_at else "",
        _saved(line.proposed),
        _saved(line.taken),
        _saved(line.realised),
        line.saved,
        line.problem or line.because,
    )


def _saved(savings: Savings) -> str:
    """`12.50 USD a day (2)`, with how many plans; a plan that can not say how much counts, but adds nothing."""
    if not savings.plans:
        return ""
    return f"{savings.daily} a day ({savings.plans})" if savings.daily else f"Unknown ({savings.plans})"
