"""What a contract's objectives count, together with those that its composites name in other contracts."""

from collections.abc import Callable, Iterable, Mapping

from autonomic.domain.contracts import SLAContract
from autonomic.publishing.rules import Measures
from autonomic.slo.indicators import Options, measure
from autonomic.slo.measures import Measure, Mix

Surroundings = Callable[[SLAContract], Options]
"""What surrounds the objectives of a contract: its tenant, and whether whole queries are allowed there."""


def measured(contract: SLAContract, contracts: Mapping[str, SLAContract], surroundings: Surroundings) -> Measures:
    """The measures by `contract/objective`; a part that is in none of the contracts is left out.

    `contracts` are by `namespace/name`. Raises Invalid that names the field, the value and the way out.
    """
    found = dict(_of(contract, surroundings))
    for name in _named(found.values()):
        other = contracts.get(f"{contract.metadata.namespace}/{name.partition('/')[0]}")
        if other and name not in found:
            found |= dict(_of(other, surroundings, only=name))
    return found


def relied_on(contract: SLAContract) -> frozenset[str]:
    """The names of the other contracts that its composites name."""
    parts = [part.objective for each in contract.spec.objectives for part in each.indicator.composite or ()]
    return frozenset(part.partition("/")[0] for part in parts if "/" in part) - {contract.metadata.name}


def _of(contract: SLAContract, surroundings: Surroundings, only: str = "") -> Iterable[tuple[str, Measure]]:
    for each in contract.spec.objectives:
        name = f"{contract.metadata.name}/{each.name}"
        if only in ("", name):
            yield name, measure(each, surroundings(contract))


def _named(measures: Iterable[Measure]) -> set[str]:
    return {part for each in measures if isinstance(each, Mix) for part, _ in each.parts}
