"""Who is there: every workload with its contracts, every group with its members, kept in step with the contracts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from autonomic.cycle.yielding import PIECE, give_way
from autonomic.domain.contracts import SLAContract
from autonomic.domain.crowding import Crowds, leaving_out
from autonomic.domain.view import View
from autonomic.health.subjects import Key, Place, place


@dataclass
class Scene:
    """Contracts by workload, workloads by group. What stays the same is only glanced at."""

    workloads: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    groups: dict[Key, dict[Key, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    """Of each group its members, and the contracts by which each is one."""
    weights: dict[Key, int] = field(default_factory=dict)
    """How much a workload counts: as much as the best tier of its contracts."""
    dependents: set[Key] = field(default_factory=set)
    """The workloads that live from others."""
    paths: dict[str, Key] = field(default_factory=dict)
    """The subjects, by where their snapshots are."""
    places: dict[str, Place] = field(default_factory=dict)
    _contracts: Mapping[str, SLAContract] = field(default_factory=dict)
    _enabled: frozenset[str] = frozenset()
    _crowds: Crowds = field(default_factory=dict)

    async def update(self, view: View) -> tuple[set[str], set[Key]]:
        """Takes the contracts as they are: those that are new or changed, and the subjects that gained or lost one."""
        enabled = frozenset(name for name, room in view.namespaces.items() if room.enabled)
        before = self._contracts if enabled == self._enabled else {}
        changed = {key for key, each in view.contracts.items() if before.get(key) is not each}
        self._contracts, self._enabled, self._crowds = view.contracts, enabled, view.crowds
        gone = self.places.keys() - view.contracts.keys()
        moved = set[Key]()
        for key in gone | {key for key in changed if not self._counts(key)}:
            moved |= self._leave(key)
        for number, key in enumerate(changed):
            if number % PIECE == 0:
                await give_way()
            if self._counts(key):
                moved |= self._move(key, place(view.contracts[key]))
        return changed & self.places.keys(), moved

    def has(self, subject: Key) -> bool:
        """Whether there is such a subject."""
        return bool(self.workloads.get(subject) or self.groups.get(subject))

    def of(self, workload: Key) -> list[SLAContract]:
        """The contracts of a workload, by name."""
        return [self._contracts[key] for key in sorted(self.workloads.get(workload, ()))]

    def groups_of(self, workload: Key) -> set[Key]:
        """The groups that the workload is a member of."""
        return {group for key in self.workloads.get(workload, ()) for group in self.places[key].groups}

    def dependencies(self, workload: Key) -> Iterable[Key]:
        """The workloads that it lives from."""
        named = (name for key in self.workloads.get(workload, ()) for name in self.places[key].depends_on)
        return (self.places[name].workload for name in named if name in self.places)

    def _counts(self, key: str) -> bool:
        contract = self._contracts[key]
        meta = contract.metadata
        enabled = meta.namespace in self._enabled and meta.deletion_timestamp is None
        return enabled and leaving_out(self._crowds, contract) is None

    def _move(self, key: str, to: Place) -> set[Key]:
        if self.places.get(key) == to:
            return set()
        left = self._leave(key)
        self.places[key] = to
        self.workloads[to.workload].add(key)
        for group in to.groups:
            self.groups[group][to.workload].add(key)
        for subject in (to.workload, *to.groups):
            self.paths[subject.ref.key] = subject
        self._note(to.workload)
        return left | {to.workload, *to.groups}

    def _leave(self, key: str) -> set[Key]:
        """The subjects that the contract was of; those that have none left are no more."""
        was = self.places.pop(key, None)
        if was is None:
            return set()
        self.workloads[was.workload].discard(key)
        for group in was.groups:
            members = self.groups[group]
            members[was.workload].discard(key)
            if not members[was.workload]:
                del members[was.workload]
        for subject in (was.workload, *was.groups):
            if not self.has(subject):
                self.workloads.pop(subject, None)
                self.groups.pop(subject, None)
                self.paths.pop(subject.ref.key, None)
        self._note(was.workload)
        return {was.workload, *was.groups}

    def _note(self, workload: Key) -> None:
        """Weight and dependencies, of all contracts that the workload has now."""
        places = [self.places[key] for key in self.workloads.get(workload, ())]
        self.dependents.discard(workload)
        if any(each.depends_on for each in places):
            self.dependents.add(workload)
        if places:
            self.weights[workload] = max(each.weight for each in places)
        else:
            self.weights.pop(workload, None)
