"""What RedLines forbid: for each effect, plans that would really have had it, and the harmless ones beside them."""

from typing import Any

import pytest

from autonomic.domain.redlines import Effect
from autonomic.domain.targets import Target
from autonomic.domain.words import ACCESS_CONTROL_LABEL, HOLDS_DATA_LABEL, SECURITY_SCANNER_LABEL
from tests.contract.actions.autoscalers import hpa, scaled_object
from tests.contract.actions.config import config_map
from tests.contract.actions.queues import cron_job, local_queue
from tests.contract.actions.row import Manifest, manifest, noted
from tests.contract.actions.workloads import NEW, OLD, deployment, stateful_set
from tests.unit.execution.samples import KINDS, ROWS, fixed, placed, replica_set, target_of

SCANNER, DATA, ACCESS = ({name: "true"} for name in (SECURITY_SCANNER_LABEL, HOLDS_DATA_LABEL, ACCESS_CONTROL_LABEL))
TO_ZERO = {"type": "Scale", "scale": {"by": -1, "min": 0, "max": 9}}
DOWN = {"type": "Scale", "scale": {"by": -1, "min": 1, "max": 9}}
UP = {"type": "Scale", "scale": {"by": 1, "max": 99}}
LOWER = {"type": "Scale", "scale": {"by": -1, "min": 0, "max": 99, "bound": "Max"}}
NONE_AT_REST = {"type": "Scale", "scale": {"by": -1, "min": 0, "max": 99, "bound": "Min"}}
SET = {"type": "SetConfig", "setConfig": {"key": "mode", "value": "off"}}
SEMAPHORE = {"type": "ThrottleQueue", "throttleQueue": {"limit": 1, "key": "limit"}}
HOLD, RUN = ({"type": "ThrottleQueue", "throttleQueue": {"to": to}} for to in ("Hold", "Run"))
LIMIT = {"type": "ThrottleQueue", "throttleQueue": {"limit": 1}}
QUARANTINE = {"type": "Quarantine", "quarantine": {}}
RESTART = {"type": "Restart", "restart": {}}
DELETES = {"persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete"}}
KEEPS = {"persistentVolumeClaimRetentionPolicy": {"whenScaled": "Retain"}}


def effects(permitted: Manifest, target: Target) -> frozenset[Effect]:
    """What the action would do."""
    return KINDS[permitted["type"]].effects(fixed(permitted, target), target)


def stored(replicas: int, policy: dict[str, Any]) -> Manifest:
    """A StatefulSet with that policy for the volumes of its pods."""
    made = stateful_set("it", replicas)
    return {**made, "spec": {**made["spec"], **policy}}


def of(made: Manifest, *around: Manifest, **labels: str) -> Target:
    """The target, with objects around it."""
    return target_of(
        placed({**made, "metadata": {**made["metadata"], **labels}}), tuple(placed(each) for each in around)
    )


def labelled(made: Manifest, labels: dict[str, str]) -> Manifest:
    return {**made, "metadata": {**made["metadata"], "labels": labels}}


@pytest.mark.parametrize(
    ("permitted", "target"),
    [
        (TO_ZERO, of(labelled(deployment("it"), SCANNER))),
        (TO_ZERO, of(labelled(stateful_set("it"), SCANNER))),
        (NONE_AT_REST, of(scaled_object("it", minReplicaCount=1), labelled(deployment("it-scaled"), SCANNER))),
        (QUARANTINE, of(labelled(cron_job("it", annotations=noted(allow_quarantine="true")), SCANNER))),
        (QUARANTINE, of(labelled(deployment("it"), SCANNER))),
        (HOLD, of(labelled(cron_job("it"), SCANNER))),
        (HOLD, of(labelled(local_queue("it"), SCANNER))),
        (SET, of(labelled(config_map("it", mode="on"), SCANNER))),
        (SEMAPHORE, of(labelled(config_map("it", limit="9"), SCANNER))),
    ],
)
def test_stopping_or_blinding_a_security_scanner_disables_it(permitted: Manifest, target: Target) -> None:
    assert effects(permitted, target) == {"DisableSecurityScanners"}


@pytest.mark.parametrize(
    ("permitted", "target"),
    [
        (DOWN, of(labelled(deployment("it", 2), SCANNER))),
        (UP, of(labelled(deployment("it"), SCANNER))),
        (TO_ZERO, of(deployment("it"))),
        (TO_ZERO, of(labelled(deployment("it"), {SECURITY_SCANNER_LABEL: "false"}))),
        (RESTART, of(labelled(deployment("it"), SCANNER))),
        (RUN, of(labelled(cron_job("it"), SCANNER))),
        (LIMIT, of(labelled(scaled_object("it", maxReplicaCount=9), SCANNER))),
    ],
)
def test_a_scanner_that_goes_on_is_not_disabled(permitted: Manifest, target: Target) -> None:
    assert effects(permitted, target) == frozenset()


@pytest.mark.parametrize(
    ("permitted", "target"),
    [
        (DOWN, of(stored(3, DELETES))),
        (LOWER, of(hpa("it"), stored(3, DELETES))),
        (LOWER, of(scaled_object("it"), stored(3, DELETES))),
        (LIMIT, of(scaled_object("it", maxReplicaCount=9), stored(3, DELETES))),
        (SET, of(labelled(config_map("it", mode="on"), DATA))),
        (SEMAPHORE, of(labelled(config_map("it", limit="9"), DATA))),
    ],
)
def test_volumes_that_go_with_replicas_and_what_decides_over_data_are_production_data(
    permitted: Manifest, target: Target
) -> None:
    assert effects(permitted, target) == {"DeleteProductionData"}


@pytest.mark.parametrize(
    ("permitted", "target"),
    [
        (UP, of(stored(3, DELETES))),
        (DOWN, of(stored(3, KEEPS))),
        (RESTART, of(stored(3, DELETES))),
        (LOWER, of(hpa("it"), stored(3, KEEPS))),
        (LOWER, of(hpa("it"))),
        (SET, of(config_map("it", mode="on"))),
    ],
)
def test_data_that_stays_is_not_deleted(permitted: Manifest, target: Target) -> None:
    assert effects(permitted, target) == frozenset()


def test_changing_who_may_do_what_grants_access() -> None:
    assert effects(SET, of(labelled(config_map("it", mode="on"), ACCESS))) == {"GrantAdminAccess"}


STRICT = {
    "runAsNonRoot": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}


def rolled_back(old: Manifest | None = None, **security: Any) -> frozenset[Effect]:
    """The effects of going back to a release whose pods and container say that, from one that is strict."""
    row = next(each for each in ROWS if each.releases)
    now = placed(row.target("it"))
    now["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = "2"
    strict = {"automountServiceAccountToken": False, "serviceAccountName": "agent"}
    container = {"name": "app", "image": NEW, "securityContext": STRICT}
    now["spec"]["template"]["spec"] = {**strict, "containers": [container]}
    kept = replica_set(now, 1, row)
    before = {**container, "image": OLD, "securityContext": {**STRICT, **security}}
    kept["spec"]["template"]["spec"] = {**strict, "containers": [before], **(old or {})}
    return effects({"type": "Rollback", "rollback": {}}, target_of(now, (kept,)))


@pytest.mark.parametrize(
    "old",
    [
        {"serviceAccountName": "cluster-admin"},
        {"serviceAccountName": None},
        {"hostPID": True},
        {"hostNetwork": True},
        {"hostIPC": True},
        {"volumes": [{"name": "root", "hostPath": {"path": "/"}}]},
        {"automountServiceAccountToken": True},
        {"initContainers": [{"name": "first", "securityContext": {**STRICT, "privileged": True}}]},
        {"containers": [{"name": "app", "securityContext": STRICT, "ports": [{"hostPort": 22}]}]},
    ],
    ids=str,
)
def test_going_back_to_pods_that_could_do_more_grants_access(old: Manifest) -> None:
    assert rolled_back(old) == {"GrantAdminAccess"}


@pytest.mark.parametrize(
    "security",
    [
        {"privileged": True},
        {"allowPrivilegeEscalation": None},
        {"runAsNonRoot": None},
        {"runAsNonRoot": False, "runAsUser": 0},
        {"capabilities": {"drop": ["ALL"], "add": ["SYS_ADMIN"]}},
        {"capabilities": {}},
        {"procMount": "Unmasked"},
        {"seccompProfile": {"type": "Unconfined"}},
        {"windowsOptions": {"hostProcess": True}},
    ],
    ids=str,
)
def test_going_back_to_a_container_that_could_do_more_grants_access(security: Manifest) -> None:
    assert rolled_back(**security) == {"GrantAdminAccess"}


def test_going_back_to_pods_that_could_do_the_same_grants_nothing() -> None:
    assert rolled_back() == frozenset()
    assert rolled_back({"securityContext": {"fsGroup": 1}}) == frozenset()


def test_a_job_that_runs_again_does_again_what_its_labels_say() -> None:
    failed = {"conditions": [{"type": "Failed", "status": "True"}]}
    job = placed(manifest("batch/v1", "Job", "it", labels=DATA, spec={"template": {"spec": {}}}), **failed)
    assert effects({"type": "Retry", "retry": {}}, target_of(job)) == {"DeleteProductionData"}
