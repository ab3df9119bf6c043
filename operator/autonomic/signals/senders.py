"""What is held against each sender: requests under way, pace, memory. One that floods finds its own bounds, not others'."""

from collections.abc import Sequence

from autonomic.domain.signals.received import Signal
from autonomic.ports.access import tenant
from autonomic.signals.limits import Limits
from autonomic.signals.pacing import Bucket
from autonomic.signals.refusal import Reason, Refused
from autonomic.signals.remembering import Memory, Pool

_SOON = 1.0


class Sender:
    """One sender. Times are monotonic seconds."""

    def __init__(self, name: str, limits: Limits, pool: Pool, now: float) -> None:
        self.name = name
        self.in_flight = 0
        self.memory = Memory(limits.remembered_seconds, limits.remembered, limits.remembered_always, pool)
        self._bucket = Bucket(limits.rate, limits.burst, now)
        self._limits = limits

    def idle(self, now: float) -> bool:
        """Whether nothing would be lost by forgetting it."""
        self.memory.turn(now)
        return not (self.in_flight or len(self.memory)) and self._bucket.full(now)

    def pace(self, events: int, now: float) -> None:
        """Raises Refused while the sender is too fast for so many."""
        after = self._bucket.wait(events, now)
        if after:
            sentence = (
                f"more than {self._limits.rate:g} events a second, or {self._limits.burst:g} at once: send slower"
            )
            raise Refused(Reason.TOO_FAST, sentence, max(after, _SOON))

    def charge(self, events: int, now: float) -> None:
        """Takes so many, or raises Refused and takes nothing."""
        self.pace(events, now)
        self._bucket.take(events)

    def remember(self, signals: Sequence[Signal], now: float) -> tuple[Sequence[Signal], set[int]]:
        """Those that are new, and their keys. Raises Refused, and remembers nothing, when there is no room."""
        self.memory.turn(now)
        keys = [hash((signal.source, signal.id)) for signal in signals]
        new = set(keys)
        if len(new) < len(keys) or self.memory.knows_any(new):
            signals, new = self._new(signals, keys)
        after = self.memory.wait(len(new), now) if new else 0.0
        if after:
            sentence = (
                f"too many signals in {self._limits.remembered_seconds:g} s to know them again if they come twice: "
                "send fewer, or sum them up"
            )
            raise Refused(Reason.MEMORY_FULL, sentence, after)
        self.memory.add(new)
        return signals, new

    def _new(self, signals: Sequence[Signal], keys: Sequence[int]) -> tuple[list[Signal], set[int]]:
        new: set[int] = set()
        found = []
        for signal, key in zip(signals, keys, strict=True):
            if key not in new and not self.memory.knows(key):
                new.add(key)
                found.append(signal)
        return found, new


class Senders:
    """All senders that were heard of lately."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pool = Pool(limits.remembered_in_all)
        self._known: dict[str, Sender] = {}
        self._in_flight = 0

    def named(self, name: str, now: float) -> Sender:
        """The sender. Raises Refused when there are too many to keep apart."""
        found = self._known.get(name)
        if found is None:
            if len(self._known) >= self._limits.senders or self._crowded(name):
                self.sweep(now)
            if len(self._known) >= self._limits.senders or self._crowded(name):
                raise Refused(Reason.TOO_MANY_SENDERS, "more senders than can be kept apart: try again later", 60.0)
            found = self._known[name] = Sender(name, self._limits, self._pool, now)
        return found

    def _crowded(self, name: str) -> bool:
        """Whether the sender's tenant has as many as one tenant may have."""
        return sum(tenant(each) == tenant(name) for each in self._known) >= self._limits.senders_of_one_tenant

    def enter(self, name: str, now: float) -> Sender:
        """A request of this sender begins; `leave` must follow. Raises Refused when too many are under way."""
        sender = self.named(name, now)
        crowded = self._in_flight >= self._limits.in_flight_in_all and sender.in_flight > 0
        if sender.in_flight >= self._limits.in_flight or crowded:
            raise Refused(Reason.TOO_MANY_AT_ONCE, "too many requests under way: wait for answers", _SOON)
        sender.pace(1, now)
        sender.in_flight += 1
        self._in_flight += 1
        return sender

    def leave(self, sender: Sender) -> None:
        """The request has ended."""
        sender.in_flight -= 1
        self._in_flight -= 1

    def sweep(self, now: float) -> None:
        """Forgets senders of whom there is nothing to remember."""
        for name in [name for name, each in self._known.items() if each.idle(now)]:
            del self._known[name]


def keys_of(signals: Sequence[Signal]) -> set[int]:
    """Two signals of one sender are one when source and id agree."""
    return {hash((signal.source, signal.id)) for signal in signals}
