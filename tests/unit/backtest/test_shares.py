"""What is read together: every promise once, those of one metric side by side, and never many numbers at once."""

from hypothesis import given
from hypothesis import strategies as st

from autonomic.backtest import shares as sharing
from autonomic.backtest.shares import shares
from autonomic.cycle.lanes import Lanes
from autonomic.cycle.slo.compiling import Compiler
from autonomic.slo.promises import Promise
from tests.unit.backtest.test_course import plain
from tests.unit.cycle.slo.shop import Shop, promising


async def promised(metrics: list[int]) -> list[Promise]:
    """A promise of each of these metrics."""
    made = {}
    for number, metric in enumerate(metrics):
        one = {"total": f'm{metric}_total{{app="a{number}"}}', "bad": f'm{metric}_total{{app="a{number}",ok="no"}}'}
        contract = promising(f"c{number}", **plain(indicator={"ratio": one}))
        made[contract.key] = contract
    there = Shop(promising(**plain()), past=1)
    there.contracts.clear()
    there.contracts |= made
    compiler = Compiler(Lanes(there.metrics))
    await compiler.compile(there.view())
    return [each for found in compiler.promises.values() for each in found]


@given(st.lists(st.integers(0, 6), min_size=1, max_size=130))
async def test_every_promise_is_in_one_share_and_a_metric_is_in_one_share(metrics: list[int]) -> None:
    found = shares(await promised(metrics), 50_000)
    assert sorted(at for each in found for at in each.where.tolist()) == list(range(len(metrics)))
    owners = [{metrics[at] for at in each.where.tolist()} for each in found]
    assert sum(len(each) for each in owners) == len(set(metrics))
    assert all(len(each.where) >= sharing._LEAST for each in found[:-1])


async def test_a_piece_of_a_share_has_no_more_numbers_than_it_may() -> None:
    for one in shares(await promised([0] * 90 + [1] * 10), 1_000_000):
        assert one.length * one.plan.size <= sharing.POINTS
    (few,) = shares(await promised([0]), 500)
    assert few.length == 500
