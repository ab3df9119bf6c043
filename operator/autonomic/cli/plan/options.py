"""The options that kubectl has too, under the same names."""

from enum import StrEnum
from typing import Annotated

import typer

from autonomic.cli.plan.completion import loop_names, plan_names

PlanName = Annotated[str, typer.Argument(metavar="PLAN", help="Name of the plan.", autocompletion=plan_names)]
LoopNames = Annotated[
    list[str] | None, typer.Argument(metavar="[LOOP]...", help="Names of ControlLoops.", autocompletion=loop_names)
]
Namespace = Annotated[
    str | None, typer.Option("--namespace", "-n", help="The plan's namespace; left out, that of the context.")
]
Everywhere = Annotated[bool, typer.Option("--all-namespaces", "-A", help="Of all namespaces.")]
Context = Annotated[str | None, typer.Option("--context", help="The context of the kubeconfig.")]
Kubeconfig = Annotated[str | None, typer.Option("--kubeconfig", help="The kubeconfig file.")]
Message = Annotated[str, typer.Option("--message", "-m", help="Why; it stays with the plan.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; for scripts.")]
Digest = Annotated[
    str | None,
    typer.Option("--digest", help="Only if the plan has this digest, or one that begins so: what was read before."),
]


class Form(StrEnum):
    """How an answer is written."""

    TEXT = "text"
    WIDE = "wide"
    JSON = "json"
    YAML = "yaml"


class Document(StrEnum):
    """How one thing is written."""

    TEXT = "text"
    JSON = "json"
    YAML = "yaml"


Output = Annotated[Form, typer.Option("--output", "-o", help="How the listing is written.")]
DocumentOutput = Annotated[Document, typer.Option("--output", "-o", help="How it is written.")]
