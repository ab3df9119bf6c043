"""What was asked for: a stretch of time, and objects from files or from the cluster."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autonomic.cli.simulate.files import Given, read
from autonomic.cli.slo.sources import Sources
from autonomic.domain.contracts import SLAContract
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.cost import CostBudget
from autonomic.domain.errors import Invalid
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.redlines import RedLine
from autonomic.domain.routes import AdaptiveRoute
from autonomic.domain.units import span
from autonomic.domain.words import API_VERSION
from autonomic.ports.cluster import Cluster
from autonomic.settings import Settings
from autonomic.simulate import Scenario, scenario
from autonomic.simulate.cluster import Reads

_SUFFIXES = (".yaml", ".yml", ".json")
_KINDS = (SLAContract, CostBudget, SelfHealingPlaybook, AdaptiveRoute, RedLine, ControlLoopResource)
_PLAYBOOK = SelfHealingPlaybook.names.kind


def moment(text: str, now: datetime, option: str) -> datetime:
    """`now`, `30d` ago, or a time such as 2026-01-05T10:00:00Z, at a whole minute. Raises Invalid."""
    if text == "now":
        return now.replace(second=0, microsecond=0)
    try:
        found = now - span(text) if text[:1].isdigit() and "-" not in text else datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise Invalid(
            f"{option} {text}: write now, how long ago, such as 30d, or a moment, such as 2026-01-05T10:00:00Z"
        ) from None
    if found.tzinfo is None:
        raise Invalid(f"{option} {text}: a time without a zone is not one moment: write {text}Z for UTC")
    return found.astimezone(UTC).replace(second=0, microsecond=0)


def stretch(since: str, until: str, now: datetime) -> tuple[datetime, datetime]:
    """Both moments. Raises Invalid where they are no stretch of the past."""
    start, end = moment(since, now, "--from"), moment(until, now, "--to")
    if start >= end:
        raise Invalid(f"--from {since} is not before --to {until}: give an earlier --from")
    if end > now:
        raise Invalid(f"--to {until} is in the future: there is no history of it yet")
    return start, end


@asynccontextmanager
async def objects(
    sources: Sources, settings: Settings, contracts: Iterable[Path], playbooks: Iterable[Path]
) -> AsyncIterator[tuple[Given, Reads | None]]:
    """The objects, and where workloads are read: of the cluster where no contracts are given. Raises OSError, Invalid."""
    theirs, cures = list(contracts), list(playbooks)
    if theirs:
        yield read(_files([*theirs, *cures]), {}), None
        return
    async with AsyncExitStack() as stack:
        cluster = await stack.enter_async_context(sources.cluster(settings))
        held = await _held(cluster, playbooks=not cures)
        given = read(_files(cures), {}) if cures else Given(Scenario(), ())
        known = scenario({"objects": [*given.scenario.objects, *held]})
        yield Given(known, (*given.places, *("the cluster" for _ in held))), cluster


async def _held(cluster: Cluster, *, playbooks: bool) -> list[dict[str, Any]]:
    """What decisions rest on, as it is now and without what the operator said of it; its plans are left out."""
    found: list[dict[str, Any]] = []
    for kind in _KINDS:
        if playbooks or kind.names.kind != _PLAYBOOK:
            raws = await cluster.list(API_VERSION, kind.names.kind)
            found.extend(_bare(API_VERSION, kind.names.kind, raw) for raw in raws)
    spaces = await cluster.list("v1", "Namespace")
    return [*found, *(_bare("v1", "Namespace", raw) for raw in spaces)]


def _bare(version: str, kind: str, raw: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in raw.items() if name != "status"}
    meta = {name: value for name, value in raw["metadata"].items() if name != "managedFields"}
    return {**kept, "apiVersion": version, "kind": kind, "metadata": meta}


def _files(paths: Iterable[Path]) -> list[str]:
    """Every file; of a folder those in it. Raises Invalid for a folder without any."""
    found: list[str] = []
    for path in paths:
        inside = sorted(str(each) for each in path.rglob("*") if each.suffix in _SUFFIXES and each.is_file())
        if path.is_dir() and not inside:
            raise Invalid(f"{path}: no .yaml or .json file is in this folder")
        found.extend(inside if path.is_dir() else [str(path)])
    return found
