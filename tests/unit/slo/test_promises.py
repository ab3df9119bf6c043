"""Objectives made ready to be judged: one promise for each group and for each part of a composite."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import Invalid
from autonomic.slo.measures import Mix
from autonomic.slo.promises import Groups, Promise, open_objectives, promises
from tests.unit.domain.specimens import FAST, contract, objective
from tests.unit.slo.answering import OPTIONS, promised

GAUGE = {"threshold": {"selector": "queue", "op": "LT", "value": "5"}}


def ready(*contracts: SLAContract, groups: Groups | None = None) -> tuple[Promise, ...]:
    """The promises of the first contract."""
    return promises(contracts[0], OPTIONS, {each.key: each for each in contracts}, groups or {})


def of(*objectives: dict[str, Any], name: str = "agent") -> SLAContract:
    return contract(name, objectives=list(objectives))


def composite(*parts: tuple[str, int], **more: Any) -> dict[str, Any]:
    named = [{"objective": name, "weight": weight} for name, weight in parts]
    return objective(**{"name": "mix", "indicator": {"composite": named}, **more})


def test_the_promises_stand_in_the_order_of_the_objectives() -> None:
    assert [each.objective.name for each in ready(of(objective(name="b"), objective(name="a")))] == ["b", "a"]


def test_there_is_a_promise_for_each_group_that_exists() -> None:
    kept = of(objective(groupBy=["tenant"]))
    groups = {("shop/agent", "success"): ((("tenant", "acme"),), (("tenant", "beta"),))}
    assert [each.group for each in ready(kept, groups=groups)] == [(("tenant", "acme"),), (("tenant", "beta"),)]
    assert ready(kept) == ()


def test_groups_are_asked_of_the_objectives_that_have_groups() -> None:
    kept = of(objective(), objective(name="open", groupBy=["tenant", "region"]))
    (found,) = open_objectives(kept, OPTIONS)
    assert (found.objective.name, found.group) == ("open", (("tenant", ""), ("region", "")))
    assert found.total.shape.groups == ("tenant", "region")


def test_a_composite_has_its_parts_in_its_own_terms_and_none_of_its_own_rows() -> None:
    other = of(objective(indicator={"ratio": {"good": "ok", "total": "all"}}), name="other")
    kept = of(objective(), composite(("success", 3), ("other/success", 1), target="95", lookback="10m"))
    whole = ready(kept, other)[1]
    assert isinstance(whole.measure, Mix)
    assert [(part.part, weight, str(part.total.shape.selector)) for part, weight in whole.parts] == [
        (0, 3, "tasks_total"),
        (1, 1, "all"),
    ]
    assert {part.schedule for part, _ in whole.parts} == {whole.schedule}
    assert {part.total.shape.lookback for part, _ in whole.parts} == {"10m"}
    assert len({part.key for part, _ in whole.parts} | {whole.key}) == 3
    assert [part.counts_good for part, _ in whole.parts] == [False, True]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nothing", "there is no objective agent/nothing in namespace shop: write contract/objective"),
        ("other/success", "there is no objective other/success in namespace shop"),
        ("level", "agent/level is a threshold: name objectives that count events"),
        ("mixed", "agent/mixed is a composite: name objectives that count events"),
    ],
)
def test_a_part_that_counts_no_events_is_refused_with_the_way_out(name: str, why: str) -> None:
    level = objective(name="level", indicator=GAUGE, budgeting="Timeslices")
    kept = of(objective(), level, composite(("success", 1), name="mixed"), composite((name, 1)))
    with pytest.raises(Invalid, match=f"indicator.composite: {why}"):
        ready(kept)


def changed(promise: Promise, name: str, value: object) -> Promise:
    return replace(promise, objective=promise.objective.model_copy(update={name: value}))


def test_what_was_counted_stays_of_use_while_only_its_judgement_changes() -> None:
    before = promised()
    for name, value in (("target", "99"), ("min_events", 5), ("max_groups", 3)):
        assert changed(before, name, value).key == before.key, name
        assert changed(before, name, value).schedule == before.schedule


def different() -> Sequence[Promise]:
    ratio = {"ratio": {"good": 'tasks_total{status="failed"}', "total": "tasks_total"}}
    return [
        promised(window={"rolling": "7d"}),
        promised(window={"calendar": {"unit": "Month"}}),
        promised(window={"calendar": {"unit": "Month", "timeZone": "Asia/Tokyo"}}),
        promised(indicator=ratio),
        promised(name="other"),
        promised(group=(("tenant", "acme"),)),
        promised(alerting={"windows": [{**FAST, "long": "2h"}]}),
        promised(alerting={"windows": [FAST], "resolution": "5m"}),
        promised(budgeting="RatioTimeslices"),
        replace(promised(), contract="shop/other"),
    ]


@pytest.mark.parametrize("other", different(), ids=range(len(different())))
def test_what_was_counted_of_something_else_is_of_no_use(other: Promise) -> None:
    assert other.key != promised().key


def test_a_bucket_is_a_resolution_where_events_are_counted_and_a_slice_where_slices_are() -> None:
    assert promised().schedule.bucket == 60_000
    assert promised(alerting={"windows": [FAST], "resolution": "5m"}).schedule.bucket == 300_000
    assert promised(budgeting="RatioTimeslices", slices={"length": "5m"}).schedule.bucket == 300_000


def test_a_schedule_has_its_windows_shortest_first_and_each_once() -> None:
    tiers = [FAST, {**FAST, "long": "6h", "short": "1h"}]
    schedule = promised(alerting={"windows": tiers}).schedule
    assert schedule.windows == (300_000, 3_600_000, 21_600_000)
    assert schedule.tiers[0].factor == Decimal("14.4")


def test_a_schedule_gives_its_period_back_as_it_was_written() -> None:
    for window in ({"rolling": "28d"}, {"calendar": {"unit": "Month", "timeZone": "Europe/Paris"}}):
        found = promised(window=window)
        assert found.schedule.window == found.objective.window
    assert promised().schedule.rolling == 28 * 86_400_000
    assert promised(window={"calendar": {"unit": "Month"}}).schedule.rolling is None


def test_a_gauge_has_one_row_and_events_have_two() -> None:
    assert promised(indicator=GAUGE, budgeting="Timeslices").other is None
    events = promised()
    assert events.other is not None
    assert events.other.values == ("failed",)
    assert not events.counts_good


def test_a_composite_is_as_exact_as_its_parts() -> None:
    queries = {"bad": "sum(increase(b[$window]))", "total": "sum(increase(t[$window]))"}
    rough = objective(name="rough", indicator={"ratioQuery": queries})
    assert ready(of(objective(), composite(("success", 1))))[1].exact
    assert not ready(of(objective(), rough, composite(("success", 1), ("rough", 1))))[2].exact
