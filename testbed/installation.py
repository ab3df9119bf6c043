"""The product's chart, installed without replicas, with its admission policies in force."""

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from testbed.api import Api, ApiError
from testbed.cluster import Cluster
from testbed.waiting import until

CHART = Path(__file__).parents[1] / "charts" / "autonomic"
NAMESPACE = "autonomic-system"
GROUPS = {"reviewers.groups": ["sre"], "governors.groups": ["platform-admins"]}
IN_FORCE_SECONDS = 30.0

MANAGER = "autonomic"
OWN_DEPLOYMENT = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/autonomic"
OWN_LEASE = f"/apis/coordination.k8s.io/v1/namespaces/{NAMESPACE}/leases"
OWN_LOOP = "/apis/autonomic.maestro.dev/v1alpha1/controlloops/reliability/status"


def _condition(reason: str) -> dict[str, Any]:
    probe = {"type": "Probe", "status": "True", "reason": reason, "lastTransitionTime": "1970-01-01T00:00:00Z"}
    return {"status": {"conditions": [probe]}}


# What the operator tries, as a dry run, to prove that each policy is in force.
PROOFS: dict[str, tuple[str, dict[str, Any]]] = {
    "autonomic-allow-list": (OWN_DEPLOYMENT, {"spec": {"paused": True}}),
    "autonomic-redlines": (OWN_LOOP, _condition("RedLines")),
    "autonomic-plans": (OWN_DEPLOYMENT, {"metadata": {"annotations": {"autonomic.maestro.dev/probe": "plans"}}}),
    "autonomic-fence": (OWN_LOOP, _condition("Fence")),
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
            path, body = PROOFS[policy]
            self.operator.patch(path, body, dryRun="All")
        except ApiError as refused:
            return refused.status == 403 and f"ValidatingAdmissionPolicy '{policy}'" in str(refused)
        return False


def install(cluster: Cluster) -> Installation:
    """Install the chart without replicas and wait until every policy is in force."""
    settings = [f"--set-json={name}={json.dumps(groups)}" for name, groups in GROUPS.items()]
    where = ("--namespace", NAMESPACE, "--create-namespace")
    cluster.helm("install", "autonomic", CHART, *where, "--set", "replicaCount=0", *settings)
    await_kinds(cluster)
    token = cluster.service_account_token(NAMESPACE, "autonomic")
    installation = Installation(cluster, NAMESPACE, Api(cluster.url, cluster.ca_file, token, MANAGER))
    installation.lead()
    for policy in PROOFS:
        until(partial(installation.refuses, policy), IN_FORCE_SECONDS, f"{policy} to be in force")
    return installation


def await_kinds(cluster: Cluster) -> None:
    """Wait until the chart's kinds can be written.

    An API server asks every five seconds which kinds there are that a MutatingAdmissionPolicy may change, and answers 503 to
    writes of one that it has yet to learn.
    """
    for kind in ("SLAContract", "SelfHealingPlaybook"):
        until(partial(_is_known, cluster.api(), kind), IN_FORCE_SECONDS, f"{kind} to be known")


def _is_known(api: Api, kind: str) -> bool:
    """Whether an object without a spec is refused for that."""
    version = "autonomic.maestro.dev/v1alpha1"
    body = {"apiVersion": version, "kind": kind, "metadata": {"name": "probe"}}
    try:
        api.post(f"/apis/{version}/namespaces/default/{kind.lower()}s", body, dryRun="All")
    except ApiError as refused:
        return refused.status not in (404, 503)
    return True


def enforce(cluster: Cluster, interval: str = "5s") -> None:
    """What a governor does to let the gate decide: all loops in Enforce, turning at that interval.

    Many tests make plans fail in one cluster: the loops are told not to make anything of how many.
    """
    guards = {"storm": {"least": 10000}, "failures": {"count": 1000}}
    patch = json.dumps({"spec": {"mode": "Enforce", "interval": interval, "guards": guards}})
    for loop in ("reliability", "healing", "cost"):
        cluster.kubectl("patch", "controlloop", loop, "--type=merge", "-p", patch)
