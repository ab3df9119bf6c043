"""The FastAPI app: later endpoints are routers that are added here."""

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from autonomic import __version__
from autonomic.api import cost as costs
from autonomic.api import health as healths
from autonomic.api import probes, routes, signals, slo
from autonomic.api.front import Front
from autonomic.api.guard import Guard
from autonomic.api.problems import speak_problems
from autonomic.api.sources import Health, Intake, LayerView, Routing, Snapshots
from autonomic.ports.access import Access

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
) -> FastAPI:
    """The app over what it shows; it keeps nothing itself. Without an intake nothing can be sent to it."""
    pushed = signals.router(intake, Guard(access)) if intake else APIRouter()
    busiest = {each.path: each.endpoint for each in pushed.routes if isinstance(each, APIRoute)}
    below = {routes.BELOW: routes.deciding(routing, Guard(access))} if routing else {}
    app = Front(busiest, below, title="Autonomic Layer", version=__version__, description=_DESCRIPTION, redoc_url=None)
    speak_problems(app)
    app.include_router(pushed)
    app.include_router(probes.router(health))
    app.include_router(slo.router(layer, Guard(access)))
    app.include_router(costs.router(layer, Guard(access)))
    if routing:
        app.include_router(routes.router(layer, routing, Guard(access)))
    if snapshots:
        app.include_router(healths.router(layer, snapshots, Guard(access)))
    return app
