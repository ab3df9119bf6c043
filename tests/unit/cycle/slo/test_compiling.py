"""Contracts that come, change and go while the engine runs, and those that can't work."""

import pytest

from autonomic.domain.errors import Unavailable
from autonomic.domain.view import NamespaceView
from autonomic.domain.words import ENABLED_LABEL, FREE_QUERIES_LABEL
from tests.unit.cycle.slo.shop import Shop, promise, promising
from tests.unit.domain.specimens import contract, objective


def known(shop: Shop, *names: str) -> bool:
    """Whether these contracts are judged, and have data."""
    return all(shop.seen(name) and not shop.one(name).unknown for name in names)


async def test_a_contract_that_is_added_is_judged_at_the_next_turn_and_the_others_are_carried_on() -> None:
    shop = Shop(promising())
    await shop.turned(3, bad=1)
    shop.edit(promising("more", target="99"))
    await shop.turned(2, bad=1)
    assert known(shop, "agent", "more")
    assert await shop.agrees()
    assert await shop.agrees("more")


async def test_a_contract_that_is_deleted_is_forgotten() -> None:
    shop = Shop(promising(), promising("more"))
    await shop.turned(20, good=50, bad=50)
    assert shop.engine.alerting == {"shop/agent", "shop/more"}
    shop.contracts = {"shop/agent": shop.contracts["shop/agent"]}
    await shop.turned(1, good=50, bad=50)
    assert shop.seen("more") == ()
    assert not shop.engine.judges("shop/more")
    assert shop.engine.alerting == {"shop/agent"}
    assert "shop/more" not in shop.engine.changed
    assert await shop.agrees()


async def test_a_target_that_is_edited_is_held_against_what_was_counted_already() -> None:
    shop = Shop(promising())
    await shop.turned(2)
    before = len(shop.metrics.asked_ranges)
    shop.edit(promising(target="99.9"))
    await shop.turned()
    assert str(shop.one().target) == "0.999"
    assert len(shop.metrics.asked_ranges) == before
    assert await shop.agrees()


@pytest.mark.parametrize(
    "edited",
    [
        promising(app="b"),
        promising(window={"rolling": "12h"}),
        promising(budgeting="RatioTimeslices"),
        contract(objectives=[promise(), promise(name="more", app="b")]),
    ],
    ids=["selector", "period", "budgeting", "one more"],
)
async def test_what_is_edited_otherwise_is_counted_anew(edited: object) -> None:
    shop = Shop(promising())
    await shop.turned(3, bad=2)
    shop.edit(edited)  # type: ignore[arg-type]  # a contract
    await shop.turned(2, good=30, app="b")
    await shop.turned(2, bad=4)
    assert await shop.agrees()


async def test_promises_that_move_within_their_cohort_keep_their_counts() -> None:
    shop = Shop(promising("b"), promising("c", app="c"))
    await shop.turned(2, bad=5)
    shop.contracts = {"shop/a": promising("a", app="a2"), "shop/c": promising("c", app="c"), **shop.contracts}
    await shop.turned(2, bad=5)
    assert await shop.agrees("b")
    assert shop.one("c").unknown is not None
    assert shop.one("a").unknown is not None


async def test_an_expression_that_the_server_refuses_says_so_in_its_words_and_stops_no_other() -> None:
    bad, total = 'sum(increase(tasks_total{status="failed"}[$window]))', "sum(increase(tasks_total[$window]))"
    odd = contract("odd", objectives=[objective(indicator={"ratioQuery": {"bad": bad, "total": total}})])
    shop = Shop(promising(), odd)
    free = NamespaceView("shop", {ENABLED_LABEL: "true", FREE_QUERIES_LABEL: "true"}, {})
    shop.rooms = {"shop": free}
    expr = 'sum(increase(tasks_total{status="failed"}[5m]))'
    shop.metrics.mistakes = {expr: "1:3: parse error: unknown thing"}
    await shop.turned()
    wrong = shop.engine.compiler.invalid["shop/odd"]
    assert wrong.endswith(f"bad: {expr!r}: Prometheus says 1:3: parse error: unknown thing")
    assert known(shop, "agent")


async def test_a_selector_that_is_none_is_named_and_stops_no_other() -> None:
    odd = contract("odd", objectives=[objective(indicator={"ratio": {"bad": "tasks{", "total": "tasks"}})])
    shop = Shop(promising(), odd)
    await shop.turned()
    assert "indicator.ratio.bad: 'tasks{'" in shop.engine.compiler.invalid["shop/odd"]
    assert shop.seen("odd") == ()
    assert known(shop, "agent")
    shop.edit(promising("odd"))
    await shop.turned()
    assert shop.engine.compiler.invalid == {}
    assert known(shop, "agent", "odd")


async def test_a_silent_server_makes_no_contract_invalid() -> None:
    shop = Shop(promising())
    shop.metrics.failure = Unavailable("down")
    await shop.turned()
    assert shop.engine.compiler.invalid == {}
    assert set(shop.engine.compiler.promises) == {"shop/agent"}


async def test_a_namespace_that_has_not_opted_in_is_not_asked_about() -> None:
    shop = Shop(promising())
    shop.rooms = {"shop": NamespaceView("shop", {}, {})}
    await shop.turned()
    assert (shop.metrics.asked, shop.metrics.asked_ranges) == ([], [])
    shop.rooms = {"shop": NamespaceView("shop", {ENABLED_LABEL: "true"}, {})}
    await shop.turned()
    assert known(shop, "agent")


async def test_every_question_of_a_tenant_carries_its_namespace() -> None:
    shop = Shop(promising())
    shop.tenant_label = "namespace"
    await shop.turned(1, namespace="shop", bad=3)
    await shop.turned(1, namespace="other", bad=5)
    texts = [each.expr for each in shop.metrics.asked] + [each.expr for each in shop.metrics.asked_ranges]
    assert texts
    for text in texts:
        assert text.count("tasks_total{") == text.count('namespace="shop"'), text
    assert known(shop, "agent")
    assert shop.one().tiers[0].short.bad == 3  # type: ignore[union-attr]  # it is known


async def test_another_s_namespace_in_a_selector_is_refused() -> None:
    ratio = {"bad": 'b{namespace="other"}', "total": "tasks_total"}
    shop = Shop(contract(objectives=[objective(indicator={"ratio": ratio})]))
    shop.tenant_label = "namespace"
    await shop.turned()
    assert "namespace is the label of tenants here" in shop.engine.compiler.invalid["shop/agent"]


async def test_the_finest_bucket_of_all_is_known() -> None:
    shop = Shop()
    await shop.turned()
    assert shop.engine.finest is None
    shop.edit(promising(budgeting="RatioTimeslices", slices={"length": "5m"}))
    await shop.turned()
    assert shop.engine.finest == 300_000
