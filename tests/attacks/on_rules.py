"""Attacks on the rules themselves: RedLines, loops, kinds, policies and their bindings."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from autonomic.adapters.kubernetes.admission import AdmissionProof
from autonomic.adapters.kubernetes.connection import Connection
from autonomic.adapters.kubernetes.probes import chart_probes
from autonomic.ports.cluster import Proof
from testbed.api import Api
from testbed.waiting import until
from tests.attacks.attack import Attack, Harmless
from tests.attacks.ground import Ground
from tests.attacks.on_plans import ADMINISTRATOR, APPROVER, EDITOR, MASTER
from tests.attacks.on_reviews import OPERATOR
from tests.e2e.admission.proposals import GROUP

OURS = f"/apis/{GROUP}/v1alpha1"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
ADMISSION = "/apis/admissionregistration.k8s.io/v1"
ITSELF = "the operator, with its own rights"
WRITER = "dave, who has every ordinary verb on RedLines"
_SECONDS = 60.0
_LAX: dict[str, Any] = {"spec": {"limits": {"maxReplicas": 10000}}}


def _drawn() -> dict[str, Any]:
    kind = {"apiVersion": f"{GROUP}/v1alpha1", "kind": "RedLine"}
    return {**kind, "metadata": {"name": "test-attack"}, "spec": {}}


def _unserved(api: Api) -> object:
    off = [{"op": "replace", "path": "/spec/versions/0/served", "value": False}]
    return api.patch(f"{DEFINITIONS}/redlines.{GROUP}", off, "json-patch", dryRun="All")


def _unlock(api: Api) -> object:
    body = {"metadata": {"annotations": {f"{GROUP}/unlock": "true"}}}
    return api.patch(f"{DEFINITIONS}/redlines.{GROUP}", body, dryRun="All")


ON_LINES = [
    Attack("raise the limits of a RedLine", WRITER, lambda ground: ground.dave.patch(f"{OURS}/redlines/default", _LAX)),
    Attack("delete a RedLine", WRITER, lambda ground: ground.dave.delete(f"{OURS}/redlines/default")),
    Attack("delete all RedLines", WRITER, lambda ground: ground.dave.delete(f"{OURS}/redlines")),
    Attack("draw a RedLine", WRITER, lambda ground: ground.dave.post(f"{OURS}/redlines", _drawn())),
    Attack("take a kill switch off", APPROVER, lambda ground: ground.alice.patch(
        f"{OURS}/redlines/default", {"spec": {"killSwitch": False}})),
    Attack("raise the limits of a RedLine", OPERATOR, lambda ground: ground.operator.patch(
        f"{OURS}/redlines/default", _LAX)),
    Attack("delete a RedLine", OPERATOR, lambda ground: ground.operator.delete(f"{OURS}/redlines/default")),
    Attack("let a loop enforce", OPERATOR, lambda ground: ground.operator.patch(
        f"{OURS}/controlloops/reliability", {"spec": {"mode": "Enforce"}})),
]  # fmt: skip
# Dry runs: what was not refused would end the run.
ON_KINDS = [
    *(
        Attack(f"delete the kind {kind}", who, lambda ground, kind=kind, of=of: of(ground).delete(  # type: ignore[misc]
            f"{DEFINITIONS}/{kind}.{GROUP}", dryRun="All"))
        for kind in ("redlines", "adaptationplans")
        for who, of in ((ADMINISTRATOR, lambda ground: ground.admin), (MASTER, lambda ground: ground.root))
    ),
    Attack("delete all kinds", MASTER, lambda ground: ground.root.delete(DEFINITIONS, dryRun="All")),
    Attack("stop serving RedLines", ADMINISTRATOR, lambda ground: _unserved(ground.admin)),
    Attack("unlock the kind of RedLines", OPERATOR, lambda ground: _unlock(ground.operator)),
]  # fmt: skip


def _proof(ground: Ground) -> Proof:
    """Whether the operator, as it is, would execute anything now."""

    async def prove() -> Proof:
        connection = await Connection.open(ground.installed.cluster.kubeconfig_for(ground.operator.token))
        try:
            return await AdmissionProof(connection, chart_probes(ground.installed.namespace)).prove()
        finally:
            await connection.aclose()

    return asyncio.run(prove())


def _stops(change: Callable[[Ground], "Any"]) -> Callable[[Ground], object]:
    """An administrator may do that; then the operator must stop by itself."""

    def attempt(ground: Ground) -> None:
        with change(ground):
            doubt = until(lambda: None if (told := _proof(ground)).in_force else told, _SECONDS, "the operator to stop")
        until(lambda: _proof(ground).in_force, _SECONDS, "the operator to go on")
        raise Harmless(f"the operator stops: {doubt.message}")

    return attempt


def _bound(name: str, field: dict[str, Any]) -> Callable[[Ground], Any]:
    @contextmanager
    def change(ground: Ground) -> Iterator[None]:
        path = f"{ADMISSION}/validatingadmissionpolicybindings/{name}"
        before = ground.admin.get(path)["spec"]
        ground.admin.patch(path, {"spec": field})
        try:
            yield
        finally:
            ground.admin.patch(path, {"spec": {**dict.fromkeys(field), **before}})

    return change


def _unbound(name: str) -> Callable[[Ground], Any]:
    @contextmanager
    def change(ground: Ground) -> Iterator[None]:
        bindings = f"{ADMISSION}/validatingadmissionpolicybindings"
        before = ground.admin.get(f"{bindings}/{name}")
        ground.admin.delete(f"{bindings}/{name}")
        try:
            yield
        finally:
            meta = {
                key: before["metadata"][key] for key in ("name", "labels", "annotations") if key in before["metadata"]
            }
            ground.admin.post(bindings, {**before, "metadata": meta})

    return change


def _unmatched(name: str) -> Callable[[Ground], Any]:
    @contextmanager
    def change(ground: Ground) -> Iterator[None]:
        path = f"{ADMISSION}/validatingadmissionpolicies/{name}"
        before = ground.admin.get(path)["spec"]["matchConditions"]
        never = [{"name": "never", "expression": "false"}]
        ground.admin.patch(path, {"spec": {"matchConditions": never}})
        try:
            yield
        finally:
            ground.admin.patch(path, {"spec": {"matchConditions": before}})

    return change


POLICIES = ("allow-list", "redlines", "fence", "plans", "autoscaled-hpa", "retries", "routes")
_AUDIT = {"validationActions": ["Audit"]}
_NOWHERE = {"matchResources": {"namespaceSelector": {"matchLabels": {"nowhere": "true"}}}}
ON_BINDINGS = [
    *(
        Attack(
            f"turn the binding of autonomic-{name} to Audit", ADMINISTRATOR, _stops(_bound(f"autonomic-{name}", _AUDIT))
        )
        for name in POLICIES
    ),
    Attack("delete the binding of autonomic-redlines", ADMINISTRATOR, _stops(_unbound("autonomic-redlines"))),
    *(
        Attack(
            f"bind autonomic-{name} to a namespace that there is not",
            ADMINISTRATOR,
            _stops(_bound(f"autonomic-{name}", _NOWHERE)),
        )
        for name in ("allow-list", "redlines", "fence", "plans")
    ),
    Attack("let autonomic-allow-list match nobody", ADMINISTRATOR, _stops(_unmatched("autonomic-allow-list"))),
    Attack("let autonomic-redlines match nobody", ADMINISTRATOR, _stops(_unmatched("autonomic-redlines"))),
]
# Before it is made cluster-admin: policies can't guard policies, RBAC does.
WITH_OWN_RIGHTS = [
    Attack("turn the binding of autonomic-redlines to Audit", ITSELF, lambda ground: ground.operator.patch(
        f"{ADMISSION}/validatingadmissionpolicybindings/autonomic-redlines", {"spec": _AUDIT})),
    Attack("delete the policy autonomic-redlines", ITSELF, lambda ground: ground.operator.delete(
        f"{ADMISSION}/validatingadmissionpolicies/autonomic-redlines")),
    Attack("read the secrets of a namespace", ITSELF, lambda ground: ground.operator.get(
        f"/api/v1/namespaces/{ground.shop}/secrets")),
    Attack("scale through the subresource", ITSELF, lambda ground: ground.operator.patch(
        f"/apis/apps/v1/namespaces/{ground.shop}/deployments/web/scale", {"spec": {"replicas": 5}})),
    Attack("bind itself to cluster-admin", ITSELF, lambda ground: ground.operator.post(
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", _to_admin())),
    Attack("make a plan's kind its own", EDITOR, lambda ground: _unlock(ground.dave)),
]  # fmt: skip


def _to_admin() -> dict[str, Any]:
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
    account = {"kind": "ServiceAccount", "name": "autonomic", "namespace": "autonomic-system"}
    return {"metadata": {"name": "test-attack"}, "roleRef": role, "subjects": [account]}


ON_RULES = [*ON_LINES, *ON_KINDS, *ON_BINDINGS]
