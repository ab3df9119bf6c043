"""Every right that RBAC has, for a while: to see what admission refuses when RBAC does not."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from testbed.cluster import Cluster
from testbed.people import ROOT
from testbed.waiting import until

REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
RBAC_SECONDS = 10.0


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


def may(cluster: Cluster, user: str, verb: str, resource: str) -> bool:
    """Whether RBAC allows that user this verb everywhere."""
    wanted = {"user": user, "resourceAttributes": {"verb": verb, "resource": resource}}
    answer = cluster.api(ROOT).post(REVIEWS, {"spec": wanted})
    return bool(answer["status"]["allowed"])
