"""One immutable picture of everything the loops look at, taken at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from autonomic.domain.accounts import Account
from autonomic.domain.budgets import Assessment
from autonomic.domain.contract_book import ContractBook
from autonomic.domain.contracts import SLAContract
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.cost import CostBudget
from autonomic.domain.crowding import Crowd, Crowds, leaving_out
from autonomic.domain.idling import Rest
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plan_book import PlanBook
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.promql import Matcher
from autonomic.domain.readings import Unknown
from autonomic.domain.redlines import RedLine
from autonomic.domain.resource import Resource
from autonomic.domain.routes import AdaptiveRoute
from autonomic.domain.servers import DEFAULT
from autonomic.domain.signals.board import Board
from autonomic.domain.tenancy import tenant
from autonomic.domain.words import ENABLED_LABEL, FREE_QUERIES_LABEL, MODE_ANNOTATION, Mode


@dataclass(frozen=True)
class NamespaceView:
    """A namespace: its labels, and whether its owners opted in."""

    name: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]

    @property
    def enabled(self) -> bool:
        """True when the namespace has opted in."""
        return self.labels.get(ENABLED_LABEL) == "true"

    @property
    def free_queries(self) -> bool:
        """True when an administrator allows whole queries there."""
        return self.labels.get(FREE_QUERIES_LABEL) == "true"

    @property
    def ceiling(self) -> Mode:
        """The mode that the namespace allows. A word that is no mode allows the least."""
        wanted = self.annotations.get(MODE_ANNOTATION)
        if wanted is None:
            return Mode.ENFORCE
        return Mode(wanted) if wanted in Mode.__members__.values() else Mode.OBSERVE


@dataclass(frozen=True)
class Unreadable:
    """An object whose content this version does not understand, though the API server accepted it."""

    ref: ObjectRef
    message: str
    generation: int = 0
    resource_version: str = ""


@dataclass(frozen=True)
class View:
    """What is known now. Keys are `namespace/name`, or the name of what is cluster-scoped."""

    now: datetime
    contracts: Mapping[str, SLAContract] = field(default_factory=dict)
    playbooks: Mapping[str, SelfHealingPlaybook] = field(default_factory=dict)
    budgets: Mapping[str, CostBudget] = field(default_factory=dict)
    routes: Mapping[str, AdaptiveRoute] = field(default_factory=dict)
    redlines: Mapping[str, RedLine] = field(default_factory=dict)
    loops: Mapping[str, ControlLoopResource] = field(default_factory=dict)
    plans: Mapping[str, AdaptationPlan] = field(default_factory=dict)
    namespaces: Mapping[str, NamespaceView] = field(default_factory=dict)
    unreadable: tuple[Unreadable, ...] = ()
    crowds: Crowds = field(default_factory=dict)
    """Where there are more objects than are judged."""
    assessments: Mapping[str, tuple[Assessment, ...]] = field(default_factory=dict)
    """What is known of the contracts whose alert shows a level, by their key."""
    accounts: Mapping[str, Account | Unknown] = field(default_factory=dict)
    """What was spent of each CostBudget that was looked at, by its key."""
    rests: Mapping[str, tuple[Rest, ...] | Unknown] = field(default_factory=dict)
    """The hours of the week without requests that were measured, by the key of the CostBudget that wants to know."""
    board: Board = field(default_factory=Board)
    """The pushed signals that were heard lately."""
    tenant_label: str | None = None
    servers: tuple[str, ...] = (DEFAULT,)
    """The metrics servers that there are, the default first."""
    ingestion_delay: timedelta = timedelta(0)
    home: str = ""
    """The namespace of the operator; empty where it is in none."""
    ceiling: Mode = Mode.ENFORCE

    @cached_property
    def promises(self) -> ContractBook:
        """The contracts, as they are looked up."""
        return self.contracts if isinstance(self.contracts, ContractBook) else ContractBook(self.contracts)

    @cached_property
    def book(self) -> PlanBook:
        """The plans, as they are looked up."""
        return self.plans if isinstance(self.plans, PlanBook) else PlanBook(self.plans)

    def tenant(self, namespace: str | None) -> Matcher | None:
        """What every selector of the namespace must carry, where tenants share a server."""
        return tenant(self.tenant_label, namespace or "")

    def namespace(self, name: str | None) -> NamespaceView:
        """The namespace; one that is not known has not opted in."""
        return self.namespaces.get(name or "") or NamespaceView(name or "", {}, {})

    def crowd(self, held: Resource) -> Crowd | None:
        """The crowd that leaves the object out; None where it has its place."""
        return leaving_out(self.crowds, held)

    def judges(self, held: Resource) -> bool:
        """Whether anything is judged by the object: its namespace opted in, and it has its place there."""
        return self.namespace(held.metadata.namespace).enabled and self.crowd(held) is None
