"""Two lanes to one server: what gets no answer, or only late, is asked apart, and whoever wants it pays with their own time.

A question that hinders others accuses all that own it (contracts, playbooks, budgets). What these want is asked in the wary
lane, after all else, one group after the other, those that took least the last time first. It has a time of its own a turn.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime

from autonomic.cycle.suspects import Suspects
from autonomic.cycle.unions import Asked, Found, Items, Watch, ask_all
from autonomic.domain.errors import AutonomicError
from autonomic.domain.readings import Question, Unknown
from autonomic.ports.metrics import Metrics

LANE = 30.0
"""Seconds a turn for what takes time in the wary lane: a first count of a costly objective takes some of them."""
_LATE = 5.0
"""Seconds after which an answer is late, whether it comes or not."""
_IN_VAIN = 3
"""Times a turn that is waited in vain; then nothing more is asked that may be to blame."""

_SILENT, _TOO_SLOW = "MetricsUnavailable", "TooSlow"
Owners = Callable[[Asked], Iterable[str]]


def still() -> float:
    """The time where none passes: nothing is late."""
    return 0.0


class Lanes:
    """Begin each turn. `ask` what has one owner; or what is `calm` first, then what is `wary`, by groups. They never raise."""

    def __init__(self, metrics: Metrics, monotonic: Callable[[], float] = still) -> None:
        self.metrics = metrics
        self.suspects = Suspects()
        self._monotonic = monotonic
        self._now: datetime | None = None
        self._left = LANE
        self._in_vain = 0

    def begin(self, now: datetime, owners: Collection[str]) -> None:
        """A new turn, and all owners that there are."""
        self._now, self._left, self._in_vain = now, LANE, 0
        self.suspects.begin(now, owners)

    async def ask(self, owned: Mapping[Asked, str], union: int) -> Found:
        """The answers to questions that hang on one owner each; those that turn out to hinder others are asked again apart."""
        calm = [each for each, owner in owned.items() if not self.suspects.accused(owner)]
        found = await self.calm(calm, union, lambda each: (owned[each],))
        if silence := next(filter(is_silence, found.values()), None):
            return {**dict.fromkeys(owned, silence), **found}
        groups: dict[str, list[Asked]] = defaultdict(list)
        for each, owner in owned.items():
            if each not in found or is_too_slow(found[each]):
                groups[self.suspects.group(owner)].append(each)
        return {**found, **await self.wary(groups, union)} if groups else found

    async def calm(self, questions: Iterable[Asked], union: int, owners: Owners) -> Found:
        """The answers. Of what hinders others while the server does answer, the owners are accused, and the rest is asked."""
        found: dict[Asked, Items | Unknown] = {}
        left = list(dict.fromkeys(questions))
        while left:
            watch = Watch(self._monotonic)
            part = await ask_all(self.metrics, left, union, watch)
            found |= part
            self._in_vain += bool(watch.unanswered)
            late = _late(watch)
            if watch.unanswered and (
                self._in_vain > _IN_VAIN or not watch.unanswered <= late or not await self._answers()
            ):
                break
            for each in late:
                self.suspects.accuse(owners(each))
            found |= {each: _too_slow(part[each]) for each in watch.unanswered}
            left = [each for each in left if each not in watch.unanswered and is_silence(part[each])]
        return found

    async def wary(self, groups: Mapping[str, Iterable[Asked]], union: int) -> Found:
        """The answers, as far as the lane's time goes."""
        found: dict[Asked, Items | Unknown] = {}
        for name in self.suspects.in_order(groups):
            found |= await self._group(name, [each for each in groups[name] if each not in found], union)
        return found

    async def _group(self, name: str, questions: list[Asked], union: int) -> Found:
        if until := self.suspects.rests_until(name):
            return dict.fromkeys(questions, _apart(f"got no answer lately: it is asked again at {until:%H:%M} UTC"))
        if self._is_closed_to(name):
            return dict.fromkeys(questions, _apart("took too long: it is asked again in the next turn"))
        watch, began = Watch(self._monotonic), self._monotonic()
        found = await ask_all(self.metrics, questions, union, watch)
        seconds = self._monotonic() - began
        self._left -= seconds
        if not watch.unanswered:
            self.suspects.took(name, seconds, bad=any(map(is_of_query, found.values())))
            return found
        self._in_vain += 1
        if not await self._answers():
            return found
        self.suspects.got_no_answer(name, max(seconds, LANE), waited=seconds > _LATE)
        return {each: _too_slow(items) for each, items in found.items()}

    def _is_closed_to(self, name: str) -> bool:
        """Once the lane's time is over, it is open to those alone that took next to none of it."""
        return (self._left <= 0 or self._in_vain > _IN_VAIN) and not self.suspects.is_cheap(name)

    async def _answers(self) -> bool:
        """Whether the server answers what costs nothing: then it is the question, not the server."""
        if self._now is None:
            return False
        try:
            await self.metrics.query(Question("vector(1)", self._now))
        except AutonomicError:
            return False
        return True


def is_of_query(items: object) -> bool:
    """Whether the server answered, and had something against the query: too many samples, or a warning."""
    return isinstance(items, Unknown) and items.reason in ("InvalidQuery", "QueryWarning")


def is_too_slow(items: object) -> bool:
    """Whether the server answers, but not this."""
    return isinstance(items, Unknown) and items.reason == _TOO_SLOW


def is_silence(items: object) -> bool:
    """Whether the server gave no answer."""
    return isinstance(items, Unknown) and items.reason == _SILENT


def _late(watch: Watch) -> set[Asked]:
    """What was waited for in vain, and instant questions that were answered late. A connection that breaks is no cost."""
    long = {each for each, seconds in watch.seconds.items() if seconds > _LATE}
    return {each for each in long if each in watch.unanswered or isinstance(each, Question)}


def _too_slow(items: Items | Unknown) -> Items | Unknown:
    """What is said of a question that got no answer while others do."""
    if isinstance(items, Unknown) and items.reason == _SILENT:
        return Unknown(_TOO_SLOW, f"{items.message}, while it answers others")
    return items


def _apart(why: str) -> Unknown:
    return Unknown(_TOO_SLOW, f"what hinders others is asked apart from them, and {why}")
