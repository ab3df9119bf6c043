"""From counted tokens to money."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from autonomic.cost.owners import Row
from autonomic.cost.prices import MILLION, Price, price
from autonomic.cost.recipes import CACHED
from autonomic.domain.readings import Unknown
from autonomic.domain.spending import ModelPrice

_Whose = tuple[tuple[tuple[str, str], ...], str]


@dataclass
class Rates:
    """The prices that a budget goes by; `inexact` gathers the models that were priced without knowing all of a call."""

    table: Sequence[ModelPrice]
    currency: str
    inexact: set[str] = field(default_factory=set)

    def of(self, model: str, provider: str, day: date) -> Price | Unknown:
        """The price of a model on a day."""
        found = price(model, day, self.table, self.currency, provider)
        if isinstance(found, Price) and not found.exact:
            self.inexact.add(model)
        return found


def cost(rows: Iterable[Row], day: date, rates: Rates) -> list[Row] | Unknown:
    """What each owner's tokens cost at that day's prices; no tokens of a model need no price.

    Cached tokens are a part of the input: they cost their own price, and the rest of the input costs that of input.
    """
    counted: dict[_Whose, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in rows:
        counted[tuple(sorted(row.owner.items())), row.provider][kind_of(row)] += row.value
    found = []
    for (owner, provider), tokens in counted.items():
        one = _one(dict(owner), provider, tokens, day, rates)
        if isinstance(one, Unknown):
            return one
        found.append(one)
    return found


def added(kind: str, at: Price) -> Decimal:
    """What one more token of that type costs; one that was cached is counted among those of the input as well."""
    each = {"input": at.input, "output": at.output, "cached": at.cached_input - at.input}
    return each.get(kind, Decimal(0)) / MILLION


def kind_of(row: Row) -> str:
    """The type of the row's tokens, by which they are priced."""
    return "cached" if row.type in CACHED else row.type


def _one(owner: dict[str, str], provider: str, tokens: dict[str, Decimal], day: date, rates: Rates) -> Row | Unknown:
    model = owner.get("model", "")
    read, written, cached = (
        tokens.get("input", Decimal(0)),
        tokens.get("output", Decimal(0)),
        tokens.get("cached", Decimal(0)),
    )
    if not (read or written or cached):
        return Row(owner, Decimal(0))
    if cached > read:
        return Unknown(
            "TokensOverlap",
            f"model {model}: {cached} cached tokens are more than the {read} of input that they should be a part of: select"
            " the token types that add up in spend.genAI.selector",
        )
    each = rates.of(model, provider, day)
    if isinstance(each, Unknown):
        return each
    amount = sum((number * added(kind, each) for kind, number in tokens.items()), Decimal(0))
    return Row(owner, amount, provider=provider, tokens=read + written)
