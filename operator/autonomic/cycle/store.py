"""The Store: the last known state of every object that the loops look at, fed by watches, read as one View."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import ValidationError

from autonomic.cycle.crowding import Crowding
from autonomic.cycle.inbox import Inbox
from autonomic.cycle.slimming import slim
from autonomic.domain import kinds
from autonomic.domain.budgets import Assessment
from autonomic.domain.contract_book import ContractBook
from autonomic.domain.contracts import SLAContract
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.cost import CostBudget
from autonomic.domain.crowding import Crowds, Rank, rank
from autonomic.domain.meta import ObjectMeta, ObjectRef
from autonomic.domain.plan_book import PlanBook
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.redlines import RedLine
from autonomic.domain.resource import Resource
from autonomic.domain.routes import AdaptiveRoute
from autonomic.domain.servers import DEFAULT
from autonomic.domain.view import NamespaceView, Unreadable, View
from autonomic.domain.words import API_VERSION, Mode
from autonomic.ports.cluster import Proof

Listener = Callable[[str, str, bool], None]
"""Called with (kind, key, meaning) after a change; `meaning` is False when nobody but the operator wrote it: a status."""

_R = TypeVar("_R", bound=Resource | NamespaceView)
_MODELS: dict[str, type[Resource]] = {model.names.kind: model for model in kinds.WATCHED}
WATCHED = (*_MODELS, "Namespace")
"""The kinds that the Store holds."""


class Store:
    """A cache of the cluster, never the truth. An older version of an object never replaces a newer one."""

    def __init__(
        self,
        *,
        ingestion_delay: timedelta = timedelta(0),
        tenant_label: str | None = None,
        home: str = "",
        servers: tuple[str, ...] = (DEFAULT,),
        per_namespace: int | None = None,
    ) -> None:
        self._objects: dict[str, dict[str, Resource | NamespaceView | Unreadable]] = {kind: {} for kind in WATCHED}
        self._readable: dict[str, Mapping[str, Any]] = {}
        self._unreadable: dict[tuple[str, str], Unreadable] = {}
        self._book = PlanBook()
        self._moved: set[str] = set()
        self._versions: dict[tuple[str, str], int] = {}
        self._listeners: list[Listener] = []
        self._ingestion_delay = ingestion_delay
        self._tenant_label = tenant_label
        self._home = home
        self._servers = servers
        self._crowding = Crowding(per_namespace)
        self.assessments: Mapping[str, tuple[Assessment, ...]] = {}
        """What is known of the contracts that burn."""
        self.inbox = Inbox()
        self.proof = Proof(in_force=False, message="the admission policies have not been tried yet")

    def like(self, other: "Store") -> None:
        """Begins with what another one holds; what either learns from now on is its own. Objects are frozen, so shared."""
        self._objects = {kind: dict(held) for kind, held in other._objects.items()}
        self._readable, self._unreadable = dict(other._readable), dict(other._unreadable)
        self._book, self._moved = other._book, set(other._moved)
        self._versions = dict(other._versions)
        self._crowding.like(other._crowding)
        self.assessments, self.proof = other.assessments, other.proof
        self.inbox.like(other.inbox)

    @property
    def newest(self) -> int:
        """The highest version of all that is held."""
        return max(self._versions.values(), default=0)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Calls the listener after each change, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def apply(self, kind: str, raw: dict[str, Any]) -> None:
        """An object was added or changed. What can't be read is kept as Unreadable, with the reason."""
        key = _key(raw)
        version = int(raw["metadata"].get("resourceVersion") or 0)
        if version <= self._versions.get((kind, key), -1):
            return
        self._versions[kind, key] = version
        before = self._objects[kind].get(key)
        after = _read(kind, raw, before)
        self._objects[kind][key] = after
        self._forget(kind, key)
        if isinstance(after, Unreadable):
            self._unreadable[kind, key] = after
        if self._crowding.counts(kind):
            self._crowding.come(kind, key, _rank(raw, after))
        self._tell(kind, key, meaning=_generation(before) != _generation(after))

    def remove(self, kind: str, raw: dict[str, Any]) -> None:
        """An object is gone."""
        key = _key(raw)
        self._versions.pop((kind, key), None)
        self._crowding.go(kind, key)
        self._forget(kind, key)
        if self._objects[kind].pop(key, None) is not None:
            self._tell(kind, key, meaning=True)

    def held(self, kind: str) -> dict[str, int]:
        """The version of each object of the kind that is held."""
        return {key: self._versions[kind, key] for key in self._objects[kind]}

    def replace(self, kind: str, raws: Iterable[dict[str, Any]], before: Mapping[str, int]) -> None:
        """A complete listing: what is not in it is gone, so that a lost delete event is repaired.

        `before` is what was `held` when the listing was asked for: what came or changed since is newer than the listing.
        """
        listed = {_key(raw): raw for raw in raws}
        gone = [key for key, version in self.held(kind).items() if key not in listed and before.get(key) == version]
        for key in gone:
            self._versions.pop((kind, key), None)
            del self._objects[kind][key]
            self._forget(kind, key)
            self._crowding.go(kind, key)
            self._tell(kind, key, meaning=True)
        for raw in listed.values():
            self.apply(kind, raw)

    def view(self, now: datetime) -> View:
        """Everything that is known, frozen."""
        return View(
            now=now,
            contracts=self._contracts(),
            playbooks=self._all("SelfHealingPlaybook", SelfHealingPlaybook),
            budgets=self._all("CostBudget", CostBudget),
            routes=self._all("AdaptiveRoute", AdaptiveRoute),
            redlines=self._all("RedLine", RedLine),
            loops=self._all("ControlLoop", ControlLoopResource),
            plans=self._plans(),
            namespaces=self._all("Namespace", NamespaceView),
            unreadable=tuple(self._unreadable.values()),
            crowds=self.crowds,
            assessments=self.assessments,
            board=self.inbox.board(now),
            tenant_label=self._tenant_label,
            servers=self._servers,
            ingestion_delay=self._ingestion_delay,
            home=self._home,
            ceiling=self._ceiling(),
        )

    @property
    def crowds(self) -> Crowds:
        """Where there are more objects than are judged."""
        return self._crowding.crowds

    def _ceiling(self) -> Mode:
        """Without policies in force, or without a RedLine, nothing is more than observed."""
        return Mode.ENFORCE if self.proof.in_force and self._objects["RedLine"] else Mode.OBSERVE

    def playbooks(self) -> Mapping[str, SelfHealingPlaybook]:
        """Every playbook, as last seen."""
        return self._all("SelfHealingPlaybook", SelfHealingPlaybook)

    def plan(self, key: str) -> AdaptationPlan | None:
        """The plan of that key, as last seen."""
        found = self._objects["AdaptationPlan"].get(key)
        return found if isinstance(found, AdaptationPlan) else None

    def contract(self, key: str) -> SLAContract | None:
        """The contract of that key, as last seen."""
        found = self._objects["SLAContract"].get(key)
        return found if isinstance(found, SLAContract) else None

    def route(self, key: str) -> AdaptiveRoute | None:
        """The route of that key, as last seen."""
        found = self._objects["AdaptiveRoute"].get(key)
        return found if isinstance(found, AdaptiveRoute) else None

    def namespace(self, name: str) -> NamespaceView | None:
        """The namespace, as last seen."""
        found = self._objects["Namespace"].get(name)
        return found if isinstance(found, NamespaceView) else None

    def uid(self, ref: ObjectRef) -> str:
        """The UID of an object that is held; empty when it is not."""
        held = self.resource(ref)
        return held.metadata.uid if held else ""

    def resource(self, ref: ObjectRef) -> Resource | None:
        """One of our objects, as last seen."""
        held = self._objects.get(ref.kind, {}).get(ref.key)
        return held if isinstance(held, Resource) else None

    def keys(self, kind: str) -> tuple[str, ...]:
        """The keys of a kind."""
        return tuple(self._objects[kind])

    def _all(self, kind: str, model: type[_R]) -> Mapping[str, _R]:
        """Those that can be read: the same mapping until one of the kind changes."""
        if kind not in self._readable:
            self._readable[kind] = {key: each for key, each in self._objects[kind].items() if isinstance(each, model)}
        return self._readable[kind]

    def _contracts(self) -> ContractBook:
        """All contracts that can be read: the same book until one of them changes."""
        held = self._all("SLAContract", SLAContract)
        if not isinstance(held, ContractBook):
            held = self._readable["SLAContract"] = ContractBook(held)
        return held

    def _plans(self) -> PlanBook:
        """All plans that can be read; of many only those that changed are looked at."""
        if self._moved:
            self._book = self._book.updated({key: self.plan(key) for key in sorted(self._moved)})
            self._moved = set()
        return self._book

    def _forget(self, kind: str, key: str) -> None:
        """What was made of the objects of the kind as they were."""
        self._readable.pop(kind, None)
        self._unreadable.pop((kind, key), None)
        if kind == "AdaptationPlan":
            self._moved.add(key)

    def _tell(self, kind: str, key: str, *, meaning: bool) -> None:
        for listener in self._listeners:
            listener(kind, key, meaning)


def _generation(held: Resource | NamespaceView | Unreadable | None) -> object:
    """What changes when somebody means something: the generation of ours; of the rest, all that is held."""
    return (held.metadata.uid, held.metadata.generation) if isinstance(held, Resource) else held


def _rank(raw: dict[str, Any], held: Resource | NamespaceView | Unreadable) -> Rank:
    """What can't be read keeps its place: another one would come in, and go out again once it can be."""
    if isinstance(held, Resource):
        return rank(held.metadata)
    meta = raw["metadata"]
    try:
        return rank(ObjectMeta.model_validate({name: meta.get(name) for name in ("name", "creationTimestamp")}))
    except ValidationError:
        return rank(ObjectMeta(name=meta["name"]))


def _key(raw: dict[str, Any]) -> str:
    meta = raw["metadata"]
    return f"{meta['namespace']}/{meta['name']}" if meta.get("namespace") else str(meta["name"])


def _read(
    kind: str, raw: dict[str, Any], before: Resource | NamespaceView | Unreadable | None
) -> Resource | NamespaceView | Unreadable:
    meta = raw["metadata"]
    if kind == "Namespace":
        return NamespaceView(meta["name"], meta.get("labels") or {}, meta.get("annotations") or {})
    try:
        found = _MODELS[kind].read(raw)
        return slim(found, before) if isinstance(found, SLAContract) else found
    except ValidationError as error:
        ref = ObjectRef(api_version=API_VERSION, kind=kind, name=meta["name"], namespace=meta.get("namespace"))
        details = error.errors()[0]
        message = f"{'.'.join(str(part) for part in details['loc'])}: {details['msg']}"
        return Unreadable(ref, message, meta.get("generation", 0), meta["resourceVersion"])
