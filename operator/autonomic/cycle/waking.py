"""Who is woken by what: at the start everything, then what an event of the cluster concerns."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import product

from autonomic.cycle.housekeeping import PROVE_AGAIN, RELIST
from autonomic.cycle.parts import job_key, parts, told_apart
from autonomic.cycle.scheduler import Job, Scheduler
from autonomic.cycle.store import Store
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import API_VERSION

_KINDS = {"plan": "AdaptationPlan", "route": "AdaptiveRoute", "recount": "AdaptiveRoute"}


@dataclass(frozen=True)
class Waking:
    """`loops` are the types of loops that turn without a ControlLoop, too; `servers` those of metrics."""

    scheduler: Scheduler
    store: Store
    loops: Collection[str]
    servers: Collection[str]

    def everything(self) -> None:
        """All there is."""
        for kind, after in (("relist", RELIST), ("prove", PROVE_AGAIN)):
            self.scheduler.wake(Job(kind, ""), after)
        self.slo()
        self.all_loops()
        self.plans()
        self.routes()
        for key in self.store.keys("AdaptiveRoute"):
            self.scheduler.wake(Job("recount", key))

    def on_change(self, kind: str, key: str, meaning: bool) -> None:
        """An event is a reason to look now: a plan at itself, everything at what a person changed."""
        if kind == "AdaptationPlan":
            self.scheduler.wake(Job("plan", key))
            self._route_of(key)
        elif kind == "AdaptiveRoute":
            self.scheduler.wake(Job("route", key))
            if meaning:  # what a plan would have it adopt may be no longer what its spec says
                self.plans()
        elif meaning:
            self.all_loops()
            if kind in ("SLAContract", "Namespace"):
                self.slo()
            if kind in ("RedLine", "Namespace"):
                self.plans()
                self.routes()

    def slo(self) -> None:
        """The engine of every server."""
        for server in self.servers:
            self.scheduler.wake(Job("slo", server))

    def all_loops(self) -> None:
        """Every part of every loop."""
        names = {*self.store.keys("ControlLoop"), *(kind.lower() for kind in self.loops)}
        for name, part in product(names, parts(self.store.playbooks().values(), self.servers)):
            self.scheduler.wake(Job("loop", job_key(name, part)))

    def plans(self) -> None:
        """Every plan."""
        for key in self.store.keys("AdaptationPlan"):
            self.scheduler.wake(Job("plan", key))

    def routes(self) -> None:
        """Every route."""
        for key in self.store.keys("AdaptiveRoute"):
            self.scheduler.wake(Job("route", key))

    def _route_of(self, plan: str) -> None:
        """A route whose policy is adopted, or not: its plan moved on."""
        found = self.store.plan(plan)
        if found and found.spec.trigger.route:
            self.scheduler.wake(Job("route", f"{found.metadata.namespace}/{found.spec.trigger.route.route}"))


def about(job: Job) -> ObjectRef:
    """The object that a job is about; of one that is about none, a loop of its name."""
    kind = _KINDS.get(job.kind, "ControlLoop")
    key = told_apart(job.key)[0] if job.kind == "loop" else job.key if job.kind in _KINDS else job.kind
    namespace, _, name = key.rpartition("/")
    return ObjectRef(api_version=API_VERSION, kind=kind, name=name, namespace=namespace or None)
