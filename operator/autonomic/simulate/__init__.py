"""What would follow: the whole layer once more, over ports in memory, with what is supposed.

Belongs here: what may be supposed, the twin of a layer that it is tried on, and what came of it in words. Never here: a
decision of its own (the twin's cycle, governance and arbitration are the layer's), a write to anything but memory.
"""

from autonomic.simulate.beside import Busy, Simulator, Wish
from autonomic.simulate.flaws import Flaw, Unfit
from autonomic.simulate.outcome import Outcome
from autonomic.simulate.policies import Untried, ruling
from autonomic.simulate.reading import scenario
from autonomic.simulate.scenario import Scenario
from autonomic.simulate.trying import Limits, TookTooLong, try_out
from autonomic.simulate.twin import Base, Twin

__all__ = [
    "Base",
    "Busy",
    "Flaw",
    "Limits",
    "Outcome",
    "Scenario",
    "Simulator",
    "TookTooLong",
    "Twin",
    "Unfit",
    "Untried",
    "Wish",
    "ruling",
    "scenario",
    "try_out",
]
