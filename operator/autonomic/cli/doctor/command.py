"""The examination as a whole, and how it is written."""

import asyncio
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial

from rich.console import Console
from rich.text import Text

from autonomic import __version__
from autonomic.cli.doctor.cluster import examine_cluster
from autonomic.cli.doctor.outlets import examine_outlets
from autonomic.cli.doctor.owners import examine_owners
from autonomic.cli.doctor.peers import check_name, examine_opa, examine_prometheus
from autonomic.cli.doctor.plugins import examine_plugins
from autonomic.cli.doctor.surroundings import Surroundings
from autonomic.cli.doctor.verdicts import Check, Outcome, answered
from autonomic.cli.plan.options import Document
from autonomic.cli.plan.writing import write_document
from autonomic.cli.waiting import waiting
from autonomic.settings import Settings, SettingsError, misspelt

HELP = "Look at everything that the operator needs, say what is wrong and what to do. Ends with 0 when nothing failed."
WELL, NOT_WELL, MISTAKE = 0, 1, 2

_POINT_AT_PROMETHEUS = "start it, or set AUTONOMIC_PROMETHEUS_URL to where it answers"
_POINT_AT_OPA = "start it with the policies (opa run --server policies/), or set AUTONOMIC_OPA_URL to where it answers"
_LET_LIST = "let the account list ConfigMaps in the operator's own namespace, as the chart does"
OURS = Check("version", Outcome.OK, f"autonomic {__version__}, on Python {platform.python_version()}")
_STYLES = {Outcome.OK: "green", Outcome.WARN: "yellow", Outcome.FAIL: "red"}

Renderer = Callable[[Sequence[Check], Console], None]


def examine(surroundings: Surroundings, environment: Mapping[str, str], render: Renderer, out: Console) -> int:
    """Looks, writes what was found, and returns the exit code. What the settings say wrongly ends it at once."""
    try:
        settings = Settings.read()
    except SettingsError as error:
        render([Check("settings", Outcome.FAIL, str(error), "correct the variables that are named")], out)
        return MISTAKE
    with waiting("looking"):
        checks = [OURS, judge_names(environment), *asyncio.run(checkup(surroundings, settings))]
    render(checks, out)
    return NOT_WELL if any(each.outcome is Outcome.FAIL for each in checks) else WELL


async def checkup(surroundings: Surroundings, settings: Settings) -> list[Check]:
    """Every check of the world, side by side, told in order."""
    servers = {check_name(each): examine_prometheus(surroundings, settings, each) for each in settings.metrics_servers}
    cluster, prometheus, opa, owners, outlets, plugins = await asyncio.gather(
        examine_cluster(surroundings, settings),
        asyncio.gather(*(answered(name, each, _POINT_AT_PROMETHEUS) for name, each in servers.items())),
        answered("opa", examine_opa(surroundings, settings), _POINT_AT_OPA),
        answered("owners", examine_owners(surroundings, settings), _LET_LIST),
        examine_outlets(surroundings, settings),
        examine_plugins(surroundings, settings),
    )
    return [*cluster, *prometheus, opa, owners, *outlets, *plugins]


def judge_names(environment: Mapping[str, str]) -> Check:
    """Whether a variable was meant that nothing reads."""
    strange = misspelt(environment)
    if not strange:
        return Check("settings", Outcome.OK, "every variable has a value that can be used")
    said = ", ".join(f"{name} (is {meant} meant?)" for name, meant in strange.items())
    return Check("settings", Outcome.WARN, f"nothing reads {said}", "correct the name, or remove the variable")


def _as_text(checks: Sequence[Check], out: Console) -> None:
    for check in checks:
        mark = Text(f"{check.outcome:<5}", style=_STYLES[check.outcome])
        out.print(mark + Text(f"{check.name:<12} {check.message}"))
        if check.outcome is not Outcome.OK:
            out.print(Text(f"{'':<18}-> {check.remedy}"))


def _as_document(form: Document, checks: Sequence[Check], out: Console) -> None:
    passed = all(each.outcome is not Outcome.FAIL for each in checks)
    told = [asdict(each) | {"outcome": str(each.outcome)} for each in checks]
    write_document({"passed": passed, "checks": told}, form.value, out)


RENDERERS: dict[Document, Renderer] = {
    Document.TEXT: _as_text,
    Document.JSON: partial(_as_document, Document.JSON),
    Document.YAML: partial(_as_document, Document.YAML),
}
