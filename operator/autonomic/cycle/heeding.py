"""Heeding pushed signals: they go onto the board, and the playbooks that listen to them are judged at once.

A flood costs no more than a trickle: what came while a turn ran, or within a moment of its beginning, is one more turn.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from autonomic.cycle.loop_turn import LoopTurn
from autonomic.cycle.parts import job_key, part_of
from autonomic.cycle.scheduler import Job
from autonomic.cycle.store import Store
from autonomic.domain.signals.received import Signal
from autonomic.ports.clock import Clock

PAUSE = 0.2
"""Least seconds between two turns that signals begin."""
KIND = "heed"
"""The kind of its jobs: one for each part of the loop."""

Place = tuple[str, str]
"""Namespace and type of a signal."""


@dataclass
class Heeding:
    """Takes signals in. `loop` is the type of the loops that they wake; `wake` makes a job due in so many seconds."""

    clock: Clock
    store: Store
    loop_turn: LoopTurn
    loop: str
    wake: Callable[[Job, float], None]
    _listeners: Mapping[Place, frozenset[str]] | None = None
    _parts: Mapping[str, str] = field(default_factory=dict)
    _concerned: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _last: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """The playbooks that listen are looked up anew after each change of one."""
        self.store.inbox.open(self.clock.now())
        self.store.listen(self._on_change)

    def receive(self, signals: Sequence[Signal]) -> None:
        """Keeps what some playbook listens to, and wakes those playbooks. Never blocks, never raises."""
        listeners = self._index()
        heard = [each for each in signals if (each.namespace, each.type) in listeners]
        if not heard:
            return
        self.store.inbox.receive(heard)
        concerned = {name for place in {(each.namespace, each.type) for each in heard} for name in listeners[place]}
        parts = {self._parts[name] for name in concerned}
        for name in concerned:
            self._concerned[self._parts[name]].add(name)
        for part in parts:
            since = self.clock.monotonic() - self._last.get(part, float("-inf"))
            self.wake(Job(KIND, part), max(0.0, PAUSE - since))

    def types(self, namespace: str) -> frozenset[str]:
        """What the playbooks of a namespace listen to."""
        return frozenset(type_ for place, type_ in self._index() if place == namespace)

    async def heed(self, part: str) -> float | None:
        """One turn of the playbooks of that part that are concerned."""
        self._last[part] = self.clock.monotonic()
        concerned = frozenset(self._concerned.pop(part, ()))
        view = self.store.view(self.clock.now())
        names = [name for name, each in view.loops.items() if each.spec.type == self.loop] or [self.loop.lower()]
        for name in names:
            await self.loop_turn.turn_on(job_key(name, part), concerned)
        return None

    def _on_change(self, kind: str, _key: str, meaning: bool) -> None:
        if kind == "SelfHealingPlaybook" and meaning:
            self._listeners = None

    def _index(self) -> Mapping[Place, frozenset[str]]:
        if self._listeners is None:
            found: dict[Place, set[str]] = {}
            view = self.store.view(self.clock.now())
            playbooks = {name: each for name, each in view.playbooks.items() if view.crowd(each) is None}
            for name, playbook in playbooks.items():
                for trigger in playbook.spec.triggers:
                    for type_ in trigger.listens_to:
                        found.setdefault((playbook.metadata.namespace or "", type_), set()).add(name)
            self._listeners = {place: frozenset(names) for place, names in found.items()}
            self._parts = {name: part_of(playbook, view.servers) for name, playbook in playbooks.items()}
        return self._listeners
