"""What a model's tokens cost on a day."""

import socket
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from autonomic.cost.prices import Price, price
from autonomic.domain.readings import Unknown
from autonomic.domain.spending import ModelPrice

DAY = date(2026, 11, 23)


def own(model: str = "house-llm", **more: Any) -> ModelPrice:
    return ModelPrice.model_validate({"model": model, "from": "2026-11-01", "input": "2", "output": "8", **more})


def test_the_budgets_own_table_wins_over_the_library() -> None:
    found = price("gpt-4o", DAY, [own("gpt-4o")], "USD")
    assert found == Price(Decimal(2), Decimal(8), Decimal(2))


def test_the_latest_entry_that_holds_on_the_day_counts() -> None:
    table = [
        own(),
        own(**{"from": "2026-11-20", "input": "1", "cachedInput": "0.1"}),
        own(**{"from": "2026-12-01", "input": "9"}),
    ]
    found = price("house-llm", DAY, table, "USD")
    assert found == Price(Decimal(1), Decimal(8), Decimal("0.1"))
    assert price("house-llm", date(2026, 11, 19), table, "USD") == Price(Decimal(2), Decimal(8), Decimal(2))


def test_an_entry_ends_before_its_until() -> None:
    table = [own(until="2026-11-23")]
    assert isinstance(price("house-llm", date(2026, 11, 22), table, "USD"), Price)
    assert isinstance(price("house-llm", DAY, table, "USD"), Unknown)


def test_a_model_whose_price_nobody_knows_is_named_and_never_free() -> None:
    found = price("house-llm", DAY, [], "USD", "vllm")
    assert isinstance(found, Unknown)
    assert found.reason == "UnknownPrice"
    assert found.message == (
        "nobody knows the price of model house-llm of vllm on 2026-11-23: write it into spec.prices, with model: house-llm"
    )


def test_tokens_without_the_name_of_a_model_have_no_price() -> None:
    found = price("", DAY, [], "USD")
    assert isinstance(found, Unknown)
    assert found.reason == "NoModel"


def test_the_library_is_asked_without_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a price was looked up in the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert price("gpt-4o", DAY, [], "USD", "openai") == Price(Decimal("2.5"), Decimal(10), Decimal("1.25"))
    assert price("gpt-4o-2024-11-20", DAY, [], "USD") == Price(Decimal("2.5"), Decimal(10), Decimal("1.25"))


def test_the_library_s_prices_are_of_their_day() -> None:
    june, july = (price("o3", date(2025, month, day), [], "USD", "openai") for month, day in ((6, 9), (6, 10)))
    assert isinstance(june, Price)
    assert isinstance(july, Price)
    assert (june.input, july.input) == (Decimal(10), Decimal(2))


def test_a_price_that_hangs_on_the_hour_is_the_dearest_and_says_that_it_is_not_exact() -> None:
    found = price("deepseek-v4-flash", DAY, [], "USD", "deepseek")
    assert isinstance(found, Price)
    assert (found.output, found.exact) == (Decimal("1.2"), False)


def test_the_library_s_dollars_are_no_euros() -> None:
    found = price("gpt-4o", DAY, [], "EUR")
    assert isinstance(found, Unknown)
    assert found.reason == "WrongCurrency"
    assert "write it into spec.prices" in found.message
