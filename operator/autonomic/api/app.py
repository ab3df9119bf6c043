"""The FastAPI app: later endpoints are routers that are added here."""

from fastapi import FastAPI

from autonomic import __version__
from autonomic.api import health as healths
from autonomic.api import probes, signals, slo
from autonomic.api.guard import Guard
from autonomic.api.problems import speak_problems
from autonomic.api.sources import Health, Intake, LayerView, Snapshots
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
) -> FastAPI:
    """The app over what it shows; it keeps nothing itself. Without an intake nothing can be sent to it."""
    app = FastAPI(title="Autonomic Layer", version=__version__, description=_DESCRIPTION, redoc_url=None)
    speak_problems(app)
    if intake:  # first, for it is asked most often by far, and routes are tried in their order
        app.include_router(signals.router(intake, Guard(access)))
    app.include_router(probes.router(health))
    app.include_router(slo.router(layer, Guard(access)))
    if snapshots:
        app.include_router(healths.router(layer, snapshots, Guard(access)))
    return app
