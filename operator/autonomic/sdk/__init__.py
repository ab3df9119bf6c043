"""The library: `AutonomicLayer` in a program's own event loop, with or without a cluster.

Belongs here: the front of the layer for programs, the ports in memory that it has without any, an OPA that is started for it.
Never here: a decision, a name that is not documented in docs/sdk.md: what stands in `__all__` is kept.
"""

from autonomic.cycle.ports import Ports
from autonomic.cycle.routing.service import Decision
from autonomic.domain.errors import AutonomicError, Invalid, Unavailable
from autonomic.layer import LOOPS, Leadership, Timing
from autonomic.loops.protocol import ControlLoop
from autonomic.sdk.layer import AutonomicLayer
from autonomic.sdk.signals import Receipt
from autonomic.simulate import Outcome, Scenario

__all__ = [
    "LOOPS",
    "AutonomicError",
    "AutonomicLayer",
    "ControlLoop",
    "Decision",
    "Invalid",
    "Leadership",
    "Outcome",
    "Ports",
    "Receipt",
    "Scenario",
    "Timing",
    "Unavailable",
]
