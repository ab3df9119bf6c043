"""Where the attacks happen: two namespaces, and people and programs with more rights than they should have.

In `shop`, dave has every ordinary verb on plans and their status. In `yard` he has every verb there is, and bound the role of
approvers to himself. A robot is a ServiceAccount that is cluster-admin. The operator is itself, and later cluster-admin, too.
"""

import json
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from testbed.api import Api, ApiError
from testbed.installation import NAMESPACE, Installation
from testbed.people import ADMIN, ALICE, BOB, DAVE, ROOT, Person
from testbed.waiting import until
from tests.e2e.admission.conftest import known_namespace
from tests.e2e.admission.proposals import GROUP, Proposal, propose
from tests.e2e.admission.rights import every_right, may

RBAC = "rbac.authorization.k8s.io"
RBAC_SECONDS = 15.0
STAMPED_SECONDS = 60.0
OPERATOR = f"system:serviceaccount:{NAMESPACE}:autonomic"


@dataclass(frozen=True)
class Ground:
    """Everybody at hand, as the API server sees them; `yard` is the namespace in which dave has every verb."""

    installed: Installation
    shop: str
    yard: str
    robot: Api

    @property
    def operator(self) -> Api:
        """The operator, by its own token."""
        return self.installed.operator

    def api(self, person: Person) -> Api:
        """A person."""
        return self.installed.cluster.api(person)

    @property
    def alice(self) -> Api:
        """She may approve."""
        return self.api(ALICE)

    @property
    def bob(self) -> Api:
        """He may approve, too."""
        return self.api(BOB)

    @property
    def dave(self) -> Api:
        """He may edit, and in the yard do everything, but never approve."""
        return self.api(DAVE)

    @property
    def admin(self) -> Api:
        """A person who is cluster-admin and governor."""
        return self.api(ADMIN)

    @property
    def root(self) -> Api:
        """A member of system:masters."""
        return self.api(ROOT)

    def plan(self, where: str = "", expires_in: timedelta = timedelta(hours=1), **metadata: Any) -> Proposal:
        """A new plan by the operator, in the shop or elsewhere."""
        return propose(self.installed, where or self.shop, expires_in, **metadata)


@contextmanager
def ground(installed: Installation) -> Iterator[Ground]:
    """The two namespaces with the rights that dave has in them, for a while."""
    with ExitStack() as stack:
        shop, yard = (stack.enter_context(known_namespace(installed)) for _ in range(2))
        stack.enter_context(_rights(installed, shop, yard))
        token = installed.cluster.service_account_token(shop, "default")
        made = Ground(installed, shop, yard, replace(installed.operator, token=token, manager=""))
        plan = made.plan()
        until(lambda: _stamps(made, plan), STAMPED_SECONDS, "reviews to be stamped", ignoring=(ApiError,))
        yield made


def _stamps(made: Ground, plan: Proposal) -> bool:
    """The server that stamps reviews learns of a new kind later than the server that stores it, and answers 503 till then."""
    return bool(made.alice.patch(plan.path, {"spec": {"reviews": [plan.review()]}}, dryRun="All"))


@contextmanager
def mighty(made: Ground) -> Iterator[Ground]:
    """The operator and the robot are cluster-admins, for a while."""
    cluster = made.installed.cluster
    with every_right(cluster, OPERATOR), every_right(cluster, f"system:serviceaccount:{made.shop}:default"):
        yield made


@contextmanager
def _rights(installed: Installation, shop: str, yard: str) -> Iterator[None]:
    name, cluster = f"test-{secrets.token_hex(4)}", installed.cluster
    ordinary = ["get", "list", "create", "update", "patch", "delete", "deletecollection"]
    roles = [
        _role("Role", "editor", ordinary, ["adaptationplans", "adaptationplans/status"], shop),
        _binding("Role", "editor", "editor", shop),
        _role("Role", "owner", ["*"], ["*"], yard),
        _binding("Role", "owner", "owner", yard),
        _binding("ClusterRole", "approver", "autonomic-approver", yard),
        _role("ClusterRole", name, ordinary, ["redlines", "controlloops"]),
        _binding("ClusterRole", name, name),
    ]
    items = json.dumps({"apiVersion": "v1", "kind": "List", "items": roles})
    cluster.kubectl("create", "-f", "-", as_=ROOT, input=items)
    try:
        until(lambda: _settled(installed, shop, yard), RBAC_SECONDS, "RBAC to know dave's rights")
        yield
    finally:
        cluster.kubectl("delete", "clusterrolebinding,clusterrole", name, as_=ROOT)


def _settled(installed: Installation, shop: str, yard: str) -> bool:
    wanted = (("create", "adaptationplans", shop), ("approve", "adaptationplans", yard), ("patch", "redlines", ""))
    cluster = installed.cluster
    return all(may(cluster, DAVE.name, verb, what, group=GROUP, namespace=where) for verb, what, where in wanted)


def _role(kind: str, name: str, verbs: list[str], resources: list[str], namespace: str = "") -> dict[str, Any]:
    rule = {"apiGroups": [GROUP], "resources": resources, "verbs": verbs}
    meta = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": meta, "rules": [rule]}


def _binding(kind: str, name: str, role: str, namespace: str = "") -> dict[str, Any]:
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding" if namespace else "ClusterRoleBinding",
        "metadata": {"name": name, **({"namespace": namespace} if namespace else {})},
        "roleRef": {"apiGroup": RBAC, "kind": kind, "name": role},
        "subjects": [{"apiGroup": RBAC, "kind": "User", "name": DAVE.name}],
    }
