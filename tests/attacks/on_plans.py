"""Attacks on what plans are: their status, metadata and spec; making them, taking them away, making them again."""

from collections.abc import Callable
from typing import Any

import requests

from testbed.api import Api, ApiError
from tests.attacks.attack import Attack, Harmless
from tests.attacks.ground import Ground
from tests.e2e.admission.proposals import Proposal, plan_document, plans_path, times_to_come

EDITOR = "dave, who has every ordinary verb on plans"
APPROVER = "alice, who may approve"
ADMINISTRATOR = "a cluster-admin"
MASTER = "a member of system:masters"
ROBOT = "a ServiceAccount that is cluster-admin"
WHO: dict[str, Callable[[Ground], Api]] = {
    EDITOR: lambda ground: ground.dave,
    APPROVER: lambda ground: ground.alice,
    ADMINISTRATOR: lambda ground: ground.admin,
    MASTER: lambda ground: ground.root,
    ROBOT: lambda ground: ground.robot,
}
_APPLY = "application/apply-patch+yaml"
_GONE = [{"apiVersion": "v1", "kind": "ConfigMap", "name": "gone", "uid": "no-such-uid"}]
_STATUS = {"status": {"phase": "Approved"}}


def applied(api: Api, path: str, plan: Proposal, content: dict[str, Any]) -> None:
    """A server-side apply, by force."""
    kind = {"apiVersion": "autonomic.maestro.dev/v1alpha1", "kind": "AdaptationPlan"}
    body = {**kind, "metadata": {"name": plan.name, **content.pop("metadata", {})}, **content}
    api.request("PATCH", path, body, _APPLY, {"force": "true", "fieldManager": "me"})


def replaced(api: Api, path: str, plan: Proposal, **fields: Any) -> None:
    """A PUT of the whole plan with other fields."""
    api.put(path, {**plan.read(), **fields})


def _patched(body: Any, part: str = "", kind: str = "merge-patch") -> Callable[[Api, Proposal], object]:
    return lambda api, plan: api.patch(plan.path + part, body, kind)


def _beside_a_review(api: Api, plan: Proposal) -> None:
    api.patch(plan.path, {"spec": {"reviews": [plan.review()]}, **_STATUS})
    if plan.read().get("status", {}).get("phase", "Proposed") == "Proposed":
        raise Harmless("the review counts, the status is as it was")


def _forged(path: str, value: object) -> list[dict[str, Any]]:
    return [{"op": "add", "path": path, "value": value}]


def _time_of_reviews() -> dict[str, Any]:
    return {**times_to_come(1)[0], "fieldsV1": {"f:spec": {"f:reviews": {}}}}


_FINISHED = {"type": "Finished", "status": "True", "reason": "Succeeded", "lastTransitionTime": "2026-01-01T00:00:00Z"}
ON_STATUS: list[tuple[str, str, Callable[[Api, Proposal], object]]] = [
    ("forge the status, by merge patch", EDITOR, _patched(_STATUS, "/status")),
    (
        "forge the status, by JSON patch",
        EDITOR,
        _patched(_forged("/status", _STATUS["status"]), "/status", "json-patch"),
    ),
    ("forge the status, by PUT", EDITOR, lambda api, plan: replaced(api, f"{plan.path}/status", plan, **_STATUS)),
    ("forge the status, by apply", EDITOR, lambda api, plan: applied(api, f"{plan.path}/status", plan, dict(_STATUS))),
    ("forge that it is finished", EDITOR, _patched({"status": {"conditions": [_FINISHED]}}, "/status")),
    ("forge the status", APPROVER, _patched(_STATUS, "/status")),
    ("forge the status", ADMINISTRATOR, _patched(_STATUS, "/status")),
    ("forge the status", MASTER, _patched(_STATUS, "/status")),
    ("forge the status beside a review", APPROVER, _beside_a_review),
]
ON_METADATA: list[tuple[str, str, Callable[[Api, Proposal], object]]] = [
    ("forge labels", EDITOR, _patched({"metadata": {"labels": {"a": "b"}}})),
    ("forge annotations", EDITOR, _patched({"metadata": {"annotations": {"autonomic.maestro.dev/last-editor": "x"}}})),
    ("forge annotations", APPROVER, _patched({"metadata": {"annotations": {"a": "b"}}})),
    ("forge annotations, by apply", EDITOR, lambda api, plan: applied(
        api, plan.path, plan, {"metadata": {"annotations": {"a": "b"}}})),
    ("forge a dangling owner, to have it collected", EDITOR, _patched({"metadata": {"ownerReferences": _GONE}})),
    ("forge a dangling owner", ADMINISTRATOR, _patched({"metadata": {"ownerReferences": _GONE}})),
    ("add a finalizer, to keep it for ever", EDITOR, _patched({"metadata": {"finalizers": ["example.com/held"]}})),
    ("add a finalizer", MASTER, _patched({"metadata": {"finalizers": ["example.com/held"]}})),
    ("strip managedFields, so that no review has a time", EDITOR, _patched({"metadata": {"managedFields": [{}]}})),
    ("forge times to come in managedFields, so that nobody can deny", EDITOR, _patched(
        {"metadata": {"managedFields": times_to_come()}})),
    ("forge times to come in managedFields, so that nobody can deny", APPROVER, _patched(
        {"metadata": {"managedFields": times_to_come()}})),
    ("forge a time to come of the reviews", EDITOR, lambda api, plan: api.patch(plan.path, {"metadata": {
        "managedFields": [*plan.read()["metadata"]["managedFields"], _time_of_reviews()]}})),
    ("set the time of the operator's write back", EDITOR, lambda api, plan: api.patch(plan.path, {"metadata": {
        "managedFields": [{**each, "time": "2001-01-01T00:00:00Z"} for each in plan.read()["metadata"]["managedFields"]],
        "annotations": {"a": "b"}}})),
    ("write metadata through the status", EDITOR, _patched({"metadata": {"labels": {"a": "b"}}}, "/status")),
]  # fmt: skip
ON_SPEC: list[tuple[str, str, Callable[[Api, Proposal], object]]] = [
    ("change what is done", EDITOR, _patched(_forged("/spec/actions/0/scale/replicas", 40), kind="json-patch")),
    ("change what is done", APPROVER, _patched(_forged("/spec/actions/0/scale/replicas", 40), kind="json-patch")),
    ("change what it is done to", EDITOR, _patched(_forged("/spec/actions/0/targetRef/name", "db"), kind="json-patch")),
    ("change the target's uid", EDITOR, _patched(_forged("/spec/actions/0/targetRef/uid", "other"), kind="json-patch")),
    ("add a step", EDITOR, lambda api, plan: api.patch(
        plan.path, _forged("/spec/actions/-", plan.read()["spec"]["actions"][0]), "json-patch")),
    ("change the digest", EDITOR, _patched({"spec": {"digest": "sha256:" + "0" * 64}})),
    ("put the expiry off", EDITOR, _patched({"spec": {"expiresAt": "2100-01-01T00:00:00Z"}})),
    ("say that no person is needed", EDITOR, _patched({"spec": {"requiresPerson": False}})),
    ("say that no person is needed", ADMINISTRATOR, _patched({"spec": {"requiresPerson": False}})),
    ("say that no person is needed, by PUT", EDITOR, lambda api, plan: replaced(
        api, plan.path, plan, spec={**plan.read()["spec"], "requiresPerson": False})),
    ("say that no person is needed, by apply", EDITOR, lambda api, plan: applied(
        api, plan.path, plan, {"spec": {"requiresPerson": False}})),
]  # fmt: skip


def _create(who: str) -> Attack:
    return Attack("create a plan", who, lambda ground: WHO[who](ground).post(plans_path(ground.shop), plan_document()))


def _copied(ground: Ground) -> None:
    spec = {**ground.plan().read()["spec"], "requiresPerson": False, "reviews": []}
    ground.dave.post(plans_path(ground.shop), {**plan_document(), "spec": spec})


def _by_put(ground: Ground) -> None:
    document = plan_document(name="plan-by-put")
    try:
        ground.dave.put(f"{plans_path(ground.shop)}/plan-by-put", document)
    except ApiError as problem:
        if problem.status == requests.codes.not_found:
            raise Harmless(f"nothing is made by PUT: {problem}") from problem
        raise


def _by_apply(ground: Ground) -> None:
    document = plan_document(name="plan-by-apply")
    query = {"fieldManager": "me"}
    ground.dave.request("PATCH", f"{plans_path(ground.shop)}/plan-by-apply", document, _APPLY, query)


def _reviewed(ground: Ground) -> None:
    document = plan_document()
    review = {"decision": "Approved", "by": "alice@example.com", "digest": document["spec"]["digest"]}
    document["spec"]["reviews"] = [review]
    ground.operator.post(plans_path(ground.shop), document)


def _delete_and_create(ground: Ground) -> None:
    plan = ground.plan()
    document = {**plan_document(name=plan.name), "spec": {**plan.read()["spec"], "requiresPerson": False}}
    plan.becomes("Succeeded", finished=True)
    ground.dave.delete(plan.path)
    ground.dave.post(plans_path(ground.shop), document)


def _stale_screen(ground: Ground) -> None:
    seen = ground.plan()
    ground.operator.delete(seen.path)
    ground.operator.post(plans_path(ground.shop), plan_document(name=seen.name))
    seen.add(ground.alice)


def _collection(ground: Ground) -> None:
    ground.plan()
    ground.dave.delete(plans_path(ground.shop))


MAKING = [
    *(_create(who) for who in WHO),
    Attack("create a plan with the digest and spec of one that was read", EDITOR, _copied),
    Attack("create a plan, by PUT to a name that is free", EDITOR, _by_put),
    Attack("create a plan, by apply", EDITOR, _by_apply),
    Attack("create a plan", "dave, who has every verb in the namespace", lambda ground: ground.dave.post(
        plans_path(ground.yard), plan_document())),
    Attack("create a plan that is approved already", "the operator", _reviewed),
    Attack("create a plan where nobody opted in", "the operator", lambda ground: ground.operator.post(
        plans_path("default"), plan_document())),
    Attack("delete a finished plan and create it again under its name", EDITOR, _delete_and_create),
    Attack("approve what was read, after it was deleted and made again under its name", APPROVER, _stale_screen),
    Attack("delete a plan that is not finished", EDITOR, lambda ground: ground.dave.delete(ground.plan().path)),
    Attack("delete all plans of the namespace", EDITOR, _collection),
]  # fmt: skip


def _on_a_plan(what: str, who: str, attempt: Callable[[Api, Proposal], object]) -> Attack:
    return Attack(what, who, lambda ground: attempt(WHO[who](ground), ground.plan()))


ON_PLANS = [*(_on_a_plan(*each) for each in (*ON_STATUS, *ON_METADATA, *ON_SPEC)), *MAKING]
