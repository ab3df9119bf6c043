"""Who asks for what hinders others, and what asking apart takes: a tenant together; where that is too much, one by one."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

_CHEAP = 1.0
"""Seconds a turn below which nobody is suspected any more."""
_COSTLY = 5.0
"""Seconds a turn above which what a tenant owns is told apart."""
_REST, _LONGEST_REST = timedelta(minutes=10), timedelta(hours=2)


@dataclass
class _Group:
    """`seconds` are those of the newest turn in which it was asked; `bad` tells of an answer in this one that was none."""

    seconds: float = 0.0
    asked: bool = False
    bad: bool = False
    rests: int = 0
    until: datetime | None = None

    @property
    def cheap(self) -> bool:
        """It was asked in this turn, with answers, and in no time."""
        return self.asked and not self.bad and self.seconds < _CHEAP


class Suspects:
    """Of one server. An owner of questions is `namespace/name`, a group of them is that or the namespace alone."""

    def __init__(self) -> None:
        self._now: datetime | None = None
        self._accused: set[str] = set()
        self._split: set[str] = set()
        self._groups: dict[str, _Group] = defaultdict(_Group)
        self._tenants: dict[str, float] = {}

    @property
    def none(self) -> bool:
        """Nobody is accused."""
        return not self._accused

    def begin(self, now: datetime, owners: Collection[str]) -> None:
        """A new turn. Whoever was cheap in the last one is suspected no more; nor who is none of the `owners`."""
        self._now = now
        if not self._groups and not self._accused:
            return
        self._tenants = self._taken()
        known = {*owners}
        mended = {name for name, each in self._groups.items() if each.cheap or name in self._split}
        self._accused = {each for each in self._accused & known if self.group(each) not in mended}
        for name in (*mended, *(self._groups.keys() - known - {tenant(each) for each in known})):
            self._groups.pop(name, None)
        self._split &= {tenant(each) for each in self._accused | self._groups.keys() if "/" in each}
        for group in self._groups.values():
            group.asked = group.bad = False

    def accuse(self, owners: Iterable[str]) -> None:
        """One of these, or several, hinder others."""
        self._accused.update(owners)

    def accused(self, owner: str) -> bool:
        """Whether what it asks for is to be asked apart."""
        return owner in self._accused

    def group(self, owner: str) -> str:
        """With whom it is asked there: with all of its tenant, or with nobody."""
        name = tenant(owner)
        return owner if name in self._split else name

    def in_order(self, groups: Iterable[str]) -> list[str]:
        """Those first whose tenants took least lately, and of one tenant those that did."""
        return sorted(groups, key=lambda each: (self._tenants.get(tenant(each), 0.0), self._groups[each].seconds, each))

    def rests_until(self, group: str) -> datetime | None:
        """When it is asked again; None when it may be asked now."""
        until = self._groups[group].until
        return until if until and self._now and self._now < until else None

    def is_cheap(self, group: str) -> bool:
        """Whether it was asked in this turn already, and took next to nothing."""
        return self._groups[group].cheap

    def took(self, name: str, seconds: float, *, bad: bool = False) -> None:
        """The group was asked; `bad` where there was an answer that was none. A costly tenant is divided from then on."""
        group = self._groups[name]
        group.seconds = group.seconds * group.asked + seconds
        group.asked = True
        group.bad |= bad
        if group.bad or group.seconds > _COSTLY:
            self._split.add(tenant(name))

    def got_no_answer(self, name: str, seconds: float, *, waited: bool) -> None:
        """An owner that is alone to blame rests, each time for longer."""
        self.took(name, seconds, bad=True)
        group = self._groups[name]
        if waited and "/" in name and self._now is not None:
            group.until = self._now + min(_LONGEST_REST, _REST * 2**group.rests)
            group.rests += 1

    def _taken(self) -> dict[str, float]:
        """Seconds of the last turn by tenant; where that is more, half of what they took before."""
        taken = {name: seconds / 2 for name, seconds in self._tenants.items() if seconds > _CHEAP}
        asked: dict[str, float] = defaultdict(float)
        for name, group in self._groups.items():
            asked[tenant(name)] += group.seconds if group.asked else 0.0
        return {name: max(taken.get(name, 0.0), asked.get(name, 0.0)) for name in taken.keys() | asked.keys()}


def tenant(name: str) -> str:
    """The namespace of an owner or of a group."""
    return name.partition("/")[0]
