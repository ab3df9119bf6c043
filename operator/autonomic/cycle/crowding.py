"""Who is there, by kind and namespace: kept in step with the Store, so that nobody is counted at a turn."""

from bisect import bisect_left, insort
from collections import defaultdict
from dataclasses import dataclass, field

from autonomic.domain.contracts import SLAContract
from autonomic.domain.cost import CostBudget
from autonomic.domain.crowding import Crowd, Crowds, Rank, crowd
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.routes import AdaptiveRoute

BOUNDED = frozenset(each.names.kind for each in (SLAContract, SelfHealingPlaybook, CostBudget, AdaptiveRoute))
"""The kinds that people write, and of which each costs every turn a little."""

_Place = tuple[str, str]


@dataclass
class _Room:
    ranks: dict[str, Rank] = field(default_factory=dict)
    order: list[Rank] = field(default_factory=list)


@dataclass
class Crowding:
    """Told of each object that comes and goes. `most` is how many of one kind are judged in one namespace; None: all."""

    most: int | None = None
    _rooms: dict[_Place, _Room] = field(default_factory=lambda: defaultdict(_Room))
    _stale: set[_Place] = field(default_factory=set)
    _crowds: dict[_Place, Crowd] = field(default_factory=dict)

    def like(self, other: "Crowding") -> None:
        """Begins with whom another one knows, and with its bound."""
        self.most, self._stale, self._crowds = other.most, set(other._stale), other._crowds
        for place, room in other._rooms.items():
            self._rooms[place] = _Room(dict(room.ranks), list(room.order))

    def counts(self, kind: str) -> bool:
        """Whether the kind has a bound."""
        return self.most is not None and kind in BOUNDED

    def come(self, kind: str, key: str, rank: Rank) -> None:
        """The object of such a kind is there, readable or not; nothing changes where it was there before."""
        place = _place(kind, key)
        known = self._rooms.get(place)
        if known is None or known.ranks.get(key) != rank:
            self.go(kind, key)
            room = self._rooms[place]
            room.ranks[key] = rank
            insort(room.order, rank)
            self._stale.add(place)

    def go(self, kind: str, key: str) -> None:
        """The object is gone, of whatever kind."""
        place = _place(kind, key)
        room = self._rooms.get(place)
        rank = room.ranks.pop(key, None) if room else None
        if room and rank:
            del room.order[bisect_left(room.order, rank)]
            self._stale.add(place)
            if not room.order:
                del self._rooms[place]

    @property
    def crowds(self) -> Crowds:
        """Where there are too many. The same object until somebody comes or goes."""
        if self._stale and self.most is not None:
            there = {place: self._rooms[place].order if place in self._rooms else () for place in self._stale}
            again = {place: crowd(*place, order, self.most) for place, order in there.items()}
            kept = {place: each for place, each in self._crowds.items() if place not in again}
            self._crowds = kept | {place: each for place, each in again.items() if each}
            self._stale.clear()
        return self._crowds


def _place(kind: str, key: str) -> _Place:
    return kind, key.partition("/")[0]
