"""Names for the shell: of plans that still wait or run first, of loops. A cluster that is slow or shut gives none."""

import asyncio
import contextlib

import typer

from autonomic.adapters.kubernetes.person import Whereabouts, reach
from autonomic.domain.contracts import SLAContract
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.errors import AutonomicError
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.words import API_VERSION
from autonomic.ports.cluster import Manifest

PATIENCE_SECONDS = 2.0
_OVER = ("Denied", "RolledBack", "Failed", "Expired", "Superseded")

Named = list[tuple[str, str]]


def plan_names(ctx: typer.Context, incomplete: str) -> Named:
    """Plans of the namespace that was given, each with its phase and action; those that nothing can be done to come last."""
    found = _listed(ctx, AdaptationPlan.names.kind)
    ordered = sorted(found, key=lambda raw: (_phase(raw) in _OVER, raw["metadata"]["name"]))
    return [(name, _said(raw)) for raw in ordered if (name := raw["metadata"]["name"]).startswith(incomplete)]


def loop_names(ctx: typer.Context, incomplete: str) -> Named:
    """Loops, each with its mode."""
    found = _listed(ctx, ControlLoopResource.names.kind)
    names = ((raw["metadata"]["name"], str(raw["spec"].get("mode", ""))) for raw in found)
    return [each for each in names if each[0].startswith(incomplete)]


def contract_names(ctx: typer.Context, incomplete: str) -> Named:
    """Contracts of the namespace that was given, each with its worst alert."""
    found = _listed(ctx, SLAContract.names.kind)
    return [(name, _alert(raw)) for raw in found if (name := raw["metadata"]["name"]).startswith(incomplete)]


def _listed(ctx: typer.Context, kind: str) -> list[Manifest]:
    with contextlib.suppress(AutonomicError):
        return asyncio.run(_ask(ctx.params, kind))
    return []


async def _ask(params: dict[str, object], kind: str) -> list[Manifest]:
    where = Whereabouts(_text(params.get("kubeconfig")), _text(params.get("context")))
    async with reach(where, PATIENCE_SECONDS) as person:
        namespace = _text(params.get("namespace")) or person.namespace
        return await person.cluster.list(API_VERSION, kind, namespace)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _phase(raw: Manifest) -> str:
    return str((raw.get("status") or {}).get("phase", "Proposed"))


def _alert(raw: Manifest) -> str:
    alerts = {str(each.get("alert", "")) for each in (raw.get("status") or {}).get("objectives", [])}
    return ", ".join(sorted(alerts - {"", "None"}))


def _said(raw: Manifest) -> str:
    return f"{_phase(raw)}: {(raw.get('status') or {}).get('action', '')}".rstrip(": ")
