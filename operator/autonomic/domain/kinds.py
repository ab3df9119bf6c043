"""Every kind of resource, in one list."""

from autonomic.domain.contracts import SLAContract
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.cost import CostBudget
from autonomic.domain.health import HealthSnapshot
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.redlines import RedLine
from autonomic.domain.resource import Resource
from autonomic.domain.routes import AdaptiveRoute

WATCHED: tuple[type[Resource], ...] = (
    SLAContract,
    SelfHealingPlaybook,
    CostBudget,
    AdaptiveRoute,
    AdaptationPlan,
    RedLine,
    ControlLoopResource,
)
"""What decisions rest on: every change of one is seen at once."""

KINDS: tuple[type[Resource], ...] = (*WATCHED, HealthSnapshot)
"""All of them. What only reports is not watched: it would cost as much memory again as what it reports of."""
