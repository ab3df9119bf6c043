"""Metric sources: where a query comes from. Only Prometheus is understood."""

from autonomic.openslo.library import Library
from autonomic.openslo.node import Inconvertible, Node

_PROMETHEUS = "prometheus"
_CONNECTION = "is a setting of the operator, not of a contract"


def query(metric: Node, library: Library) -> Node:
    """The PromQL of a metric. Raises Invalid; Inconvertible for another system's."""
    source = metric.need("metricSource")
    _check_type(source, library)
    spec = source.need("spec")
    found = spec.get("query") or spec.get("promql")
    if found is None:
        raise spec.wrong("write the PromQL as query")
    found.text()
    return found


def _check_type(source: Node, library: Library) -> None:
    kind, reference = source.get("type"), source.get("metricSourceRef")
    if reference and kind and library.find("DataSource", reference.text()) is None:
        reference.lose(_CONNECTION)
    elif reference:
        kind = kind or _data_source(library.referred(reference, "DataSource"))
    if kind is None:
        raise source.wrong("write type: Prometheus, or a metricSourceRef that names a DataSource")
    if kind.text().lower() != _PROMETHEUS:
        raise Inconvertible(kind.lost("only metrics of Prometheus are understood"))


def _data_source(document: Node) -> Node:
    spec = document.need("spec")
    if connection := spec.get("connectionDetails"):
        connection.lose(_CONNECTION)
    return spec.need("type")
