"""A trigger on pushed signals, alerts or Kubernetes Events, held against the board.

Silence says something only while somebody listened: what the board can't know yet is Unknown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import takewhile

from autonomic.domain.signals.board import ALERTMANAGER, CLUSTER_EVENTS, Board, Cell, Stream
from autonomic.domain.triggers import MatchLabels, PlaybookTrigger
from autonomic.domain.units import span
from autonomic.domain.words import Comparison, Truth
from autonomic.healing.seen import Seen

_RISING = (Comparison.GT, Comparison.GE)
_SOURCES = {"Alert": ALERTMANAGER, "KubernetesEvent": CLUSTER_EVENTS}


@dataclass(frozen=True)
class Ear:
    """Where and when to listen: `about` are labels beyond the trigger's own; what was up to `after` has been dealt with."""

    board: Board
    namespace: str
    at: datetime
    about: Mapping[str, str] = field(default_factory=dict)
    after: datetime | None = None

    def streams(self, trigger: PlaybookTrigger) -> list[Stream]:
        """What was heard of the trigger's subject until then, and since what was dealt with; none of it is empty."""
        wanted = {**labels_of(trigger), **self.about}
        source = _SOURCES.get(trigger.type)
        found = (
            Stream(stream.labels, stream.source, cells)
            for type_ in trigger.listens_to
            for stream in self.board.heard(self.namespace, type_, wanted)
            if source in (None, stream.source) and (cells := self._cells(stream))
        )
        return sorted(found, key=lambda stream: stream.cells[-1].last)

    def _cells(self, stream: Stream) -> tuple[Cell, ...]:
        return tuple(
            each for each in stream.cells if each.last <= self.at and (self.after is None or each.first > self.after)
        )

    def since(self, trigger: PlaybookTrigger) -> datetime:
        """Where what counts begins."""
        begin = self.at - span(trigger.reach)
        return max(begin, self.after) if self.after else begin


def labels_of(trigger: PlaybookTrigger) -> MatchLabels:
    """The labels that the trigger itself demands."""
    inner = trigger.signal or trigger.alert or trigger.kubernetes_event
    return inner.match_labels if inner else {}


def heard(trigger: PlaybookTrigger, ear: Ear) -> Seen:
    """Whether the trigger holds."""
    if trigger.absent:
        return _missing(trigger, ear)
    if trigger.type == "Alert" or trigger.hold:
        return _lasting(trigger, ear)
    return _in_a_row(trigger, ear) if trigger.consecutive else _counted(trigger, ear)


def matches(trigger: PlaybookTrigger, cell: Cell) -> bool:
    """Whether the comparison holds for the mildest value of the cell; an alert holds while it fires."""
    if trigger.type == "Alert":
        return cell.low > 0
    if trigger.op is None:
        return True
    return trigger.op.holds(Decimal(str(cell.low if trigger.op in _RISING else cell.high)), Decimal(trigger.value or 0))


def number(trigger: PlaybookTrigger, streams: Iterable[Stream], since: datetime) -> int:
    """How many signals came since then for which it holds."""
    return sum(
        cell.count for stream in streams for cell in stream.cells if cell.first > since and matches(trigger, cell)
    )


def _counted(trigger: PlaybookTrigger, ear: Ear) -> Seen:
    streams, since, wanted = ear.streams(trigger), ear.since(trigger), trigger.count or 1
    if number(trigger, streams, since) >= wanted:
        often = f"{wanted} times within" if wanted > 1 else "within"
        return _held(trigger, streams, f"{trigger.name} was seen {often} {trigger.reach}")
    return _deaf(trigger, ear, since) or Seen(Truth.FALSE, "Quiet", f"{trigger.name} does not hold")


def _in_a_row(trigger: PlaybookTrigger, ear: Ear) -> Seen:
    streams, since = ear.streams(trigger), ear.since(trigger)
    latest = sorted((cell for each in streams for cell in each.cells if cell.first > since), key=lambda cell: cell.last)
    if not latest:
        return Seen(Truth.UNKNOWN, "NoData", f"{trigger.name}: no signal within {trigger.reach}")
    row = list(takewhile(lambda cell: matches(trigger, cell), reversed(latest)))
    if sum(cell.count for cell in row) >= (trigger.consecutive or 1):
        return _held(trigger, streams, f"{trigger.name} has held {trigger.consecutive} times in a row")
    broken = len(row) < len(latest)
    blind = None if broken else _deaf(trigger, ear, since)
    return blind or Seen(Truth.FALSE, "Quiet", f"{trigger.name} does not hold")


def _lasting(trigger: PlaybookTrigger, ear: Ear) -> Seen:
    since = ear.since(trigger)
    fresh = [stream for stream in ear.streams(trigger) if stream.cells[-1].last > since]
    holding = [stream for stream in fresh if _lasts(trigger, stream, ear.at)]
    if holding:
        how = "fires" if trigger.type == "Alert" else "has held"
        return _held(trigger, holding, f"{trigger.name} {how}{f' for {trigger.hold}' if trigger.hold else ''}")
    if not fresh and trigger.type == "Signal":
        return Seen(Truth.UNKNOWN, "NoData", f"{trigger.name}: no signal within {trigger.reach}")
    blind = None if fresh else _deaf(trigger, ear, since)
    return blind or Seen(Truth.FALSE, "Quiet", f"{trigger.name} does not hold")


def _lasts(trigger: PlaybookTrigger, stream: Stream, at: datetime) -> bool:
    """Whether the latest signals hold, without a gap, since `for` ago."""
    run = list(takewhile(lambda cell: matches(trigger, cell), reversed(stream.cells)))
    if not run:
        return False
    began = run[0].first
    for cell in run[1:]:
        if began - cell.last > span(trigger.reach):
            break
        began = cell.first
    return trigger.hold is None or at - began >= span(trigger.hold)


def _missing(trigger: PlaybookTrigger, ear: Ear) -> Seen:
    everything = Ear(ear.board, ear.namespace, ear.at, ear.about).streams(trigger)
    if not everything:
        return Seen(Truth.UNKNOWN, "NoData", f"{trigger.name}: nothing was heard that could be missed")
    last = everything[-1].cells[-1].last
    since, hold = max(last, ear.after) if ear.after else last, span(trigger.hold or trigger.reach)
    if ear.at - since < hold:
        return Seen(Truth.FALSE, "Quiet", f"{trigger.name} does not hold")
    if ear.at - last > hold + span(trigger.reach):
        return Seen(Truth.UNKNOWN, "NoData", f"{trigger.name}: missing for longer than {trigger.reach}")
    return _held(trigger, everything, f"{trigger.name} has been missing for {trigger.hold}")


def _held(trigger: PlaybookTrigger, streams: Sequence[Stream], message: str) -> Seen:
    """It holds; the latest signal for which it does gives its value and labels."""
    speaking = [each for each in streams if trigger.absent or matches(trigger, each.cells[-1])] or list(streams)
    latest = speaking[-1]
    return Seen(Truth.TRUE, "Held", message, Decimal(str(latest.cells[-1].high)), trigger.name, {**latest.labels})


def _deaf(trigger: PlaybookTrigger, ear: Ear, since: datetime) -> Seen | None:
    """That silence says nothing: nobody listened yet when it began."""
    if ear.board.since <= since:
        return None
    return Seen(Truth.UNKNOWN, "NotHeardLongEnough", f"{trigger.name}: signals are not heard for {trigger.reach} yet")
