"""`autonomic slo rules`: contracts as Prometheus rules, for servers that no operator writes to."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

import typer

from autonomic.cli.ending import MISTAKE, end, err
from autonomic.cli.slo.files import contracts, placed
from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import AutonomicError
from autonomic.publishing.manifest import manifest
from autonomic.publishing.measured import measured
from autonomic.publishing.rules import Rules, rules
from autonomic.publishing.text import documents, rule_file
from autonomic.slo.indicators import Options

HELP = (
    "Print SLAContracts as recording and alerting rules, for Prometheus, Mimir, Thanos and others. What rules can't say is"
    " named on the standard error."
)


class Form(StrEnum):
    """What is printed: one rule file, or a PrometheusRule for each contract."""

    PROMETHEUS = "prometheus"
    CRD = "crd"


def print_rules(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="YAML files; - reads the standard input.")],
    output: Annotated[
        Form, typer.Option("--output", "-o", help="A rule file, or Kubernetes objects.")
    ] = Form.PROMETHEUS,
    namespace: Annotated[
        str, typer.Option("--namespace", "-n", help="Namespace of the contracts that name none.")
    ] = "default",
    tenant_label: Annotated[
        str | None, typer.Option(help="The label that holds the namespace, where tenants share a server.")
    ] = None,
    free_queries: Annotated[
        bool, typer.Option("--free-queries", help="Allow indicators that are whole queries.")
    ] = False,
) -> None:
    """Prints the rules of the contracts in the files."""

    def surroundings(contract: SLAContract) -> Options:
        return Options(contract.metadata.namespace or namespace, tenant_label, free_queries, contract.metadata.name)

    try:
        known = {each.key: each for each in (placed(each, namespace) for each in contracts(files))}
        said = [(each, rules(each, measured(each, known, surroundings))) for each in known.values()]
        text = _text(said, output)
    except OSError as error:
        end(f"{error.filename}: {error.strerror}", MISTAKE)
    except AutonomicError as error:
        end(str(error), MISTAKE)
    print(text, end="")  # noqa: T201 - for a pipe, byte by byte
    for contract, each in said:
        for sentence in each.left_out:
            err.print(f"{contract.key}: {sentence}")


def _text(said: Iterable[tuple[SLAContract, Rules]], output: Form) -> str:
    if output == Form.CRD:
        return documents(manifest(contract, each) for contract, each in said)
    return rule_file(group for _, each in said for group in each.groups)
