"""Rows whose target is a route: ShiftTraffic and Reroute of HTTPRoutes and GRPCRoutes."""

from tests.contract.actions.row import Manifest, Row, manifest

_LARGE, _SMALL = (f"/spec/rules/1/backendRefs/[name={name}]/weight" for name in ("large", "small"))


def route(kind: str, name: str) -> Manifest:
    """A route of two rules; the second one sends nine of ten requests to one backend."""
    shared = [{"name": "large", "port": 80, "weight": 90}, {"name": "small", "port": 80, "weight": 10}]
    rules = [{"backendRefs": [{"name": "large", "port": 80, "weight": 7}]}, {"backendRefs": shared}]
    return manifest("gateway.networking.k8s.io/v1", kind, name, spec={"rules": rules})


def _unfit() -> tuple[tuple[Manifest, str], ...]:
    twice = [{"name": "large", "weight": 1}, {"name": "small", "weight": 1}, {"name": "small", "port": 81}]
    return (
        ({"spec": {"rules": []}}, "has no rule 1"),
        ({"spec": {"rules": [{}, {"backendRefs": [{"name": "large"}]}]}}, "has no backend small; it has large"),
        ({"spec": {"rules": [{}, {"backendRefs": twice}]}}, "names a backend twice"),
        ({"kind": "Ingress"}, "traffic is moved on HTTPRoutes and GRPCRoutes"),
    )


def _shift(kind: str) -> Row:
    weights = {"large": 50, "small": 50}
    return Row(
        name=f"ShiftTraffic {kind}",
        permitted={"type": "ShiftTraffic", "shiftTraffic": {"rule": 1, "weights": weights}},
        target=lambda name: route(kind, name),
        changes={_LARGE: (90, 50), _SMALL: (10, 50)},
        theirs=33,
        says="shift traffic (large 90 -> 50, small 10 -> 50)",
        unfit=_unfit(),
    )


def _reroute(kind: str) -> Row:
    return Row(
        name=f"Reroute {kind}",
        permitted={"type": "Reroute", "reroute": {"rule": 1, "source": "large", "destination": "small"}},
        target=lambda name: route(kind, name),
        changes={_LARGE: (90, 0), _SMALL: (10, 100)},
        theirs=33,
        says="reroute from large to small (large 90 -> 0, small 10 -> 100)",
        unfit=_unfit(),
    )


ROWS = tuple(make(kind) for make in (_shift, _reroute) for kind in ("HTTPRoute", "GRPCRoute"))
