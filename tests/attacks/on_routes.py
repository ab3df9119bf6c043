"""Attacks on what a route works by: what it adopted, its status, and plans that would adopt something else."""

import json
from collections.abc import Callable
from typing import Any

from testbed.api import Api
from tests.attacks.attack import Attack
from tests.attacks.ground import Ground
from tests.attacks.on_plans import ADMINISTRATOR, MASTER, ROBOT
from tests.attacks.on_reviews import OPERATOR, OWNER
from tests.e2e.admission.proposals import GROUP
from tests.e2e.admission.writes import stamped
from tests.unit.cycle.routing.scene import route_spec

ADOPTED = f"{GROUP}/adopted-policy"
FORGED = json.dumps(route_spec(baseline="haiku", publish=[]))
_APPLY = "application/apply-patch+yaml"
_KIND = {"apiVersion": f"{GROUP}/v1alpha1", "kind": "AdaptiveRoute"}
WHO: tuple[tuple[str, Callable[[Ground], Api]], ...] = (
    (OWNER, lambda ground: ground.dave),
    (ROBOT, lambda ground: ground.robot),
    (ADMINISTRATOR, lambda ground: ground.admin),
    (MASTER, lambda ground: ground.root),
)


def _routes(namespace: str) -> str:
    return f"/apis/{GROUP}/v1alpha1/namespaces/{namespace}/adaptiveroutes"


def _annotated(text: str | None = FORGED, **meta: Any) -> dict[str, Any]:
    return {"metadata": {"annotations": {ADOPTED: text}, **meta}}


def _made(ground: Ground, namespace: str = "") -> str:
    """A new route of the yard, where dave has every verb, or of elsewhere."""
    where = _routes(namespace or ground.yard)
    made = ground.root.post(where, {**_KIND, "metadata": {"generateName": "triage-"}, "spec": route_spec()})
    return f"{where}/{made['metadata']['name']}"


def _patched(body: Any, part: str = "", kind: str = "merge-patch") -> Callable[[Api, str], object]:
    return lambda api, path: api.patch(path + part, body, kind)


def _put(api: Api, path: str) -> object:
    raw = api.get(path)
    raw["metadata"]["annotations"] = {ADOPTED: FORGED}
    return api.put(path, raw)


def _applied(api: Api, path: str) -> object:
    body = {**_KIND, "metadata": {"name": path.rpartition("/")[2], "annotations": {ADOPTED: FORGED}}}
    return api.request("PATCH", path, body, _APPLY, {"force": "true", "fieldManager": "autonomic"})


def _replaced(api: Api, path: str) -> object:
    """The same name, made again with what it never adopted."""
    api.delete(path)
    where, _, name = path.rpartition("/")
    made = {**_KIND, "metadata": {"name": name, "annotations": {ADOPTED: FORGED}}, "spec": route_spec()}
    return api.post(where, made)


_JSON = [{"op": "add", "path": "/metadata/annotations", "value": {ADOPTED: FORGED}}]
_READY = {"type": "Adopted", "status": "True", "reason": "Adopted", "lastTransitionTime": "2026-01-01T00:00:00Z"}
_STATUS = {"status": {"adoptedDigest": "sha256:" + "0" * 64, "conditions": [_READY]}}
_TRIED: tuple[tuple[str, Callable[[Api, str], object]], ...] = (
    ("forge what a route adopted, by merge patch", _patched(_annotated())),
    ("forge what a route adopted, by JSON patch", _patched(_JSON, kind="json-patch")),
    ("forge what a route adopted, by PUT", _put),
    ("forge what a route adopted, by apply as autonomic", _applied),
    ("make a route again with a policy adopted", _replaced),
    ("forge in its status that a route adopted", _patched(_STATUS, "/status")),
)


def _by(who: str, of: Callable[[Ground], Api], what: str, act: Callable[[Api, str], object]) -> Attack:
    return Attack(what, who, lambda ground: act(of(ground), _made(ground)))


def _changed(ground: Ground) -> object:
    """What the operator wrote, by the owner of the route."""
    path = _made(ground)
    ground.operator.patch(path, stamped(ground.installed, _annotated(json.dumps(route_spec()))))
    return ground.dave.patch(path, _annotated())


def _opted_out(ground: Ground) -> object:
    """Where nobody opted in."""
    path = _made(ground, "default")
    try:
        return ground.operator.patch(path, stamped(ground.installed, _annotated()))
    finally:
        ground.root.delete(path)


def _operator(body: dict[str, Any], **params: str) -> Callable[[Ground], object]:
    return lambda ground: ground.operator.patch(_made(ground), stamped(ground.installed, body), **params)


def _late(ground: Ground) -> object:
    return ground.operator.patch(
        _made(ground), {"metadata": {"annotations": {ADOPTED: FORGED, f"{GROUP}/epoch": "999999"}}}
    )


def _made_by_operator(ground: Ground) -> object:
    meta = {"generateName": "triage-", "annotations": {ADOPTED: FORGED}}
    return ground.operator.post(_routes(ground.yard), {**_KIND, "metadata": meta, "spec": route_spec()})


def _stripped(ground: Ground) -> object:
    path = _made(ground)
    ground.operator.patch(path, stamped(ground.installed, _annotated()))
    return ground.operator.patch(path, {"metadata": {"managedFields": [{}]}})


ON_ROUTES = [
    *(_by(who, of, what, act) for who, of in WHO for what, act in _TRIED),
    Attack("change what a route adopted", OWNER, _changed),
    Attack("adopt a policy in a namespace that did not opt in", OPERATOR, _opted_out),
    Attack("adopt a policy in the epoch of a leader to be", OPERATOR, _late),
    Attack("adopt a policy under another name", OPERATOR, _operator(_annotated(), fieldManager="kubectl")),
    Attack("change the spec of a route beside what it adopts", OPERATOR, _operator(
        {**_annotated(), "spec": {"baseline": "haiku"}})),
    Attack("let a route enforce", OPERATOR, _operator({"spec": {"mode": "Propose"}})),
    Attack("strip the times of what it adopts", OPERATOR, _stripped),
    Attack("make a route with a policy adopted", OPERATOR, _made_by_operator),
]  # fmt: skip
