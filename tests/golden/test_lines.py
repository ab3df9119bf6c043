"""The burn-down of the table's cases: its steps, read from a real Prometheus, add up to what the engine counted."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal

import pytest

from autonomic.cycle.slo.accounting import account, judged_alone, status_of
from autonomic.domain.contracts import SLAContract
from autonomic.domain.view import NamespaceView, View
from autonomic.domain.words import ENABLED_LABEL
from autonomic.slo.account import ContractAccount
from autonomic.slo.burndown import Part, Terms, burn_down
from testbed.run import Run
from tests.golden import breaks, calendars, combinations, edges, groups, occurrences, slices
from tests.golden.case import Case
from tests.golden.holding import start_holding
from tests.golden.turning import NAMESPACE, connected

_SOURCES = (occurrences, slices, calendars, edges, groups, breaks, combinations)
CASES = [each.own(f"l{number:03}_") for number, each in enumerate(one for source in _SOURCES for one in source.CASES)]
CLOSE = Decimal("1e-9")


@pytest.fixture(scope="module")
def url(testbed_run: Run) -> str:
    """Where the Prometheus is that holds the cases."""
    return start_holding(testbed_run, CASES).url


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[list[Part], Terms]]]:
    """What the arithmetic was given, so that it may be added up by other means."""
    given: list[tuple[list[Part], Terms]] = []

    def noted(parts: list[Part], terms: Terms) -> tuple[Decimal | None, ...]:
        given.append((parts, terms))
        return burn_down(parts, terms)

    monkeypatch.setattr("autonomic.cycle.slo.burning_down.burn_down", noted)
    yield given


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_steps_of_a_line_add_up_to_what_the_engine_counted(
    url: str, asked: list[tuple[list[Part], Terms]], case: Case
) -> None:
    found = asyncio.run(_account(url, case))
    for one in found.objectives:
        assert (one.burn_down is None) == (one.counted is None)
        if one.counted and one.burn_down:
            assert one.burn_down.moments[0].at == one.period_start
            left = one.burn_down.moments[-1].remaining
            assert left is not None
            assert abs(left - (1 - one.counted.bad / one.counted.allowed)) < CLOSE
    for parts, terms in asked:
        if terms.exact and not terms.mixed:
            assert abs(sum(parts[0].bad) - terms.budget.count.bad) < CLOSE
            assert abs(sum(parts[0].total) - terms.budget.count.total) < CLOSE


async def _account(url: str, case: Case) -> ContractAccount:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": case.key}
    spec = {"targetRef": target, "objectives": case.objectives, "maintenance": case.maintenance}
    contract = SLAContract.read({"metadata": {"name": case.key, "namespace": NAMESPACE, "generation": 1}, "spec": spec})
    room = NamespaceView(NAMESPACE, {ENABLED_LABEL: "true"}, {})
    now = case.at + case.late
    view = View(now, {contract.key: contract}, namespaces={NAMESPACE: room}, ingestion_delay=case.delay)
    async with connected(url) as metrics:
        engine = await judged_alone(metrics, contract, view)
        return await account(engine, contract, status_of(engine, contract, now), now)
