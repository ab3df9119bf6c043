"""Every right that RBAC has, for a while: to see what admission refuses when RBAC does not."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from testbed.cluster import Cluster
from testbed.people import ROOT
from testbed.waiting import until
from tests.e2e.admission.proposals import GROUP

REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
RBAC = "/apis/rbac.authorization.k8s.io/v1"
RBAC_SECONDS = 60.0


@contextmanager
def every_right(cluster: Cluster, user: str) -> Iterator[None]:
    """Inside, RBAC allows that user everything in the cluster."""
    name = f"test-{secrets.token_hex(4)}"
    cluster.kubectl("create", "clusterrolebinding", name, "--clusterrole=cluster-admin", f"--user={user}", as_=ROOT)
    try:
        until(lambda: may(cluster, user, "patch", "secrets"), RBAC_SECONDS, f"RBAC to allow {user} everything")
        yield
    finally:
        cluster.kubectl("delete", "clusterrolebinding", name, as_=ROOT)
        until(lambda: not may(cluster, user, "patch", "secrets"), RBAC_SECONDS, f"RBAC to allow {user} less again")


@contextmanager
def named_reviewer(cluster: Cluster, user: str, namespace: str) -> Iterator[None]:
    """Inside, that user holds the cluster-wide half of the right to review, for that namespace alone."""
    name = f"test-{secrets.token_hex(4)}"
    rule = {"apiGroups": [GROUP], "resources": ["reviewers"], "resourceNames": [namespace], "verbs": ["approve"]}
    # `kubectl create clusterrole` takes kinds only, and `reviewers` is none.
    cluster.api(ROOT).post(f"{RBAC}/clusterroles", {"metadata": {"name": name}, "rules": [rule]})
    cluster.kubectl("create", "clusterrolebinding", name, f"--clusterrole={name}", f"--user={user}", as_=ROOT)
    wanted = {"group": GROUP, "name": namespace}
    try:
        until(lambda: may(cluster, user, "approve", "reviewers", **wanted), RBAC_SECONDS, f"{user} to be a reviewer")
        yield
    finally:
        cluster.kubectl("delete", "clusterrolebinding,clusterrole", name, as_=ROOT)


def may(cluster: Cluster, user: str, verb: str, resource: str, **narrower: str) -> bool:
    """Whether RBAC allows that user this verb; `narrower` gives group, namespace or name."""
    wanted = {"user": user, "resourceAttributes": {"verb": verb, "resource": resource, **narrower}}
    answer = cluster.api(ROOT).post(REVIEWS, {"spec": wanted})
    return bool(answer["status"]["allowed"])
