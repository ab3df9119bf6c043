"""The HTTP API: probes, metrics, and what people and programs may ask of the operator.

Belongs here: routes, authentication by Kubernetes tokens, problem details, the server inside the operator's event loop. Never
here: an adapter, a decision, state of its own: an answer is read from the layer when it is asked for.
"""

from autonomic.api.app import build
from autonomic.api.serving import serve
from autonomic.api.sources import Events, Health, Intake, LayerView, Routing, Simulating, Snapshots

__all__ = ["Events", "Health", "Intake", "LayerView", "Routing", "Simulating", "Snapshots", "build", "serve"]
