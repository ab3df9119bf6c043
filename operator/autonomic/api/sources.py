"""Where the answers come from: functions that are called anew for every request."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from autonomic.domain.contracts import SLAContract, SLAContractStatus
from autonomic.domain.view import View
from autonomic.slo.account import ContractAccount


@dataclass(frozen=True)
class LayerView:
    """What the layer knows: `view` is its picture now, `account` everything that one contract's figures rest on.

    `judged` is what this replica knows of a contract beyond its status, None where it does not judge it (a standby);
    `judged_at` is when it last judged. `pause` lets the event loop turn, so that a long page blocks nothing else.
    """

    view: Callable[[], View]
    judged: Callable[[SLAContract], SLAContractStatus | None]
    judged_at: Callable[[], datetime | None]
    account: Callable[[SLAContract], Awaitable[ContractAccount]]
    pause: Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Health:
    """`unready` says why this replica can't serve yet, None when it can; a standby can.

    `metrics` takes an Accept header and returns the page of metrics with its content type.
    """

    unready: Callable[[], str | None]
    metrics: Callable[[str], Awaitable[tuple[bytes, str]]]
