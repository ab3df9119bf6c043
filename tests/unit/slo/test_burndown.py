"""The line of a budget: where it begins, where it ends, and what it does where nothing is known."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.budgets import Count, ErrorBudget
from autonomic.slo.burndown import Part, Terms, burn_down

TARGET = Decimal("0.99")


def part(bad: list[int], total: list[int], weight: int = 1) -> Part:
    """Whole counts of each step."""
    return Part([Decimal(each) for each in bad], [Decimal(each) for each in total], weight)


def terms(bad: object, total: object, *, rolls: bool = True, mixed: bool = False, exact: bool = True) -> Terms:
    """The engine counted this in the period."""
    budget = ErrorBudget(TARGET, Count("", Decimal(str(bad)), Decimal(str(total))))
    return Terms(budget, least=100, rolls=rolls, mixed=mixed, exact=exact)


def test_a_rolling_period_shows_how_the_budget_that_is_counted_now_was_spent() -> None:
    # 1 % of 1,000 is 10: 2 bad are a fifth of it, 5 are half.
    line = burn_down([part([0, 2, 3], [400, 300, 300])], terms(5, 1000))
    assert line == (Decimal(1), Decimal("0.8"), Decimal("0.5"))


def test_a_period_of_the_calendar_shows_what_was_left_at_each_moment() -> None:
    # After two steps 2 of 700 were bad, and 7 were allowed; then 5 of 1,000, and 10 were allowed.
    line = burn_down([part([0, 2, 3], [400, 300, 300])], terms(5, 1000, rolls=False))
    assert line == (Decimal(1), 1 - Decimal(2) / Decimal(7), Decimal("0.5"))


def test_with_too_few_events_a_moment_of_the_calendar_is_unknown() -> None:
    line = burn_down([part([0, 0], [99, 901])], terms(0, 1000, rolls=False))
    assert line == (None, Decimal(1))


_STEPS = st.lists(st.integers(0, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1)


@given(_STEPS, st.booleans())
def test_the_line_of_an_objective_ends_at_what_is_left_of_its_budget(steps: list[tuple[int, int]], rolls: bool) -> None:
    bad, total = sum(each for each, _ in steps), sum(each for _, each in steps)
    line = burn_down([part([b for b, _ in steps], [n for _, n in steps])], terms(bad, total, rolls=rolls))
    expected = 1 - bad / ((1 - TARGET) * total) if total >= 100 else None
    assert line[-1] == expected


@given(_STEPS)
def test_the_line_of_a_rolling_period_never_rises(steps: list[tuple[int, int]]) -> None:
    bad, total = [b for b, _ in steps], [n for _, n in steps]
    known = [left for left in burn_down([part(bad, total)], terms(sum(bad), sum(total))) if left is not None]
    assert known == sorted(known, reverse=True)


def test_what_the_server_has_forgotten_was_spent_before_all_that_it_remembers() -> None:
    line = burn_down([part([1, 1], [400, 400])], terms(5, 1000))
    assert line == (Decimal("0.6"), Decimal("0.5"))


def test_steps_of_an_extrapolation_are_brought_to_the_whole_that_the_engine_counted() -> None:
    line = burn_down([part([2, 2], [500, 500])], terms("5", "1000", exact=False))
    assert line == (Decimal("0.75"), Decimal("0.5"))


def test_a_composite_is_the_weighted_mean_of_its_parts() -> None:
    # 3 x 10/1000 + 1 x 0 is 0.03 of 4; allowed are 0.04.
    parts = [part([10, 0], [500, 500], 3), part([0, 0], [100, 100])]
    assert burn_down(parts, terms("0.03", 4, mixed=True)) == (Decimal("0.25"), Decimal("0.25"))
