"""Where the answers come from: functions that are called anew for every request."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from autonomic.api.lane import Lane
from autonomic.api.seals import Seal
from autonomic.cycle.feed import Feed
from autonomic.cycle.reception import Reception
from autonomic.cycle.routing.service import AdaptiveRoutingService
from autonomic.domain.contracts import SLAContract, SLAContractStatus
from autonomic.domain.view import View
from autonomic.health.rows import Row
from autonomic.ports.clock import Clock
from autonomic.ports.plugins import PluginStanding
from autonomic.simulate import Outcome, Wish
from autonomic.slo.account import ContractAccount


@dataclass(frozen=True)
class LayerView:
    """What the layer knows: `view` is its picture now, `account` everything that one contract's figures rest on.

    `judged` is what this replica knows of a contract beyond its status, None where it does not judge it (a standby);
    `judged_at` is when it last judged. `pause` lets the event loop turn, so that a long page blocks nothing else; who puts a
    page together has the `lane`: a hundred that are asked for at once are one at a time for whoever else wants to turn.
    """

    view: Callable[[], View]
    judged: Callable[[SLAContract], SLAContractStatus | None]
    judged_at: Callable[[], datetime | None]
    account: Callable[[SLAContract], Awaitable[ContractAccount]]
    pause: Callable[[], Awaitable[None]]
    lane: Lane = field(default_factory=Lane)


@dataclass(frozen=True)
class Health:
    """`unready` says why this replica can't serve yet, None when it can; a standby can.

    `metrics` takes an Accept header and returns the page of metrics with its content type.
    """

    unready: Callable[[], str | None]
    metrics: Callable[[str], Awaitable[tuple[bytes, str]]]


@dataclass(frozen=True)
class Snapshots:
    """How subjects are: `now` takes a namespace or None, `then` the contracts to judge and a moment of the past.

    `looked_at` is when this replica last looked; None when it does not. `plugins` says how each plug-in is here.
    """

    now: Callable[[str | None], Awaitable[Sequence[Row]]]
    then: Callable[[Mapping[str, SLAContract], datetime], Awaitable[Sequence[Row]]]
    looked_at: Callable[[], datetime | None]
    plugins: Callable[[], Sequence[PluginStanding]] = tuple


@dataclass(frozen=True)
class Intake:
    """Where pushed signals go. `closed` says why none are taken now, None when they are; `monotonic` is in seconds."""

    reception: Reception
    closed: Callable[[], str | None]
    monotonic: Callable[[], float]


@dataclass(frozen=True)
class Routing:
    """Who decides tasks. `closed` says why nothing is decided here, None when it is."""

    service: AdaptiveRoutingService
    closed: Callable[[], str | None]


@dataclass(frozen=True)
class Simulating:
    """Who tries out what would follow. `closed` says why nothing live is tried here, None when it is."""

    simulate: Callable[[Wish], Awaitable[Outcome]]
    closed: Callable[[], str | None]


@dataclass(frozen=True)
class Events:
    """What happens. A silent stream gives a sign of life every `heartbeat` seconds, and ends after `lifetime` seconds.

    `seal` makes the ids: a count of all that happens would tell each reader how much happens to others. What happens within
    `gathering` seconds is told together: a storm of events costs each reader a few looks a second.
    """

    feed: Feed
    clock: Clock
    seal: Seal
    heartbeat: float = 15.0
    lifetime: float = 3600.0
    gathering: float = 0.2
