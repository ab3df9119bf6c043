"""OpenSLO documents become SLAContracts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import Invalid
from autonomic.domain.words import API_VERSION
from autonomic.openslo import annotations as kept
from autonomic.openslo.annotations import Annotations
from autonomic.openslo.library import Library
from autonomic.openslo.losses import Loss
from autonomic.openslo.metadata import metadata
from autonomic.openslo.node import Node
from autonomic.openslo.objectives import objectives
from autonomic.openslo.refusals import sentence
from autonomic.openslo.targets import target_ref


@dataclass(frozen=True, slots=True)
class Imported:
    """Contracts as manifests, and what has no equivalent in them."""

    manifests: tuple[dict[str, Any], ...]
    losses: tuple[Loss, ...]


@dataclass(slots=True)
class _Draft:
    """A contract while its SLOs are gathered: an export writes one for each objective."""

    slo: Node
    metadata: dict[str, Any]
    spec: dict[str, Any]
    objectives: list[dict[str, Any]] = field(default_factory=list)


def import_contracts(
    texts: Iterable[tuple[str, str]], target: str | None = None, namespace: str | None = None
) -> Imported:
    """The contracts of all SLOs in `texts`, (file, YAML), and every loss. `target` and `namespace` win over annotations.

    Raises Invalid that names file, document and field.
    """
    library = Library(texts)
    drafts: dict[tuple[str | None, str], _Draft] = {}
    for slo in library.of("SLO"):
        draft = _draft(slo, library, target, namespace)
        if draft.objectives:
            first = drafts.setdefault((draft.metadata.get("namespace"), draft.metadata["name"]), draft)
            _join(first, draft)
    manifests = tuple(_manifest(draft) for draft in drafts.values())
    return Imported(manifests, tuple(dict.fromkeys(library.losses())))


def _draft(slo: Node, library: Library, target: str | None, namespace: str | None) -> _Draft:
    annotations = Annotations(slo.need("metadata"))
    reference = _target(slo, annotations, target)
    return _Draft(
        slo,
        metadata(slo, annotations, reference["name"], namespace),
        {"targetRef": reference, **annotations.fields(kept.OF_A_CONTRACT)},
        objectives(slo, annotations, library),
    )


def _target(slo: Node, annotations: Annotations, target: str | None) -> dict[str, Any]:
    word = annotations.text(kept.TARGET)
    if target or word:
        place = "--target" if target else f"{slo.document}: metadata.annotations.{kept.key(kept.TARGET)}"
        return target_ref(target or word or "", place)
    raise Invalid(
        f"{slo.document}: names no workload: give --target deployment/NAME,"
        f" or write the annotation {kept.key(kept.TARGET)}: deployment/NAME"
    )


def _join(first: _Draft, draft: _Draft) -> None:
    """The objectives of a further SLO of the same contract, if it says the same of the contract itself."""
    if draft is first:
        return
    if (draft.metadata, draft.spec) != (first.metadata, first.spec):
        raise Invalid(
            f"{draft.slo.document}: metadata: is of the same contract as {first.slo.document} and says otherwise of it:"
            f" give both the same labels and annotations, or another {kept.key(kept.CONTRACT)}"
        )
    first.objectives += draft.objectives


def _manifest(draft: _Draft) -> dict[str, Any]:
    manifest = {
        "apiVersion": API_VERSION,
        "kind": SLAContract.names.kind,
        "metadata": draft.metadata,
        "spec": draft.spec | {"objectives": draft.objectives},
    }
    try:
        SLAContract.read(manifest)
    except ValidationError as error:
        raise Invalid(f"{draft.slo.document}: as a contract: {sentence(error)}") from error
    return manifest
