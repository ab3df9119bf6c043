"""The books: what is asked once, what rollover adds, and what a cheaper model is expected to save."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from autonomic.cycle.cost.accounting import account, allowance
from autonomic.cycle.cost.books import CostBooks, surroundings
from autonomic.cycle.cost.rests import RestBook
from autonomic.domain.accounts import Account
from autonomic.domain.cost import CostBudget
from autonomic.domain.crowding import Crowd
from autonomic.domain.errors import Unavailable
from autonomic.domain.promql import Matcher
from autonomic.domain.readings import Unknown
from autonomic.domain.view import View
from autonomic.ports.memory.metrics import MemoryMetrics
from tests.unit.cycle.prometheus_model import PrometheusModel
from tests.unit.cycle.several_servers import with_eu
from tests.unit.cycle.spending_model import SpendingModel
from tests.unit.domain.cost_specimens import budget, budget_raw
from tests.unit.domain.specimens import NOW, namespace

WEEK: dict[str, Any] = {"limit": {"amount": "100", "currency": "USD", "per": "1w"}}


def world(rate: str = "0.001") -> tuple[SpendingModel, CostBooks]:
    """A task costs a cent; so many come a second."""
    model = SpendingModel(NOW, PrometheusModel(NOW))
    model.tasks.change(NOW - timedelta(days=30), rate)
    return model, CostBooks(MemoryMetrics(model.answer))


def seen(*budgets: CostBudget, after: float = 0) -> View:
    at = NOW + timedelta(seconds=after)
    return View(at, budgets={each.key: each for each in budgets}, namespaces={"shop": namespace()})


async def the(books: CostBooks, view: View) -> Account:
    (found,) = (await books.accounts(view)).values()
    assert isinstance(found, Account), found
    return found


async def test_an_account_says_what_was_spent_since_the_window_began_and_how_fast() -> None:
    _, books = world()
    found = await the(books, seen(budget()))
    assert (found.amount, found.limit, found.share) == (Decimal("0.432"), Decimal(100), Decimal("0.00432"))
    assert (found.window, found.lately, found.tasks) == ("1h", Decimal("0.036"), Decimal("3.6"))
    assert found.per_day == Decimal("0.864")


async def test_of_a_budget_that_has_no_place_in_its_namespace_nothing_is_asked() -> None:
    _, books = world()
    crowd = Crowd("CostBudget", "shop", most=1, there=2, last=(0.0, "older"))
    view = replace(seen(budget()), crowds={("CostBudget", "shop"): crowd})
    assert await books.accounts(view) == {}
    idle = {"requests": "requests_total", "weeks": 2}
    found = await RestBook(books.metrics, books).opened(replace(view, budgets=seen(budget(idle=idle)).budgets))
    assert found.rests == {}


async def test_days_that_are_over_are_asked_for_once() -> None:
    _, books = world()
    metrics = books.metrics
    assert isinstance(metrics, MemoryMetrics)
    first = await the(books, seen(budget(**WEEK)))
    days = [each.expr for each in books.kept if "[1d] anchored" in each.expr]
    assert len(days) == 2
    metrics.asked.clear()
    again = await the(books, seen(budget(**WEEK), after=60))
    assert again.amount == first.amount + Decimal("0.0006")
    over = [each for each in metrics.asked if each.at < NOW - timedelta(hours=2)]
    assert [each.expr for each in over if any(day in each.expr for day in days)] == []


async def test_a_namespace_that_did_not_opt_in_is_not_asked_for() -> None:
    _, books = world()
    view = View(NOW, budgets={"shop/team": budget()}, namespaces={"shop": namespace(enabled=False)})
    assert await books.accounts(view) == {}


async def test_a_silent_server_makes_every_budget_unknown() -> None:
    model, books = world()
    model.gone = True
    (found,) = (await books.accounts(seen(budget()))).values()
    assert isinstance(found, Unknown) and found.reason == "Absent"


@pytest.mark.parametrize(
    ("last", "limit"), [("40", "160"), ("0", "200"), ("100", "100"), ("130", "100"), (None, "100")], ids=str
)
def test_rollover_adds_what_the_last_window_left_at_most_the_limit_once(last: str | None, limit: str) -> None:
    left = None if last is None else Decimal(last)
    assert allowance(budget(rollover=True), left) == Decimal(limit)
    assert allowance(budget(), left) == Decimal(100)


async def test_rollover_looks_at_the_window_before() -> None:
    _, books = world(rate="0.1")
    found = await the(books, seen(budget(rollover=True)))
    assert found.limit == Decimal(200) - Decimal("86.4")


def priced(**prices: str) -> list[Mapping[str, Any]]:
    return [{"model": name, "from": "2024-01-01", "input": each, "output": each} for name, each in prices.items()]


async def test_a_cheaper_model_is_expected_to_save_its_share_of_the_rate_and_nothing_is_guessed() -> None:
    _, books = world()
    found = await the(books, seen(budget(prices=priced(large="10", small="4"))))
    assert found.expected == {"small": Decimal("0.864") * Decimal("0.6")}
    unpriced = await the(books, seen(budget(prices=priced(large="10"))))
    assert unpriced.expected == {}


def test_a_budget_of_the_operators_namespace_is_of_all_tenants_and_others_of_their_own() -> None:
    home = CostBudget.read({**budget_raw(), "metadata": {"name": "company", "namespace": "home", "uid": "u"}})
    view = View(NOW, home="home", tenant_label="tenant")
    assert surroundings(home, view).tenant is None
    assert surroundings(budget(), view).tenant == Matcher("tenant", "=", "shop")


def test_what_is_unknown_has_no_account() -> None:
    why = Unknown("Stale", "old")
    assert account(budget(), why) is why


def asking(server: str) -> CostBudget:
    raw = budget_raw()
    raw["metadata"] = {**raw["metadata"], "name": f"of-{server}", "uid": f"u-{server}"}
    raw["spec"]["spend"] = {**raw["spec"]["spend"], "server": server}
    return CostBudget.read(raw)


async def test_each_budget_is_counted_by_the_server_that_it_names_and_only_its_own_leaves_it_unknown() -> None:
    near, far = (MemoryMetrics(world(rate)[0].answer) for rate in ("0.001", "0.002"))
    metrics, _ = with_eu(near, far)
    books, one = CostBooks(metrics), replace(seen(budget(), asking("eu")), servers=metrics.servers)
    found = await books.accounts(one)
    amounts = {key: each.amount for key, each in found.items() if isinstance(each, Account)}
    assert amounts["shop/of-eu"] == 2 * amounts[budget().key]
    far.failure = Unavailable("eu is down")
    later = await CostBooks(metrics).accounts(one)
    assert isinstance(later[budget().key], Account)
    lost = later["shop/of-eu"]
    assert isinstance(lost, Unknown)
    assert lost.message == "eu is down"


async def test_a_server_that_nobody_named_is_told_with_the_field_and_the_names_that_there_are() -> None:
    _, books = world()
    found = (await books.accounts(seen(asking("mars"))))["shop/of-mars"]
    assert isinstance(found, Unknown)
    assert found.message.startswith(
        "spend.server is 'mars': no metrics server has that name, the operator knows default"
    )
