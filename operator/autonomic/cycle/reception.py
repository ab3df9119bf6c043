"""What becomes of a pushed request: paced, authorised, known again, kept, shown, handed on; in this order."""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from autonomic.cycle.inbox import WAITING
from autonomic.domain.errors import Unavailable
from autonomic.domain.signals.received import Signal
from autonomic.ports.clock import Clock
from autonomic.ports.signals import Accepted, LogFull, SignalLog
from autonomic.signals.formats import alertmanager, otlp
from autonomic.signals.formats.alertmanager import Webhook
from autonomic.signals.formats.cloudevents import Event
from autonomic.signals.formats.splitting import Batch
from autonomic.signals.limits import Limits
from autonomic.signals.page import page
from autonomic.signals.reading import KNOWN, Reader, Reading
from autonomic.signals.refusal import Reason, Refused
from autonomic.signals.senders import Sender, Senders, keys_of
from autonomic.signals.series import Series
from autonomic.signals.tally import Tally

May = Callable[[str], Awaitable[bool]]
"""Whether the sender may send signals of a namespace. Raises Unavailable."""

FRESH = timedelta(minutes=5)
"""How old what a process before this one accepted may be to be acted on; it is as far back as most triggers look."""

_TRY_AGAIN = 5.0


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one request: signals that are kept now, those that were before, and events that are not accepted."""

    accepted: int
    duplicates: int
    refused: Sequence[tuple[int, Refused]]
    truncated: int = 0


class Reception:
    """One for a process. `deliver` gets what is kept and known, and must neither wait nor fail.

    `left_out` is called when an Alertmanager says that it did not tell all alerts.
    """

    def __init__(
        self,
        log: SignalLog,
        clock: Clock,
        deliver: Callable[[Sequence[Signal]], None],
        limits: Limits | None = None,
        namespace_label: str = "namespace",
        left_out: Callable[[], None] = lambda: None,
    ) -> None:
        self.limits = limits or Limits()
        self.senders = Senders(self.limits)
        self.tally = Tally()
        self._log = log
        self._clock = clock
        self._deliver = deliver
        self._left_out = left_out
        self._reader = Reader(self.limits)
        self._series = Series(self.limits, namespace_label)
        self._unmarked = False
        self._before: deque[tuple[datetime, Signal]] = deque(maxlen=WAITING)

    def replay(self) -> None:
        """Knows again what was kept before this process began. Raises Unavailable."""
        now, moment = self._clock.monotonic(), self._clock.now()
        for accepted in self._log.replay():
            if not accepted.sender:
                self._series.restart()
                continue
            age = (moment - accepted.received).total_seconds()
            self._series.add(accepted.sender, accepted.signals, now - age)
            self._before.extend((accepted.received, each) for each in accepted.signals if _acted_on(each))
            if age < self.limits.remembered_seconds:
                self._remember_again(accepted, now)

    def hand_on(self) -> None:
        """Delivers what a process before this one accepted and which is still fresh: it may have been killed before it acted.

        To be called when this one begins to act. What was acted on then is not acted on again: its plans say up to when.
        """
        oldest, self._before, before = self._clock.now() - FRESH, deque(), self._before
        fresh = [signal for received, signal in before if received > oldest]
        if fresh:
            self._deliver(fresh)

    async def events(self, sender: Sender, batch: Batch, namespace: str | None, may: May) -> Receipt:
        """CloudEvents in JSON. Raises Refused when none of them can be taken now."""
        self._charge(sender, len(batch))
        return await self._take(sender, self._reader.events(batch, namespace, self._clock.now()), may)

    async def event(self, sender: Sender, event: Event, namespace: str | None, may: May) -> Receipt:
        """One CloudEvent in binary mode. Raises Refused."""
        self._charge(sender, 1)
        return await self._take(sender, self._reader.event(event, namespace, self._clock.now()), may)

    async def alerts(self, sender: Sender, webhook: Webhook, namespace: str | None, may: May) -> Receipt:
        """A notification of Alertmanager. Raises Refused."""
        self._charge(sender, len(webhook.alerts))
        return await self._take(sender, self._reader.alerts(webhook, namespace, self._clock.now()), may)

    async def points(self, sender: Sender, points: Sequence[otlp.Point], namespace: str | None, may: May) -> Receipt:
        """Data points of OTLP. Raises Refused."""
        self._charge(sender, len(points))
        return await self._take(sender, self._reader.points(points, namespace, self._clock.now()), may)

    def page(self, openmetrics: bool) -> str:
        """What was pushed, as lines of metrics."""
        return page(self._series, self.tally, self._clock.monotonic(), openmetrics)

    async def scraped(self) -> None:
        """A page was read: what came before it is not counted again after a restart."""
        if self._unmarked:
            self._unmarked = False
            try:
                await self._log.append(Accepted("", self._clock.now(), ()))
            except Unavailable:
                self._unmarked = True

    def _charge(self, sender: Sender, events: int) -> None:
        if events > self.limits.events:
            raise Refused(
                Reason.TOO_MANY_EVENTS, f"the request holds {events} events: send at most {self.limits.events} at once"
            )
        sender.charge(max(1, events), self._clock.monotonic())

    async def _take(self, sender: Sender, reading: Reading, may: May) -> Receipt:
        await self._authorise(reading, may)
        fresh, keys = sender.remember(reading.signals, self._clock.monotonic())
        await self._keep(sender, fresh, keys)
        known = (
            fresh if KNOWN.issuperset([each.type for each in fresh]) else [each for each in fresh if _acted_on(each)]
        )
        self._count(sender.name, reading, len(fresh), len(fresh) - len(known))
        self._series.add(sender.name, fresh, self._clock.monotonic())
        if known:
            self._deliver(known)
        if reading.truncated:
            self._left_out()
        duplicates = len(reading.signals) - len(fresh)
        return Receipt(len(fresh), duplicates, sorted(reading.refused, key=_index), reading.truncated)

    async def _authorise(self, reading: Reading, may: May) -> None:
        namespaces = list(dict.fromkeys([signal.namespace for signal in reading.signals]))
        asked = namespaces[: self.limits.namespaces]
        closed = {name: f"not allowed: create signals in namespace {name}" for name in asked if not await may(name)}
        for name in namespaces[self.limits.namespaces :]:
            closed[name] = f"more than {self.limits.namespaces} namespaces in one request: send them apart"
        if not closed:
            return
        kept, reading.signals, events, reading.events = reading.signals, [], reading.events, []
        for index, signal in zip(events, kept, strict=True):
            if signal.namespace in closed:
                reading.refuse(index, Refused(Reason.NOT_ALLOWED, closed[signal.namespace]))
            else:
                reading.add(index, (signal,))

    async def _keep(self, sender: Sender, fresh: Sequence[Signal], keys: set[int]) -> None:
        """Returns when they are in the log; else they are as if they had never come, so that they may come again."""
        kept = False
        try:
            await self._log.append(Accepted(sender.name, self._clock.now(), fresh))
            kept = True
        except LogFull as full:
            reason = Reason.LOG_SHARE_FULL if full.sender else Reason.LOG_FULL
            raise Refused(reason, str(full), full.after) from None
        except Unavailable as problem:
            sentence = "accepted signals can't be written down just now; the operator's log says why"
            raise Refused(Reason.NOT_KEPT, sentence, _TRY_AGAIN) from problem
        finally:
            if not kept:
                sender.memory.forget(keys)

    def _count(self, sender: str, reading: Reading, fresh: int, unknown: int) -> None:
        name, tally = self.tally.name(sender), self.tally
        self._unmarked = self._unmarked or fresh > 0
        tally.accepted[name] += fresh
        tally.duplicates[name] += len(reading.signals) - fresh
        tally.unknown[name] += unknown
        tally.truncated[name] += reading.truncated
        for _, refusal in reading.refused:
            tally.refuse(sender, refusal.reason)

    def _remember_again(self, accepted: Accepted, now: float) -> None:
        try:
            sender = self.senders.named(accepted.sender, now)
        except Refused:
            return  # as many as can be kept apart
        sender.memory.turn(now)
        sender.memory.add(keys_of(accepted.signals))


def _acted_on(signal: Signal) -> bool:
    """Nothing acts on what nobody knows; an alert is known to who named it."""
    return signal.type in KNOWN or signal.source == alertmanager.SOURCE


def _index(refused: tuple[int, Refused]) -> int:
    return refused[0]
