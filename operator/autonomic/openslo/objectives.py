"""Objectives out of an SLO."""

from typing import Any

from pydantic import ValidationError

from autonomic.domain.errors import Invalid
from autonomic.domain.indicators import Indicator
from autonomic.domain.objectives import Objective
from autonomic.openslo.annotations import (
    ALERTING,
    INDICATOR,
    OBJECTIVE,
    OF_ALERTING,
    OF_AN_OBJECTIVE,
    WINDOWS,
    Annotations,
    structure,
)
from autonomic.openslo.budgets import budget, target
from autonomic.openslo.indicators import indicator
from autonomic.openslo.library import Library
from autonomic.openslo.names import label, told_apart
from autonomic.openslo.node import Inconvertible, Node
from autonomic.openslo.policies import tiers
from autonomic.openslo.refusals import sentence
from autonomic.openslo.slis import sli
from autonomic.openslo.windows import window

_NO_POLICIES = (
    "; without policies the usual alert tiers apply: where those do not fit, give alertPolicies with a lower threshold"
)


def objectives(slo: Node, annotations: Annotations, library: Library) -> list[dict[str, Any]]:
    """The objectives of an SLO document, as a contract writes them; what can not be converted is named and left out.

    Raises Invalid.
    """
    spec = slo.need("spec")
    given = spec.need("objectives").each()
    try:
        shared = {"window": window(spec), "windows": _windows(spec, annotations, library)}
    except Inconvertible as error:
        spec.dismiss(error.loss)
        return []
    names = _names(slo, given, annotations)
    written = (
        _objective(spec, each, name, shared, annotations, library) for each, name in zip(given, names, strict=True)
    )
    return [objective for objective in written if objective]


def _names(slo: Node, given: tuple[Node, ...], annotations: Annotations) -> list[str]:
    """Ours, where it was kept; else of what is shown, or of the SLO, or by number."""
    kept = annotations.text(OBJECTIVE)
    shown = [each.get("displayName") for each in given]
    if kept and len(given) == 1:
        return [kept]
    fallback = [f"objective-{number}" for number in range(1, len(given) + 1)]
    if len(given) == 1:
        fallback = [label(slo.need("metadata").need("name").text())]
    return told_apart([label(node.text()) if node else name for node, name in zip(shown, fallback, strict=True)])


def _windows(spec: Node, annotations: Annotations, library: Library) -> list[dict[str, Any]]:
    """Alert tiers: of the policies, or as they were kept."""
    kept = annotations.get(WINDOWS)
    return tiers(spec.get("alertPolicies"), library) or (list(structure(kept)) if kept else [])


def _objective(
    spec: Node, given: Node, name: str, shared: dict[str, Any], annotations: Annotations, library: Library
) -> dict[str, Any] | None:
    try:
        source = _sli(spec, given, library)
        measured = _indicator(source, given, annotations, library)
        counted = budget(spec, given, is_gauge=source.get("thresholdMetric") is not None)
        promised = target(given)
    except Inconvertible as error:
        given.dismiss(error.loss)
        return None
    if weight := given.get("compositeWeight"):
        weight.lose(
            "a composite has a target of its own, which OpenSLO does not give: write one beside these objectives"
        )
    fields = {"name": name, "target": promised, "window": shared["window"], **counted, "indicator": measured}
    fields |= annotations.fields(OF_AN_OBJECTIVE)
    alerting = annotations.fields(OF_ALERTING)
    return _alerted(fields, alerting, shared["windows"], annotations, given)


def _sli(spec: Node, given: Node, library: Library) -> Node:
    """The spec of the SLI: the SLO's, or the objective's own in a composite."""
    holder = spec if spec.get("indicator") or spec.get("indicatorRef") else given
    inline, reference = holder.get("indicator"), holder.get("indicatorRef")
    if (inline is None) == (reference is None):
        raise holder.wrong("give indicator or indicatorRef, one of them")
    if reference:
        return library.referred(reference, "SLI").need("spec")
    assert inline is not None  # noqa: S101 - one of the two
    if metadata := inline.get("metadata"):
        metadata.get("name")
    return inline.need("spec")


def _indicator(measured: Node, given: Node, annotations: Annotations, library: Library) -> dict[str, Any]:
    """The indicator as it was kept, while the SLI is still what it was exported as; else out of the SLI."""
    kept = annotations.get(INDICATOR)
    if kept is None:
        return indicator(measured, given, library)
    try:
        was = Indicator.model_validate(structure(kept))
    except ValidationError as error:
        raise kept.wrong(f"{sentence(error)}; leave the annotation out") from error
    exported = sli(was)
    bound = {field: given.value.get(field) for field in ("op", "value") if field in given.value}
    if exported is None or exported.spec != measured.value or exported.bound != bound:
        kept.lose("the SLI is no longer what was exported with it: the SLI counts")
        return indicator(measured, given, library)
    measured.accept()
    for field in bound:
        given.get(field)
    return was.wire()


def _alerted(
    fields: dict[str, Any],
    alerting: dict[str, Any],
    windows: list[dict[str, Any]],
    annotations: Annotations,
    given: Node,
) -> dict[str, Any]:
    """The objective with its tiers; with the policy that gave them, while they are still what it gives."""
    policy = annotations.text(ALERTING)
    by_policy = alerting | ({"policy": policy} if policy == "Workbook" else {})
    if policy or not windows:
        objective = _checked(fields | ({"alerting": by_policy} if by_policy else {}), given)
        if not windows or [tier.wire() for tier in objective.tiers] == windows:
            return objective.model_dump(mode="json", by_alias=True, exclude_unset=True)
    objective = _checked(fields | {"alerting": alerting | {"windows": windows}}, given)
    return objective.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _checked(fields: dict[str, Any], given: Node) -> Objective:
    try:
        return Objective.model_validate(fields)
    except ValidationError as error:
        way_out = "" if "windows" in fields.get("alerting", {}) else _NO_POLICIES
        raise Invalid(
            f"{given.document}: {given.path}: as an objective of a contract: {sentence(error)}{way_out}"
        ) from error
