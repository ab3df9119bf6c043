"""Groups: those that Prometheus shows, those that are gone, and those that are too many."""

from autonomic.domain.budgets import ErrorBudget
from autonomic.domain.errors import Unavailable
from autonomic.domain.words import Level
from tests.unit.cycle.slo.shop import MINUTE, Shop, promising

GROUPED = promising(groupBy=["tenant"])


def names(shop: Shop) -> list[str]:
    return [value for each in shop.seen() for _, value in each.group]


async def both(shop: Shop, minutes: int = 1, **bad: int) -> None:
    """Minutes in which both tenants have tasks, of which some fail."""
    for _ in range(minutes):
        shop.now += MINUTE
        for tenant in ("acme", "beta"):
            failed = bad.get(tenant, 0)
            shop.scraped({"ok": 100 - failed, "failed": failed}, tenant=tenant)
        await shop.turned()


async def test_each_group_is_judged_by_itself_and_series_without_the_label_are_of_none() -> None:
    shop = Shop(GROUPED)
    await both(shop, 120)
    await both(shop, 15, acme=50)
    acme, beta = shop.seen()
    assert (acme.group, beta.group) == ((("tenant", "acme"),), (("tenant", "beta"),))
    assert isinstance(acme.budget, ErrorBudget)
    assert isinstance(beta.budget, ErrorBudget)
    assert (int(acme.budget.count.bad), int(beta.budget.count.bad)) == (750, 0)
    assert (acme.level, beta.level) == (Level.EXHAUSTED, None)
    assert await shop.agrees()


async def test_a_group_that_appears_is_judged_from_its_first_minute_and_the_others_go_on() -> None:
    shop = Shop(GROUPED)
    await shop.turned(3, tenant="acme")
    assert names(shop) == ["acme"]
    await both(shop, 5, acme=1)
    assert names(shop) == ["acme", "beta"]
    assert await shop.agrees()


async def test_a_group_that_is_gone_is_unknown_for_an_hour_and_then_forgotten() -> None:
    shop = Shop(GROUPED)
    await both(shop, 10)
    await shop.turned(30, tenant="acme")
    assert [each.unknown.reason if each.unknown else "" for each in shop.seen()] == ["", "Stale"]
    await shop.turned(40, tenant="acme")
    assert names(shop) == ["acme"]


async def test_a_server_that_is_silent_makes_no_group_vanish() -> None:
    shop = Shop(GROUPED)
    await both(shop, 3)
    shop.metrics.failure = Unavailable("down")
    await both(shop, 90)
    assert names(shop) == ["acme", "beta"]
    assert {each.unknown.reason for each in shop.seen() if each.unknown} == {"MetricsUnavailable"}
    shop.metrics.failure = None
    await both(shop, 1)
    assert await shop.agrees()


async def test_no_more_groups_are_judged_than_may_be_and_their_number_is_known() -> None:
    shop = Shop(promising(groupBy=["tenant"], maxGroups=2))
    shop.now += MINUTE
    for tenant in "dcba":
        shop.scraped({"ok": 10}, tenant=tenant)
    await shop.turned()
    assert names(shop) == ["a", "b"]
    assert shop.engine.compiler.crowded == {("shop/agent", "success"): 4}


async def test_an_objective_without_any_group_knows_nothing_and_is_judged_all_the_same() -> None:
    shop = Shop(GROUPED)
    await shop.turned()
    assert shop.seen() == ()
    assert shop.engine.judges("shop/agent")


async def test_a_group_is_found_by_its_name() -> None:
    shop = Shop(GROUPED)
    await both(shop, 1)
    found = shop.engine.promise("shop/agent", "success", "tenant=beta")
    assert found is not None
    assert found.group == (("tenant", "beta"),)
    assert shop.engine.promise("shop/agent", "success", "") is None
    assert shop.engine.promise("shop/agent", "success", "tenant=nobody") is None
