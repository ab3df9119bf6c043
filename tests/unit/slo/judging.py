"""An engine turned over `Traffic`, and the account of the contract that it judged."""

from datetime import UTC, datetime, timedelta

from autonomic.cycle.slo.accounting import account, judged_alone, status_of
from autonomic.domain.contracts import SLAContract
from autonomic.domain.view import NamespaceView, View
from autonomic.domain.words import ENABLED_LABEL
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.slo.account import ContractAccount
from tests.unit.slo.traffic import Stretch, Traffic

NOON = datetime(2025, 6, 18, 12, tzinfo=UTC)
"""A Wednesday."""


def outage(minutes: int = 60) -> Traffic:
    """100 tasks a minute for 40 days; in the hour before the last one 10 of each 100 fail."""
    long_ago, begins = NOON - timedelta(days=40), NOON - timedelta(hours=1, minutes=minutes)
    ends = begins + timedelta(minutes=minutes)
    return Traffic([Stretch(long_ago, begins, 100), Stretch(begins, ends, 100, 10), Stretch(ends, NOON, 100)])


def view(*contracts: SLAContract, now: datetime = NOON) -> View:
    """These contracts, in namespaces that have opted in."""
    rooms = {each.metadata.namespace or "" for each in contracts}
    opted = {name: NamespaceView(name, {ENABLED_LABEL: "true"}, {}) for name in rooms}
    return View(now, {each.key: each for each in contracts}, namespaces=opted)


async def accounted(metrics: MemoryMetrics, *contracts: SLAContract) -> ContractAccount:
    """The account of the first contract."""
    one = contracts[0]
    engine = await judged_alone(metrics, one, view(*contracts))
    return await account(engine, one, status_of(engine, one, NOON), NOON)
