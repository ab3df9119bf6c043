"""`autonomic slo show`: the budget of one contract, how it was spent and how fast it burns, asked of Prometheus now."""

import asyncio
from collections.abc import Mapping
from typing import Annotated

import typer
from rich.console import Console

from autonomic.cli.ending import FAULT, MISTAKE, end
from autonomic.cli.plan.completion import contract_names
from autonomic.cli.plan.options import Document
from autonomic.cli.plan.writing import write_document
from autonomic.cli.slo.drawing import draw
from autonomic.cli.slo.files import contracts, placed
from autonomic.cli.slo.sources import REAL, Sources, from_cluster
from autonomic.cli.waiting import waiting
from autonomic.cycle.slo.accounting import account, judged_alone, status_of
from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import AutonomicError, Invalid, NotFound
from autonomic.domain.units import span
from autonomic.domain.view import NamespaceView, View
from autonomic.domain.words import ENABLED_LABEL, FREE_QUERIES_LABEL
from autonomic.settings import Settings, SettingsError
from autonomic.slo.account import ContractAccount
from autonomic.slo.strangers import stranger

HELP = (
    "Show the error budget of an SLAContract, how it was spent and how fast it burns. The contract is read from the cluster"
    " or from a file, the figures come from Prometheus. Ends with 0 whatever the figures are."
)


class MistakeError(Exception):
    """The user asked for what can not be; the message says what to do."""


def show(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the SLAContract.", autocompletion=contract_names)
    ],
    namespace: Annotated[str, typer.Option("--namespace", "-n", help="Its namespace.")] = "default",
    output: Annotated[
        Document, typer.Option("--output", "-o", help="A drawing, or what the HTTP API gives.")
    ] = Document.TEXT,
    file: Annotated[
        str | None, typer.Option("--file", "-f", help="Take the contract from this YAML file; - is the standard input.")
    ] = None,
    prometheus: Annotated[
        str | None, typer.Option(help="Where Prometheus answers; wins over AUTONOMIC_PROMETHEUS_URL.")
    ] = None,
) -> None:
    """Shows one contract."""
    given = {"prometheus_url": prometheus} if prometheus else {}
    try:
        settings = Settings.read(**given)
        with waiting("asking Prometheus"):
            found = asyncio.run(accounted(REAL, settings, name, namespace, file))
    except (SettingsError, MistakeError) as error:
        end(str(error), MISTAKE)
    except AutonomicError as error:
        end(str(error), FAULT)
    render(found, output, Console(highlight=False, markup=False, emoji=False))


def render(found: ContractAccount, output: Document, out: Console) -> None:
    """Prints it."""
    if output is Document.TEXT:
        draw(found, out)
    else:
        write_document(found.model_dump(mode="json", by_alias=True), output.value, out)


async def accounted(
    sources: Sources, settings: Settings, name: str, namespace: str, file: str | None
) -> ContractAccount:
    """The account. Raises MistakeError, and AutonomicError where the cluster or Prometheus can not be asked."""
    known = from_file(file, name, namespace) if file else await _from_cluster(sources, settings, name, namespace)
    one = known[f"{namespace}/{name}"]
    view = _view(known, settings, sources)
    async with sources.metrics(settings) as metrics:
        engines = await judged_alone(metrics, one, view)
        if wrong := stranger(one, metrics.servers) or engines.invalid(one.key):
            raise MistakeError(f"{one.key}: {wrong}")
        return await account(engines, one, status_of(engines, one, view.now), view.now)


def from_file(file: str, name: str, namespace: str) -> dict[str, SLAContract]:
    """The contracts of the file by their keys; those without a namespace are of the one given. Raises MistakeError."""
    try:
        known = {each.key: each for each in (placed(each, namespace) for each in contracts([file]))}
    except OSError as error:
        raise MistakeError(f"{error.filename}: {error.strerror}") from error
    except Invalid as error:
        raise MistakeError(str(error)) from error
    if f"{namespace}/{name}" not in known:
        there = ", ".join(known) or "none"
        raise MistakeError(
            f"{file}: there is no SLAContract {namespace}/{name}; there: {there}. Give NAME and --namespace"
        )
    return known


async def _from_cluster(sources: Sources, settings: Settings, name: str, namespace: str) -> dict[str, SLAContract]:
    async with sources.cluster(settings) as cluster:
        try:
            return await from_cluster(cluster, namespace, name)
        except NotFound as error:
            raise MistakeError(f"{error}: give --namespace, or the contract in a file with -f") from error


def _view(known: Mapping[str, SLAContract], settings: Settings, sources: Sources) -> View:
    """As the operator would see them where everything is allowed: who may ask Prometheus may look."""
    rooms = {each.metadata.namespace or "" for each in known.values()}
    labels = {ENABLED_LABEL: "true", FREE_QUERIES_LABEL: "true"}
    return View(
        sources.clock.now(),
        contracts=known,
        namespaces={room: NamespaceView(room, labels, {}) for room in rooms},
        tenant_label=settings.tenant_label or None,
        ingestion_delay=span(settings.ingestion_delay),
    )
