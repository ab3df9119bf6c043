"""SLAContracts become OpenSLO documents: one SLO for each objective, with its SLI and its alert policies inside."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autonomic.domain.contracts import SLAContract
from autonomic.domain.objectives import Objective
from autonomic.openslo import annotations as kept
from autonomic.openslo.annotations import extras, key
from autonomic.openslo.library import API_VERSION
from autonomic.openslo.losses import Loss, shown
from autonomic.openslo.metadata import foreign_annotations, prefixed_labels, slo_metadata, unknown_annotations
from autonomic.openslo.names import label
from autonomic.openslo.policies import policies
from autonomic.openslo.slis import Sli, has_window, reads_back, sli
from autonomic.openslo.slos import slo_spec
from autonomic.openslo.targets import target_word

_KEPT = "OpenSLO has no word for it; it is kept in the annotation {}, which only an import of ours reads"
_NO_SLI = "OpenSLO has no such indicator, and an SLO without one is none: the objective is left out"
_OPEN = "OpenSLO has no word for the range of a query: other readers must put one in place of $window"
_OURS = "an annotation of ours on an SLO stands for a field of the contract, and this one for none: it is left out"
_LENGTH = "OpenSLO counts in whole minutes: the objective is left out"


@dataclass(frozen=True, slots=True)
class Exported:
    """OpenSLO documents, and what has no equivalent in them."""

    documents: tuple[dict[str, Any], ...]
    losses: tuple[Loss, ...]


def export_contract(contract: SLAContract) -> Exported:
    """The contract's SLOs, and every loss."""
    losses: list[Loss] = []
    shared = _of_the_contract(contract, losses)
    found = (_document(contract, objective, shared, losses) for objective in contract.spec.objectives)
    return Exported(tuple(each for each in found if each), tuple(losses))


def _of_the_contract(contract: SLAContract, losses: list[Loss]) -> dict[str, str]:
    """The annotations that every SLO of the contract carries."""
    named = {kept.CONTRACT: contract.metadata.name, kept.NAMESPACE: contract.metadata.namespace}
    named[kept.TARGET] = target_word(contract.spec.target_ref)
    said = {key(word): text for word, text in named.items() if text}
    for field, value in extras(contract.spec, kept.OF_A_CONTRACT):
        said |= _keep(contract, f"spec.{field}", field, value, losses)
    losses.extend(
        _loss(contract, f"metadata.annotations.{name}", contract.metadata.annotations[name], _OURS)
        for name in unknown_annotations(contract)
    )
    if labels := prefixed_labels(contract):
        said |= _keep(contract, "metadata.labels", kept.LABELS, labels, losses)
    return foreign_annotations(contract) | said


def _keep(contract: SLAContract, path: str, word: str, value: Any, losses: list[Loss]) -> dict[str, str]:
    """The annotation for what has no equivalent, which is named."""
    losses.append(_loss(contract, path, value, _KEPT.format(key(word))))
    return {key(word): kept.text(value)}


def _document(
    contract: SLAContract, objective: Objective, shared: dict[str, str], losses: list[Loss]
) -> dict[str, Any] | None:
    path, measured = f"spec.objectives[{objective.name}]", sli(objective.indicator)
    if measured is None:
        losses.append(_loss(contract, f"{path}.indicator", objective.indicator.wire(), _NO_SLI))
        return None
    name = label(f"{contract.metadata.name}-{objective.name}")
    spec = slo_spec(contract, objective, measured, name)
    if spec is None:
        losses.append(_loss(contract, f"{path}.window", str(objective.window), _LENGTH))
        return None
    alerts = policies(objective.tiers, name)
    said = dict(_of_the_objective(contract, objective, measured, alerts is None, losses))
    metadata = slo_metadata(contract, name) | {"annotations": shared | said}
    spec |= {"alertPolicies": alerts} if alerts else {}
    return {"apiVersion": API_VERSION, "kind": "SLO", "metadata": metadata, "spec": spec}


def _of_the_objective(
    contract: SLAContract, objective: Objective, measured: Sli, tiers_are_lost: bool, losses: list[Loss]
) -> Iterator[tuple[str, str]]:
    """The annotations of one objective."""
    path = f"spec.objectives[{objective.name}]"
    yield key(kept.OBJECTIVE), objective.name
    if not objective.alerting.windows:
        yield key(kept.ALERTING), objective.alerting.policy or "Default"
    elif tiers_are_lost:
        tiers = [tier.wire() for tier in objective.alerting.windows]
        yield from _keep(contract, f"{path}.alerting.windows", kept.WINDOWS, tiers, losses).items()
    for field, value in extras(objective, kept.OF_AN_OBJECTIVE):
        yield from _keep(contract, f"{path}.{field}", field, value, losses).items()
    for field, value in extras(objective.alerting, kept.OF_ALERTING):
        yield from _keep(contract, f"{path}.alerting.{field}", field, value, losses).items()
    if has_window(measured.spec):
        losses.append(_loss(contract, f"{path}.indicator", objective.indicator.wire(), _OPEN))
    if not reads_back(measured, objective.indicator):
        yield key(kept.INDICATOR), kept.text(objective.indicator.wire())


def _loss(contract: SLAContract, path: str, value: Any, why: str) -> Loss:
    return Loss(f"SLAContract {contract.key}", path, shown(value), why)
