"""Rows: one number each, and whose it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from autonomic.cost.recipes import TOKEN_TYPE, Recipe
from autonomic.domain.readings import Sample, Unknown


@dataclass(frozen=True, slots=True)
class Row:
    """Money or a count, and whose: by dimension. `type` is the token's, `tokens` how many the money was for."""

    owner: Mapping[str, str]
    value: Decimal
    type: str = ""
    provider: str = ""
    tokens: Decimal = Decimal(0)


def mine(recipe: Recipe, samples: Iterable[Sample], only: tuple[str, ...] | None = None) -> list[Row] | Unknown:
    """The rows of this budget among those of its template; with `only`, held to the scope of these dimensions alone.

    A number that is none, is infinite or negative spoils them all: it is Unknown, and named.
    """
    wanted = {name: values for name, values in recipe.wanted if only is None or name in only}
    found = []
    for sample in samples:
        owner = {name: _first(sample, labels) for name, labels in recipe.labels}
        if any(owner[name] not in values for name, values in wanted.items()):
            continue
        value = _number(sample)
        if isinstance(value, Unknown):
            return value
        found.append(Row(owner, value, sample.labels.get(TOKEN_TYPE, ""), _first(sample, recipe.providers)))
    return found


def _first(sample: Sample, labels: Iterable[str]) -> str:
    return next((sample.labels[label] for label in labels if sample.labels.get(label)), "")


def _number(sample: Sample) -> Decimal | Unknown:
    try:
        value = Decimal(sample.value.replace("Inf", "Infinity"))
    except InvalidOperation:
        return Unknown("NotANumber", f"the server answered {sample.value!r} for {_named(sample)}")
    if not value.is_finite():
        return Unknown("NotANumber", f"the server answered {sample.value} for {_named(sample)}")
    if value < 0:
        return Unknown(
            "Negative", f"the server answered {sample.value} for {_named(sample)}: nothing is spent backwards"
        )
    return value


def _named(sample: Sample) -> str:
    shown = ", ".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()) if value)
    return f"{{{shown}}}"
