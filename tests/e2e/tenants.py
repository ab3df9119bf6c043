"""Two tenants of one operator: a shop that fails, and Mallory, who may do everything in a namespace of its own."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from testbed.api import Api
from testbed.cluster import Cluster
from testbed.operator_process import OperatorProcess
from testbed.people import ROOT
from testbed.prometheus import Prometheus
from testbed.remote_write import Sample, series
from tests.e2e.admission.proposals import GROUP

RBAC = "rbac.authorization.k8s.io/v1"
API_VERSION = f"{GROUP}/v1alpha1"


@dataclass(frozen=True)
class Stage:
    """`shop` fails, and has a contract and a plan; `evil` is Mallory's."""

    cluster: Cluster
    operator: OperatorProcess
    shop: str
    evil: str
    plan: str
    mallorys: str

    @property
    def mallory(self) -> Api:
        """Mallory, as the API server sees them."""
        return replace(self.cluster.api(ROOT), token=self.mallorys)

    def asked(self, method: str, path: str, token: str | None = None, **sent: Any) -> httpx.Response:
        """What the operator answers; Mallory, where no token is given."""
        headers = {"Authorization": f"Bearer {token or self.mallorys}"}
        return httpx.request(method, self.operator.http_url + path, headers=headers, timeout=60, **sent)

    def promised(self, namespace: str, name: str) -> dict[str, Any]:
        """The status of a contract."""
        found = self.cluster.api(ROOT).get(f"{contracts(namespace)}/{name}")
        status: dict[str, Any] = found.get("status", {})
        return status

    def alert(self, namespace: str, name: str) -> str | None:
        """The alert of its only objective."""
        told = self.promised(namespace, name).get("objectives", [])
        return told[0]["alert"] if told else None


def contracts(namespace: str) -> str:
    """Where contracts are."""
    return f"/apis/{API_VERSION}/namespaces/{namespace}/slacontracts"


def contract(name: str, source: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """Of a Deployment of that name; on the tasks of its namespace where nothing else is said."""
    ratio = source or {"ratio": {"bad": "hostile_failed_total", "total": "hostile_tasks_total"}}
    objective = {"name": "success", "target": "99", "window": {"rolling": "1d"}, "indicator": ratio}
    about = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    body = {"targetRef": about, "objectives": [objective], **spec}
    return {"apiVersion": API_VERSION, "kind": "SLAContract", "metadata": {"name": name}, "spec": body}


def fill(prometheus: Prometheus, namespace: str) -> None:
    """Six hours of 100 tasks a minute of that tenant; in the last 20 minutes all of them fail."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    minutes = [(now - timedelta(minutes=back), back) for back in range(360, -1, -1)]
    total = [Sample(at, 100.0 * (360 - back)) for at, back in minutes]
    bad = [Sample(at, 100.0 * max(0, 20 - back)) for at, back in minutes]
    labels = {"namespace": namespace}
    prometheus.write({series("hostile_tasks_total", **labels): total, series("hostile_failed_total", **labels): bad})


def own_everything(cluster: Cluster, namespace: str) -> str:
    """The token of a service account that may do everything there, and nothing elsewhere."""
    here = ("--namespace", namespace)
    cluster.kubectl("create", "serviceaccount", "mallory", *here, as_=ROOT)
    account = f"--serviceaccount={namespace}:mallory"
    for given in ("admin", "autonomic-sender", "autonomic-approver"):
        cluster.kubectl("create", "rolebinding", f"m-{given}", f"--clusterrole={given}", account, *here, as_=ROOT)
    rules = [{"apiGroups": [GROUP], "resources": ["*"], "verbs": ["*"]}]
    meta = {"name": "everything", "namespace": namespace}
    role = {"apiVersion": RBAC, "kind": "Role", "metadata": meta, "rules": rules}
    cluster.api(ROOT).post(f"/apis/{RBAC}/namespaces/{namespace}/roles", role)
    cluster.kubectl("create", "rolebinding", "m-everything", "--role=everything", account, *here, as_=ROOT)
    return cluster.service_account_token(namespace, "mallory")
