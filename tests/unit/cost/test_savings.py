"""What a step saves, expected and measured; calculated by hand."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from autonomic.cost.money import money
from autonomic.cost.prices import Price
from autonomic.cost.savings import Saving, downgrade, measured
from autonomic.cost.spend import Figures
from autonomic.cost.windows import Stretch
from autonomic.domain.readings import Unknown

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def hour(amount: str, tasks: str | None = None, tokens: str | None = None) -> Figures:
    return Figures(
        Stretch(AT - timedelta(hours=1), AT),
        Decimal(amount),
        *(Decimal(each) if each else None for each in (tasks, tokens)),
    )


def amount(found: Saving | Unknown) -> Decimal:
    assert isinstance(found, Saving), found
    return found.daily


def test_a_downgrade_saves_by_the_direction_that_saves_less() -> None:
    dear, cheap = (Price(Decimal(into), Decimal(out), Decimal(0)) for into, out in (("10", "30"), ("1", "15")))
    found = downgrade(hour("2"), Decimal("0.5"), dear, cheap, "USD")
    assert str(found) == "12.00 USD a day (50% of the spend at 0.50 of the price)"


def test_a_free_model_can_not_be_undercut() -> None:
    free = Price(Decimal(0), Decimal(0), Decimal(0))
    assert downgrade(hour("2"), Decimal(1), free, free, "USD").daily == 0


def test_less_work_is_no_saving() -> None:
    assert amount(measured(hour("10", "100"), hour("5", "50"), "USD")) == 0


def test_a_cheaper_task_saves_even_where_more_is_spent() -> None:
    found = measured(hour("10", "100"), hour("12", "200"), "USD")
    assert amount(found) == Decimal("0.04") * 200 * 24
    assert str(found) == "192.00 USD a day (a task cost 0.10 USD, now 0.06 USD)"


def test_tokens_stand_in_where_nothing_counts_tasks() -> None:
    found = amount(measured(hour("10", None, "1000"), hour("5", None, "1000"), "USD"))
    assert found.quantize(Decimal("0.01")) == 120


def test_without_traffic_nothing_is_known_of_a_saving() -> None:
    assert isinstance(measured(hour("10", "100"), hour("0", "0"), "USD"), Unknown)
    assert isinstance(measured(hour("10"), hour("1"), "USD"), Unknown)


def test_money_is_written_so_that_little_is_not_nothing() -> None:
    written = [money(Decimal(each), "USD") for each in ("1234.5", "0", "0.00123", "0.0000999", "-3.005")]
    assert written == ["1234.50 USD", "0.00 USD", "0.0012 USD", "0.0001 USD", "-3.00 USD"]
