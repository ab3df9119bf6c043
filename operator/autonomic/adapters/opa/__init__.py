"""An Open Policy Agent: asked by its HTTP API, given owners' policies by it, and run as a program to check them.

Belongs here: the connection, the reading of answers, the translation of failures. Never here: Rego, what an answer means,
which policies may be loaded.
"""

from autonomic.adapters.opa.engine import OpaPolicyEngine
from autonomic.adapters.opa.program import OpaProgram
from autonomic.adapters.opa.server import OpaPolicyServer
from autonomic.adapters.opa.started import started

__all__ = ["OpaPolicyEngine", "OpaPolicyServer", "OpaProgram", "started"]
