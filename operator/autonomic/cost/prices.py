"""What a model's tokens cost on a day: by the budget's own table first, then by the `genai-prices` library, offline.

A model whose price nobody knows is Unknown, with its name: it is never free.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache

from genai_prices import types
from genai_prices.data_snapshot import get_snapshot

from autonomic.domain.readings import Unknown
from autonomic.domain.spending import ModelPrice

LIBRARY_CURRENCY = "USD"
MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens cost. `exact` is False where some calls cost otherwise: by their length, or by the hour."""

    input: Decimal
    output: Decimal
    cached_input: Decimal
    exact: bool = True


def price(model: str, day: date, table: Sequence[ModelPrice], currency: str, provider: str = "") -> Price | Unknown:
    """The price on that day (UTC), in that currency. `provider` is as telemetry names it; empty where it does not."""
    if not model:
        return Unknown(
            "NoModel", "tokens were counted without the name of a model: label them, or set spend.labels.model"
        )
    own = [each for each in table if each.model == model and _holds(each, day)]
    if own:
        latest = max(own, key=lambda each: each.since)
        cached = latest.cached_input if latest.cached_input is not None else latest.input
        return Price(Decimal(latest.input), Decimal(latest.output), Decimal(cached))
    known = _known(model, provider, day)
    if known is None:
        return Unknown(
            "UnknownPrice", f"nobody knows the price of {_named(model, provider)} on {day}: {_way_out(model)}"
        )
    if currency != LIBRARY_CURRENCY:
        return Unknown(
            "WrongCurrency",
            f"the price of {_named(model, provider)} is known in {LIBRARY_CURRENCY} alone, the budget is in {currency}:"
            f" {_way_out(model)}",
        )
    return known


def _holds(entry: ModelPrice, day: date) -> bool:
    return entry.since <= day and (entry.until is None or day < entry.until)


def _named(model: str, provider: str) -> str:
    return f"model {model} of {provider}" if provider else f"model {model}"


def _way_out(model: str) -> str:
    return f"write it into spec.prices, with model: {model}"


@lru_cache(maxsize=4096)
def _known(model: str, provider: str, day: date) -> Price | None:
    """By the library's data as installed. Of several prices on one day, the dearest: what is asked is how long money lasts."""
    try:
        _, found = get_snapshot().find_provider_model(model, None, provider or None, None)
    except LookupError:
        return None
    prices = [_read(found.get_prices(datetime.combine(day, time(hour), UTC))) for hour in range(24)]
    known = [each for each in prices if each is not None]
    if len(known) < len(prices):
        return None
    return Price(
        max(each.input for each in known),
        max(each.output for each in known),
        max(each.cached_input for each in known),
        all(each.exact for each in known) and len(set(known)) == 1,
    )


def _read(found: types.ModelPrice) -> Price | None:
    """None where tokens of either direction have no price there."""
    if found.input_mtok is None or found.output_mtok is None:
        return None
    cached = found.cache_read_mtok if found.cache_read_mtok is not None else found.input_mtok
    parts = (found.input_mtok, found.output_mtok, cached)
    read, written, reread = (each.base if isinstance(each, types.TieredPrices) else each for each in parts)
    return Price(read, written, reread, exact=not any(isinstance(each, types.TieredPrices) for each in parts))
