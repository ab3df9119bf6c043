"""An Open Policy Agent: asked by its HTTP API, given owners' policies by it, and run to check and to try them.

Belongs here: the connection, the reading of answers, the translation of failures. Never here: Rego, what an answer means,
which policies may be loaded.
"""

from autonomic.adapters.opa.engine import OpaPolicyEngine
from autonomic.adapters.opa.folder import policies_in
from autonomic.adapters.opa.launching import Bounds
from autonomic.adapters.opa.program import OpaProgram
from autonomic.adapters.opa.server import OpaPolicyServer
from autonomic.adapters.opa.started import started
from autonomic.adapters.opa.trial import Means, OpaTrial

__all__ = ["Bounds", "Means", "OpaPolicyEngine", "OpaPolicyServer", "OpaProgram", "OpaTrial", "policies_in", "started"]
