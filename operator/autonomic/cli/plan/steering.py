"""`pause` and `resume`: ControlLoops are stopped, and let go on."""

from typing import Annotated

import typer
from rich.console import Console

from autonomic.adapters.kubernetes.person import Whereabouts
from autonomic.cli.plan.options import Context, Kubeconfig, LoopNames
from autonomic.cli.plan.outcomes import ABSENT, MISTAKE, Stop, done
from autonomic.cli.plan.person import Desk, desk
from autonomic.cli.plan.writing import stdout
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import API_VERSION

KIND = ControlLoopResource.names.kind
Every = Annotated[bool, typer.Option("--all", help="Every loop.")]
_PAUSED = "it proposes nothing more; plans in flight go on, and a RedLine's kill switch stops those too"


def pause(
    ctx: typer.Context, loops: LoopNames = None, every: Every = False, context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:  # fmt: skip
    """Stops loops until they are resumed."""
    done(steer(desk(ctx), Whereabouts(kubeconfig, context), _chosen(loops, every), True, stdout()))


def resume(
    ctx: typer.Context, loops: LoopNames = None, every: Every = False, context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:  # fmt: skip
    """Lets loops go on."""
    done(steer(desk(ctx), Whereabouts(kubeconfig, context), _chosen(loops, every), False, stdout()))


async def steer(at: Desk, where: Whereabouts, wanted: list[str] | None, suspended: bool, out: Console) -> None:
    """Stops the loops, or lets them go on; None is every loop. Raises Stop, and what a cluster raises."""
    async with at.reach(where) as person:
        raws = await person.cluster.list(API_VERSION, KIND)
        known = {raw["metadata"]["name"]: bool(raw["spec"].get("suspend")) for raw in raws}
        absent = [name for name in wanted or () if name not in known]
        if absent:
            raise Stop(f"there is no loop {', '.join(absent)}; there are {', '.join(known) or 'none'}", ABSENT)
        for name in known if wanted is None else wanted:
            if known[name] != suspended:
                await person.suspend(ObjectRef(api_version=API_VERSION, kind=KIND, name=name), suspended)
            out.print(_said(name, suspended, before=known[name]))


def _chosen(loops: list[str] | None, every: bool) -> list[str] | None:
    if every == bool(loops):
        done(_refuse("name the loops, or give --all, not both" if every else "name the loops, or give --all"))
    return None if every else loops


async def _refuse(message: str) -> None:
    raise Stop(message, MISTAKE)


def _said(name: str, suspended: bool, *, before: bool) -> str:
    if before == suspended:
        return f"loop {name} was {'paused' if suspended else 'running'} already"
    return f"loop {name} is paused: {_PAUSED}" if suspended else f"loop {name} goes on"
