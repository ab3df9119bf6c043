"""Every kind of resource, in one list."""

from autonomic.domain.contracts import SLAContract
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.redlines import RedLine
from autonomic.domain.resource import Resource

KINDS: tuple[type[Resource], ...] = (SLAContract, SelfHealingPlaybook, AdaptationPlan, RedLine, ControlLoopResource)
