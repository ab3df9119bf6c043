"""Heeding pushed signals: they go onto the board, and the playbooks that listen to them are judged at once.

A flood costs no more than a trickle: what came while a turn ran, or within a moment of its beginning, is one more turn.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from autonomic.cycle.loop_turn import LoopTurn
from autonomic.cycle.scheduler import Job
from autonomic.cycle.store import Store
from autonomic.domain.signals.received import Signal
from autonomic.ports.clock import Clock

PAUSE = 0.2
"""Least seconds between two turns that signals begin."""
JOB = Job("heed", "")

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
    _concerned: set[str] = field(default_factory=set)
    _last: float = float("-inf")

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
        for place in {(each.namespace, each.type) for each in heard}:
            self._concerned |= listeners[place]
        self.wake(JOB, max(0.0, self._last + PAUSE - self.clock.monotonic()))

    def types(self, namespace: str) -> frozenset[str]:
        """What the playbooks of a namespace listen to."""
        return frozenset(type_ for place, type_ in self._index() if place == namespace)

    async def heed(self, _: str) -> float | None:
        """One turn of the playbooks that are concerned."""
        self._last = self.clock.monotonic()
        concerned, self._concerned = frozenset(self._concerned), set()
        view = self.store.view(self.clock.now())
        names = [name for name, each in view.loops.items() if each.spec.type == self.loop] or [self.loop.lower()]
        for name in names:
            await self.loop_turn.turn_on(name, concerned)
        return None

    def _on_change(self, kind: str, _key: str, meaning: bool) -> None:
        if kind == "SelfHealingPlaybook" and meaning:
            self._listeners = None

    def _index(self) -> Mapping[Place, frozenset[str]]:
        if self._listeners is None:
            found: dict[Place, set[str]] = {}
            for key, playbook in self.store.view(self.clock.now()).playbooks.items():
                for trigger in playbook.spec.triggers:
                    for type_ in trigger.listens_to:
                        found.setdefault((playbook.metadata.namespace or "", type_), set()).add(key)
            self._listeners = {place: frozenset(keys) for place, keys in found.items()}
        return self._listeners
