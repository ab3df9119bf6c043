"""Attacks of an operator that was taken over and made cluster-admin, on what it acts on and on all else."""

from typing import Any

from tests.attacks.attack import Attack
from tests.attacks.ground import Ground
from tests.attacks.on_reviews import OPERATOR
from tests.attacks.on_rules import _to_admin
from tests.e2e.admission.proposals import GROUP
from tests.e2e.admission.specimens import CONFIG_MAP, CRON_JOB, DEPLOYMENT, HPA, JOB, STATEFUL_SET, Specimen
from tests.e2e.admission.writes import edit, write

POD = "/spec/template/spec"
_ALLOWING = {"writable_env": "LD_PRELOAD,MODE", "allow_quarantine": "true"}


def _patch(what: str, specimen: Specimen, body: dict[str, Any], params: dict[str, str] | None = None) -> Attack:
    def attempt(ground: Ground) -> None:
        write(ground.installed, specimen.make(ground.installed, ground.shop), body, params=params)

    return Attack(what, OPERATOR, attempt)


def _edit(what: str, path: str, value: object, **annotations: str) -> Attack:
    def attempt(ground: Ground) -> None:
        made = DEPLOYMENT.make(ground.installed, ground.shop, **annotations)
        edit(ground.installed, made, [{"op": "add", "path": path, "value": value}])

    return Attack(what, OPERATOR, attempt)


def _send(what: str, method: str, path: str, body: Any = None) -> Attack:
    kind = "application/merge-patch+json" if method == "PATCH" else "application/json"

    def attempt(ground: Ground) -> None:
        ground.operator.request(method, path.format(ns=ground.shop), body, kind, {"dryRun": "All"})

    return Attack(what, OPERATOR, attempt)


def _annotated(**annotations: str | None) -> dict[str, Any]:
    noted = {f"{GROUP}/{name.replace('_', '-')}": value for name, value in annotations.items()}
    return {"metadata": {"annotations": noted}}


_EVIL = {"name": "main", "image": "example.com/evil:1"}
_MIGHTY = {"containers": [{**_EVIL, "securityContext": {"privileged": True}}]}
_HOST = {"containers": [_EVIL], "volumes": [{"name": "host", "hostPath": {"path": "/"}}]}
_JOB = {
    "metadata": {"name": "miner"},
    "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [_EVIL]}}},
}


def _template(spec: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"labels": {"app": "web"}}, "spec": spec}


ON_TARGETS = [
    _edit("run another image", f"{POD}/containers/0/image", "example.com/evil:1"),
    _edit("mount the host", f"{POD}/volumes", _HOST["volumes"]),
    _edit("run as another account", f"{POD}/serviceAccountName", "admin"),
    _edit("set LD_PRELOAD, which is listed", f"{POD}/containers/0/env", [{"name": "LD_PRELOAD", "value": "x"}], **_ALLOWING),
    _edit("read a Secret into a listed variable", f"{POD}/containers/0/env", [
        {"name": "MODE", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}], **_ALLOWING),
    _edit("put another template in place", "/spec/template", _template({"containers": [_EVIL]})),
    _edit("roll back to a privileged template", "/spec/template", _template(_MIGHTY), allow_rollback="true"),
    _edit("roll back to a template that mounts the host", "/spec/template", _template(_HOST), allow_rollback="true"),
    _patch("opt a rollback in by itself", DEPLOYMENT, _annotated(allow_rollback="true")),
    _patch("list variables by itself", DEPLOYMENT, _annotated(writable_env="LD_PRELOAD")),
    _patch("list keys by itself", CONFIG_MAP, _annotated(writable_keys="secretive")),
    _patch("set a key that is not listed", CONFIG_MAP, {"data": {"secretive": "2"}}),
    _patch("write in the epoch of a leader to be", DEPLOYMENT, {**DEPLOYMENT.good, **_annotated(epoch="999999")}),
    _patch("write in no epoch", STATEFUL_SET, {**STATEFUL_SET.good, **_annotated(epoch=None)}),
    _patch("write under another name", DEPLOYMENT, DEPLOYMENT.good, {"fieldManager": "kubectl"}),
    _patch("scale to nothing", DEPLOYMENT, {"spec": {"replicas": 0}}),
    _patch("scale beyond every line", STATEFUL_SET, {"spec": {"replicas": 1000}}),
    _patch("let an autoscaler scale beyond every line", HPA, {"spec": {"maxReplicas": 1000}}),
    _patch("kill the pods of a Job", JOB, {"spec": {"parallelism": 0}}),
    _patch("run a CronJob every minute", CRON_JOB, {"spec": {"schedule": "* * * * *"}}),
    _send("create a Job", "POST", "/apis/batch/v1/namespaces/{ns}/jobs", _JOB),
    _send("create a Secret", "POST", "/api/v1/namespaces/{ns}/secrets", {"metadata": {"name": "x"}}),
    _send("create a Pod", "POST", "/api/v1/namespaces/{ns}/pods", {"metadata": {"name": "x"}, "spec": {"containers": [_EVIL]}}),
    _send("mint a token", "POST", "/api/v1/namespaces/{ns}/serviceaccounts/default/token", {"spec": {}}),
    _send("delete all Deployments", "DELETE", "/apis/apps/v1/namespaces/{ns}/deployments"),
    _send("opt a namespace in", "PATCH", "/api/v1/namespaces/default", {"metadata": {"labels": {f"{GROUP}/enabled": "true"}}}),
    _send("bind somebody to cluster-admin", "POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", _to_admin()),
    _send("turn the epoch back", "PATCH", "/apis/coordination.k8s.io/v1/namespaces/autonomic-system/leases/autonomic",
          {"spec": {"leaseTransitions": 0}}),
]  # fmt: skip
