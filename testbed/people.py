"""The people of the testbed: who they are, what groups they are in, what they may do from the start.

Rights that come with the product (approve, govern) are given by tests and demos through the product's own ClusterRoles.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Person:
    """Somebody with credentials of their own. `name` is the username that the API server sees."""

    name: str
    groups: tuple[str, ...]

    @property
    def short(self) -> str:
        """The name without its domain, for file names."""
        return self.name.split("@", maxsplit=1)[0].replace(":", "-")


# Sets the testbed up and tears it down; never plays a part in a test, because no rule binds system:masters.
ROOT = Person("testbed-root", ("system:masters",))

ADMIN = Person("admin@example.com", ("platform-admins",))
ALICE = Person("alice@example.com", ("sre",))
BOB = Person("bob@example.com", ("sre",))
DAVE = Person("dave@example.com", ("developers",))

PEOPLE = (ROOT, ADMIN, ALICE, BOB, DAVE)

_ROLE_OF_GROUP = {"platform-admins": "cluster-admin", "sre": "view", "developers": "edit"}


def bindings(prefix: str) -> list[dict[str, Any]]:
    """The ClusterRoleBindings of the groups: admins may do all, SREs see all, developers edit all but RBAC.

    Their names begin with `prefix`.
    """
    return [_binding(f"{prefix}-{group}", group, role) for group, role in _ROLE_OF_GROUP.items()]


def _binding(name: str, group: str, role: str) -> dict[str, Any]:
    rbac = "rbac.authorization.k8s.io"
    return {
        "apiVersion": f"{rbac}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": rbac, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": rbac, "kind": "Group", "name": group}],
    }
