"""The actions whose plans the crash matrix lives through: one entry each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from testbed.world import Manifest, deployment

RESTARTED = "autonomic.maestro.dev/restartedAt"
SOMETHING = "something else"
"""As `after`: any value but the one before."""


@dataclass(frozen=True)
class Target:
    """One object that a plan changes.

    `at` is its collection below a namespace, such as `apis/apps/v1 deployments`. `make` gives the manifest for a namespace.
    `read` gives the value that the action changes; it is `before` at first and when undone, and `after` when done. `step`
    is the absolute action, of plans that no playbook makes.
    """

    at: str
    make: Callable[[str], Manifest]
    read: Callable[[Manifest], object]
    before: object
    after: object
    step: Mapping[str, Any] | None = None

    @property
    def resource(self) -> str:
        """The plural, as paths have it."""
        return self.at.split()[1]

    def path(self, namespace: str) -> str:
        """The path of the collection in that namespace."""
        prefix, resource = self.at.split()
        return f"/{prefix}/namespaces/{namespace}/{resource}"


@dataclass(frozen=True)
class ActionCase:
    """One kind of plan: by a playbook with the `permitted` action on the first target, or made of the targets' steps."""

    name: str
    targets: tuple[Target, ...]
    permitted: Mapping[str, Any] | None = None
    reversible: bool = True


def _deployment(name: str, **more: Any) -> Target:
    return Target(
        "apis/apps/v1 deployments",
        lambda namespace: deployment(namespace, name, 2, {}),
        more.pop("read", lambda found: found["spec"]["replicas"]),
        **{"before": 2, "after": 3, **more},
    )


def _restarted(found: Manifest) -> object:
    return (found["spec"]["template"]["metadata"].get("annotations") or {}).get(RESTARTED)


_BY_ONE = {"type": "Scale", "scale": {"by": 1, "max": 10}}
_TO_THREE = {"type": "Scale", "scale": {"replicas": 3}}

ACTIONS = (
    ActionCase("Scale", (_deployment("agent"),), _BY_ONE),
    ActionCase(
        "Restart",
        (_deployment("agent", read=_restarted, before=None, after=SOMETHING),),
        {"type": "Restart", "restart": {}},
        reversible=False,
    ),
    ActionCase("Scale, Scale", (_deployment("agent", step=_TO_THREE), _deployment("worker", step=_TO_THREE))),
)
