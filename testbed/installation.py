"""The product's chart, installed without replicas, with its admission policies in force."""

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from testbed.api import Api, ApiError
from testbed.cluster import Cluster
from testbed.waiting import until

CHART = Path(__file__).parents[1] / "charts" / "autonomic"
NAMESPACE = "autonomic-system"
GROUPS = {"reviewers.groups": ["sre"], "governors.groups": ["platform-admins"]}
IN_FORCE_SECONDS = 30.0

OWN_DEPLOYMENT = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/autonomic"
OWN_LEASE = f"/apis/coordination.k8s.io/v1/namespaces/{NAMESPACE}/leases"
# What the operator tries, as a dry run, to prove that each policy is in force.
PROOFS = {
    "autonomic-allow-list": {"spec": {"paused": True}},
    "autonomic-redlines": {"metadata": {"annotations": {"autonomic.maestro.dev/probe": "redlines"}}},
    "autonomic-plans": {"metadata": {"annotations": {"autonomic.maestro.dev/probe": "plans"}}},
    "autonomic-fence": {"metadata": {"annotations": {"autonomic.maestro.dev/epoch": "-1"}}},
}


@dataclass(frozen=True)
class Installation:
    """The installed chart. `operator` is the API server as the operator sees it, with a token of its ServiceAccount."""

    cluster: Cluster
    namespace: str
    operator: Api

    def lead(self) -> int:
        """Make sure that there is a Lease, as an operator that leads would; its epoch."""
        try:
            lease = self.operator.get(f"{OWN_LEASE}/autonomic")
        except ApiError as problem:
            if problem.status != 404:
                raise
            meta = {"name": "autonomic", "namespace": self.namespace}
            lease = self.operator.post(OWN_LEASE, {"metadata": meta, "spec": {"leaseTransitions": 1}})
        return int(lease["spec"]["leaseTransitions"])

    def refuses(self, policy: str) -> bool:
        """Whether that policy refuses the dry run that it must refuse."""
        try:
            self.operator.request(
                "PATCH", OWN_DEPLOYMENT, PROOFS[policy], "application/merge-patch+json", {"dryRun": "All"}
            )
        except ApiError as refused:
            return refused.status == 403 and f"ValidatingAdmissionPolicy '{policy}'" in str(refused)
        return False


def install(cluster: Cluster) -> Installation:
    """Install the chart without replicas and wait until every policy is in force."""
    settings = [f"--set-json={name}={json.dumps(groups)}" for name, groups in GROUPS.items()]
    where = ("--namespace", NAMESPACE, "--create-namespace")
    cluster.helm("install", "autonomic", CHART, *where, "--set", "replicaCount=0", *settings)
    token = cluster.service_account_token(NAMESPACE, "autonomic")
    installation = Installation(cluster, NAMESPACE, Api(cluster.url, cluster.ca_file, token))
    installation.lead()
    for policy in PROOFS:
        until(partial(installation.refuses, policy), IN_FORCE_SECONDS, f"{policy} to be in force")
    return installation


def enforce(cluster: Cluster, interval: str = "5s") -> None:
    """What a governor does to let the gate decide: both loops in Enforce, turning at that interval."""
    patch = json.dumps({"spec": {"mode": "Enforce", "interval": interval}})
    for loop in ("reliability", "healing"):
        cluster.kubectl("patch", "controlloop", loop, "--type=merge", "-p", patch)
