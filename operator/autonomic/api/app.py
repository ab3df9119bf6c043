"""The FastAPI app: later endpoints are routers that are added here."""

from collections.abc import Iterator

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute

from autonomic import __version__
from autonomic.api import cost as costs
from autonomic.api import events, plans, probes, reviews, routes, signals, simulate, slo
from autonomic.api import health as healths
from autonomic.api.bounds import UNBOUND, Bounds
from autonomic.api.documentation import document
from autonomic.api.front import Front
from autonomic.api.guard import Guard
from autonomic.api.parameters import only_known
from autonomic.api.problems import speak_problems
from autonomic.api.receipts import answer_refused
from autonomic.api.sources import Events, Health, Intake, LayerView, Routing, Simulating, Snapshots
from autonomic.api.tagging import Tagging
from autonomic.ports.access import Access
from autonomic.ports.reviewing import Reviewing
from autonomic.signals.refusal import Refused

_DESCRIPTION = """\
What the Autonomic Layer knows. Callers send a Kubernetes token; the cluster says who they are (TokenReview) and what they
may see (SubjectAccessReview). Probes and metrics need no token. Errors are problem details (RFC 9457).
"""


def build(
    layer: LayerView,
    access: Access,
    health: Health,
    intake: Intake | None = None,
    snapshots: Snapshots | None = None,
    routing: Routing | None = None,
    reviewing: Reviewing | None = None,
    simulating: Simulating | None = None,
    happening: Events | None = None,
    bounds: Bounds | None = None,
) -> FastAPI:
    """The app over what it shows; it keeps nothing itself. Without an intake nothing can be sent to it.

    Without bounds nobody is told to come back later: for a server that only one's own programs reach.
    """
    guard = Guard(access, bounds or UNBOUND)
    pushed = signals.router(intake, guard) if intake else APIRouter()
    busiest = {each.path: each.endpoint for each in pushed.routes if isinstance(each, APIRoute)}
    below = {routes.BELOW: routes.deciding(routing, guard)} if routing else {}
    app = Front(
        busiest,
        below,
        title="Autonomic Layer",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
    )
    document(app)
    app.add_middleware(Tagging)
    speak_problems(app)
    app.add_exception_handler(Refused, answer_refused)
    app.include_router(pushed)
    app.include_router(probes.router(health))
    for each in _guarded(layer, guard, routing, snapshots, reviewing, simulating, happening):
        app.include_router(each, dependencies=[Depends(only_known(guard))])
    return app


def _guarded(
    layer: LayerView,
    guard: Guard,
    routing: Routing | None,
    snapshots: Snapshots | None,
    reviewing: Reviewing | None,
    simulating: Simulating | None,
    happening: Events | None,
) -> Iterator[APIRouter]:
    yield slo.router(layer, guard)
    yield plans.router(layer, guard)
    yield costs.router(layer, guard)
    if reviewing:
        yield reviews.router(layer, reviewing, guard)
    if happening:
        yield events.router(happening, guard)
    if simulating:
        yield simulate.router(simulating, guard)
    if routing:
        yield routes.router(layer, routing, guard)
    if snapshots:
        yield healths.router(layer, snapshots, guard)
