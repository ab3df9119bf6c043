"""Where the answers come from: functions that are called anew for every request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from autonomic.cycle.loop_turn import TurnRecord
from autonomic.domain.view import View


@dataclass(frozen=True)
class LayerView:
    """What the layer knows: `view` is its picture now, `turns` the last turn of each loop (none on a standby)."""

    view: Callable[[], View]
    turns: Callable[[], Mapping[str, TurnRecord]]


@dataclass(frozen=True)
class Health:
    """`unready` says why this replica can't serve yet, None when it can; a standby can.

    `metrics` takes an Accept header and returns the page of metrics with its content type.
    """

    unready: Callable[[], str | None]
    metrics: Callable[[str], tuple[bytes, str]]
