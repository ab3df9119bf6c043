"""A leader that was replaced writes nothing, and the operator can prove that each policy is in force."""

import pytest

from testbed.installation import OWN_DEPLOYMENT, OWN_LEASE, PROOFS, Installation
from testbed.people import ADMIN, ROOT
from testbed.waiting import until
from tests.e2e.admission.proposals import GROUP
from tests.e2e.admission.refusals import refused

POLICY = "autonomic-fence"


@pytest.mark.parametrize("offset", [-1, 1])
def test_a_write_from_another_epoch_is_refused(installed: Installation, workload: str, offset: int) -> None:
    epoch = str(installed.lead() + offset)
    with refused(POLICY, "a leader that was replaced"):
        installed.operator.patch(workload, {"metadata": {"annotations": {f"{GROUP}/epoch": epoch}}})


def test_a_write_without_an_epoch_is_refused(installed: Installation, workload: str) -> None:
    installed.lead()
    with refused(POLICY, "the lease epoch none"):
        installed.operator.patch(workload, {"spec": {"replicas": 5}})


def test_after_a_takeover_the_new_epoch_is_good_and_the_old_one_is_not(installed: Installation, workload: str) -> None:
    old = installed.lead()
    installed.operator.patch(f"{OWN_LEASE}/autonomic", {"spec": {"leaseTransitions": old + 1}})

    def write(epoch: int) -> None:
        installed.operator.patch(workload, {"metadata": {"annotations": {f"{GROUP}/epoch": str(epoch)}}})

    def taken() -> bool:
        write(old + 1)
        return True

    until(taken, 60, "the new epoch to be known", ignoring=(Exception,))
    with refused(POLICY, f"bears the lease epoch {old} but the Lease is at {old + 1}"):
        write(old)


@pytest.mark.parametrize("policy", PROOFS)
def test_the_operator_can_prove_that_a_policy_is_in_force(installed: Installation, policy: str) -> None:
    assert installed.refuses(policy)


def test_nothing_comes_of_a_proof(installed: Installation) -> None:
    before = installed.cluster.api(ROOT).get(OWN_DEPLOYMENT)["metadata"]["resourceVersion"]
    for policy in PROOFS:
        assert installed.refuses(policy)
    # Outside a dry run the same write is refused, too, before any policy lets it pass.
    with refused("autonomic-allow-list", "of its own namespace"):
        installed.operator.patch(OWN_DEPLOYMENT, {"metadata": {"annotations": {f"{GROUP}/op-id": "x"}}})
    assert installed.cluster.api(ROOT).get(OWN_DEPLOYMENT)["metadata"]["resourceVersion"] == before


@pytest.mark.parametrize("policy", PROOFS)
def test_the_proof_fails_when_a_policy_only_audits(installed: Installation, policy: str) -> None:
    _bind(installed, policy, "Audit")
    try:
        until(lambda: not installed.refuses(policy), 60, "the proof to fail")
    finally:
        _bind(installed, policy, "Deny")
        until(lambda: installed.refuses(policy), 60, "the policy to be in force again")


def _bind(installed: Installation, name: str, action: str) -> None:
    path = f"/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/{name}"
    installed.cluster.api(ADMIN).patch(path, {"spec": {"validationActions": [action]}})
