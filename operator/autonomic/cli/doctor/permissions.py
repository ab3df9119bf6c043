"""What the operator's account must be allowed to do, as a table."""

from typing import NamedTuple

from autonomic.domain.kinds import KINDS
from autonomic.domain.words import GROUP

_PLURALS = tuple(kind.names.plural for kind in KINDS)
_WITH_STATUS = (
    "slacontracts",
    "selfhealingplaybooks",
    "costbudgets",
    "adaptiveroutes",
    "adaptationplans",
    "controlloops",
    "healthsnapshots",
)


class Permission(NamedTuple):
    """A verb on a resource; `own` when it is needed in the operator's own namespace only, there for that `name` or any."""

    verb: str
    group: str
    resource: str
    own: bool = False
    name: str = ""

    def attributes(self, own_namespace: str) -> dict[str, str]:
        """The question, as a SelfSubjectAccessReview puts it."""
        plural, _, subresource = self.resource.partition("/")
        asked = {"verb": self.verb, "group": self.group, "resource": plural, "subresource": subresource}
        return asked | {"name": self.name, "namespace": own_namespace if self.own else ""}

    def __str__(self) -> str:
        """`patch deployments.apps`."""
        return (
            f"{self.verb} {self.resource}{'.' if self.group else ''}{self.group}{' ' if self.name else ''}{self.name}"
        )


def needed(lease: str, *, publishing: bool) -> tuple[Permission, ...]:
    """Everything that is needed; `lease` is the name of the operator's Lease, `publishing` whether PrometheusRules exist."""
    by_name = tuple(
        Permission(verb, "coordination.k8s.io", "leases", own=True, name=lease) for verb in ("get", "patch")
    )
    return (*_NEEDED, *by_name, *(_PUBLISHING if publishing else ()))


_NEEDED = (
    *(Permission(verb, GROUP, plural) for plural in _PLURALS for verb in ("get", "list", "watch")),
    *(Permission("patch", GROUP, f"{plural}/status") for plural in _WITH_STATUS),
    *(
        Permission(verb, GROUP, plural)
        for plural in ("adaptationplans", "healthsnapshots")
        for verb in ("create", "delete")
    ),
    Permission("patch", GROUP, "adaptiveroutes"),
    Permission("list", "", "namespaces"),
    Permission("watch", "", "namespaces"),
    Permission("get", "apps", "deployments"),
    Permission("patch", "apps", "deployments"),
    Permission("list", "autoscaling", "horizontalpodautoscalers"),
    Permission("list", "", "events"),
    Permission("watch", "", "events"),
    Permission("create", "events.k8s.io", "events"),
    Permission("patch", "events.k8s.io", "events"),
    Permission("create", "authentication.k8s.io", "tokenreviews"),
    Permission("create", "authorization.k8s.io", "subjectaccessreviews"),
    Permission("create", "coordination.k8s.io", "leases", own=True),
    Permission("patch", "", "pods", own=True),
    Permission("list", "", "configmaps", own=True),
)

_PUBLISHING = tuple(
    Permission(verb, "monitoring.coreos.com", "prometheusrules")
    for verb in ("get", "list", "create", "patch", "delete")
)
"""What contracts are published as is a kind of the Prometheus Operator, which not every cluster has."""
