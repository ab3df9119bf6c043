"""Boards and triggers for tests: what was said so many seconds ago."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from autonomic.cycle.inbox import Inbox
from autonomic.domain.signals.board import Board
from autonomic.domain.signals.received import Signal
from autonomic.domain.triggers import PlaybookTrigger
from autonomic.healing.hearing import Ear, heard
from autonomic.healing.seen import Seen
from tests.unit.domain.specimens import NOW

TYPE = "TaskFailureCount"
Said = tuple[float, float] | tuple[float, float, Mapping[str, str]]
"""Seconds ago, value, labels."""


def signal(ago: float, value: float = 1.0, labels: Mapping[str, str] | None = None, **more: Any) -> Signal:
    fields = {"type": TYPE, "namespace": "shop", "source": "/conductor", "id": f"{ago} {value} {labels}", **more}
    return Signal(labels=labels or {}, value=value, at=NOW - timedelta(seconds=ago), **fields)


def board(*signals: Signal, listening: float = 7200) -> Board:
    """What was heard by somebody who listens for so many seconds."""
    inbox = Inbox()
    inbox.open(NOW - timedelta(seconds=listening))
    inbox.receive(signals)
    return inbox.board(NOW)


def trigger(**more: Any) -> PlaybookTrigger:
    return PlaybookTrigger.model_validate({"name": "failed", "type": "Signal", "signal": {"type": TYPE}, **more})


def seen(
    rule: PlaybookTrigger, *signals: Signal, listening: float = 7200, after: datetime | None = None, **about: str
) -> Seen:
    """What the trigger says now."""
    return heard(rule, Ear(board(*signals, listening=listening), "shop", NOW, about, after))
