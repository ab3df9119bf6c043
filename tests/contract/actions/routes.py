"""Rows whose target is a route: ShiftTraffic and Reroute of HTTPRoutes, GRPCRoutes and AIGatewayRoutes."""

from tests.contract.actions.row import Manifest, Row, manifest

_VERSIONS = {"AIGatewayRoute": "aigateway.envoyproxy.io/v1beta1"}
_LARGE, _SMALL = (f"/spec/rules/1/backendRefs/[name={name}]/weight" for name in ("large", "small"))


def route(kind: str, name: str) -> Manifest:
    """A route of two rules; the second one sends nine of ten requests to one backend."""
    where = {"port": 80} if kind in ("HTTPRoute", "GRPCRoute") else {"modelNameOverride": "it"}
    shared = [{"name": "large", **where, "weight": 90}, {"name": "small", **where, "weight": 10}]
    rules = [{"backendRefs": [{"name": "large", **where, "weight": 7}]}, {"backendRefs": shared}]
    return manifest(_VERSIONS.get(kind, "gateway.networking.k8s.io/v1"), kind, name, spec={"rules": rules})


def _unfit() -> tuple[tuple[Manifest, str], ...]:
    maker = {"apiVersion": "aigateway.envoyproxy.io/v1beta1", "kind": "AIGatewayRoute", "name": "models", "uid": "it"}
    refs = [{"name": "large", "weight": 1}, {"name": "small", "weight": 1}]
    ordered = [refs[0], {**refs[1], "priority": 1}]
    twice = [{"name": "large", "weight": 1}, {"name": "small", "weight": 1}, {"name": "small", "port": 81}]
    return (
        ({"spec": {"rules": []}}, "has no rule 1"),
        ({"spec": {"rules": [{}, {"backendRefs": [{"name": "large"}]}]}}, "has no backend small; it has large"),
        ({"spec": {"rules": [{}, {"backendRefs": twice}]}}, "names a backend twice"),
        ({"spec": {"rules": [{}, {"backendRefs": ordered}]}}, "orders its backends by priority"),
        (
            {"spec": {"rules": [{}, {"backendRefs": refs, "name": "other"}]}},
            "rule 1 is another one than when the plan was made",
        ),
        ({"metadata": {"ownerReferences": [{**maker, "controller": True}]}}, "set targetRef to that AIGatewayRoute"),
        ({"kind": "Ingress"}, "traffic is moved on HTTPRoutes, GRPCRoutes and AIGatewayRoutes"),
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


ROWS = tuple(make(kind) for make in (_shift, _reroute) for kind in ("HTTPRoute", "GRPCRoute", "AIGatewayRoute"))
