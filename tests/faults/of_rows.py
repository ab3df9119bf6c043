"""Entries made of the contract suite's rows: every kind of queue and of route, a size; and a release that comes back."""

from collections.abc import Callable, Iterable

from autonomic.domain.words import ROLLBACK_ANNOTATION
from autonomic.execution.fields import read
from testbed.world import Manifest, deployment
from tests.contract.actions import queues, routes, workloads
from tests.contract.actions.row import Row
from tests.faults.cases import ActionCase, Target

_PLURALS = {"Policy": "policies"}
_ELSEWHERE = ("ClusterQueue", "CronJob")
"""Kinds that are in no namespace, or are in another entry."""
OLD, NEW = "registry.k8s.io/pause:3.9", "registry.k8s.io/pause:3.10"


def _targets(rows: Iterable[Row]) -> tuple[Target, ...]:
    return tuple(_target(row, f"it-{number}") for number, row in enumerate(rows))


def _target(row: Row, name: str) -> Target:
    made = row.target(name)
    version, kind = made["apiVersion"], made["kind"]
    return Target(
        f"{'apis' if '/' in version else 'api'}/{version} {_PLURALS.get(kind, f'{kind.lower()}s')}",
        lambda namespace: {**made, "metadata": {**made["metadata"], "namespace": namespace}},
        lambda found: tuple(read(found, path) for path in row.changes),
        tuple(before for before, _ in row.changes.values()),
        tuple(after for _, after in row.changes.values()),
        row.permitted,
    )


def _of(image: str) -> Callable[[str], Manifest]:
    def make(namespace: str) -> Manifest:
        made = deployment(namespace, "agent", 2, {})
        made["metadata"]["annotations"] = {ROLLBACK_ANNOTATION: "true"}
        made["spec"]["template"]["spec"]["containers"][0]["image"] = image
        return made

    return make


_RELEASE = Target(
    "apis/apps/v1 deployments",
    _of(NEW),
    lambda found: found["spec"]["template"]["spec"]["containers"][0]["image"],
    NEW,
    OLD,
    {"type": "Rollback", "rollback": {}},
    earlier=_of(OLD),
)
_ONE_OF_A_KIND = {each.target("it")["kind"]: each for each in queues.ROWS}.items()
_OF_ROUTES = (*routes.ROWS, *(each for each in workloads.ROWS if each.name == "Resize Deployment"))

ROUTES_AND_WORKLOADS = ActionCase("routes and workloads", (*_targets(_OF_ROUTES), _RELEASE), kills_alone=True)
QUEUES = ActionCase("queues", _targets(row for kind, row in _ONE_OF_A_KIND if kind not in _ELSEWHERE), kills_alone=True)
