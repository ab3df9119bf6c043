"""What an entry of the table says: the objects that a plan is about, and how it shows what became of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from autonomic.domain.plans import Deed
from testbed.world import Manifest

SOMETHING = "something else"
"""As `after`: any value but the one before."""


@dataclass(frozen=True)
class Target:
    """One object that a plan is about.

    `at` is its collection below a namespace, such as `apis/apps/v1 deployments`. `make` gives the manifest for a namespace;
    `earlier` the release before it, where there was one; `status` what its controller says of it, where nobody else would.
    `read` gives the value that a Patch changes; it is `before` at first and when undone, and `after` when done. Of a Create
    or a Call the value is how many there are. `step` is the action of plans that no playbook makes: as an owner permits it
    or, where no owner can, as a plan has it.
    """

    at: str
    make: Callable[[str], Manifest]
    read: Callable[[Manifest], object] = lambda found: found
    before: object = 0
    after: object = SOMETHING
    step: Mapping[str, Any] | None = None
    deed: Deed = "Patch"
    earlier: Callable[[str], Manifest] | None = None
    status: Mapping[str, Any] | None = None

    @property
    def resource(self) -> str:
        """The plural, as paths have it."""
        return self.at.split()[1]

    @property
    def of_others(self) -> bool:
        """Whether Kubernetes itself does not have the kind."""
        return "." in self.at.split("/")[1]

    def path(self, namespace: str) -> str:
        """The path of the collection in that namespace."""
        prefix, resource = self.at.split()
        return f"/{prefix}/namespaces/{namespace}/{resource}"

    def name(self, namespace: str) -> str:
        """The name of the object."""
        return str(self.make(namespace)["metadata"]["name"])


@dataclass(frozen=True)
class ActionCase:
    """One kind of plan: by a playbook with the `permitted` action on the first target, or made of the targets' steps."""

    name: str
    targets: tuple[Target, ...]
    permitted: Mapping[str, Any] | None = None
    reversible: bool = True
    kills_alone: bool = False
    """True where other faults of one write would say nothing that the other plans do not say."""
