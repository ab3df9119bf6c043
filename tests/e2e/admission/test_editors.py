"""Who last edited a contract: stamped by admission, never forged, and no approver where duties are separated."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from testbed.api import Api, ApiError
from testbed.installation import Installation
from testbed.people import ALICE, BOB, ROOT, Person
from testbed.waiting import until
from tests.e2e.admission.proposals import GROUP, Proposal, propose
from tests.e2e.admission.refusals import KNOWN_SECONDS, refused
from tests.e2e.admission.rights import every_right
from tests.unit.cycle.routing.scene import route_raw
from tests.unit.domain.cost_specimens import budget_raw
from tests.unit.domain.specimens import contract_raw, playbook_raw

POLICY = "autonomic-editors"
STAMP = f"{GROUP}/last-editor"
BINDINGS = "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings"
KINDS = {
    "slacontracts": contract_raw,
    "selfhealingplaybooks": playbook_raw,
    "costbudgets": budget_raw,
    "adaptiveroutes": route_raw,
}


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    """A kind that plans come of."""
    found: str = request.param
    return found


def path(namespace: str, kind: str, name: str = "") -> str:
    """Where objects of the kind are."""
    return f"/apis/{GROUP}/v1alpha1/namespaces/{namespace}/{kind}{name and f'/{name}'}"


def document(kind: str, **annotations: str) -> dict[str, Any]:
    """An object of the kind, called `web`."""
    raw = KINDS[kind]("web")
    return {**raw, "metadata": {"name": "web", "annotations": annotations} if annotations else {"name": "web"}}


def changed_spec(kind: str) -> dict[str, Any]:
    """A change that somebody makes of it."""
    if kind == "adaptiveroutes":
        return {"spec": {"safety": {"maxStep": 100}}}
    return {"spec": {"verification": {"settle": "1m", "within": "20m"}}}


def editor(raw: dict[str, Any]) -> str | None:
    """Who admission says edited it last."""
    found: str | None = (raw["metadata"].get("annotations") or {}).get(STAMP)
    return found


@pytest.fixture
def people(installed: Installation, namespace: str) -> tuple[Api, Api]:
    """Alice and Bob, who may write contracts in the namespace."""
    rules = [{"apiGroups": [GROUP], "resources": sorted(KINDS), "verbs": ["*"]}]
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "owners"},
        "rules": rules,
    }
    kubectl = installed.cluster.kubectl
    kubectl("apply", "-n", namespace, "-f", "-", input=json.dumps(role), as_=ROOT)
    users = [f"--user={person.name}" for person in (ALICE, BOB)]
    kubectl("create", "rolebinding", "owners", "--role=owners", *users, "-n", namespace, as_=ROOT)
    alice, bob = installed.cluster.api(ALICE), installed.cluster.api(BOB)
    _await_stamp(alice, namespace, ALICE.name)
    return alice, bob


def _await_stamp(person: Api, namespace: str, name: str | None) -> None:
    """Returns once what the person makes is stamped so: the server learns of policies and roles within moments."""

    def stamped() -> bool:
        made = person.post(
            path(namespace, "slacontracts"), {**contract_raw(), "metadata": {"name": "seen"}}, dryRun="All"
        )
        return editor(made) == name

    until(stamped, KNOWN_SECONDS, f"contracts to be stamped with {name}", ignoring=(ApiError,))


@pytest.fixture
def unstamped(installed: Installation, people: tuple[Api, Api], namespace: str) -> Iterator[tuple[Api, Api]]:
    """Alice and Bob, in a cluster that has no mutating policies."""
    root = installed.cluster.api(ROOT)
    kept = root.get(f"{BINDINGS}/{POLICY}")
    root.delete(f"{BINDINGS}/{POLICY}")
    try:
        _await_stamp(people[0], namespace, None)
        yield people
    finally:
        root.post(BINDINGS, {**kept, "metadata": {"name": POLICY, "labels": kept["metadata"]["labels"]}})
        _await_stamp(people[0], namespace, ALICE.name)


def test_where_nothing_is_stamped_one_s_own_name_or_none_may_stand_there(
    unstamped: tuple[Api, Api], namespace: str, kind: str
) -> None:
    alice, bob = unstamped
    with refused(POLICY, f"to {ALICE.name}, who edits this now, not to {BOB.name}, or leave it out"):
        alice.post(path(namespace, kind), document(kind, **{STAMP: BOB.name}))
    alice.post(path(namespace, kind), document(kind, **{STAMP: ALICE.name}))
    change = changed_spec(kind)
    with refused(POLICY, f"to {BOB.name}, who edits this now, not to {ALICE.name}"):
        bob.patch(path(namespace, kind, "web"), change)
    for name in (BOB.name, None):
        with refused(POLICY, "changes with the spec alone"):
            bob.patch(path(namespace, kind, "web"), {"metadata": {"annotations": {STAMP: name}}})
    assert (
        editor(bob.patch(path(namespace, kind, "web"), {**change, "metadata": {"annotations": {STAMP: None}}})) is None
    )


def test_whoever_makes_it_or_changes_its_spec_is_its_last_editor(
    people: tuple[Api, Api], namespace: str, kind: str
) -> None:
    alice, bob = people
    made = alice.post(path(namespace, kind), document(kind))
    assert editor(made) == ALICE.name
    assert editor(bob.patch(path(namespace, kind, "web"), changed_spec(kind))) == BOB.name


def test_a_change_of_anything_but_the_spec_makes_nobody_its_editor(
    people: tuple[Api, Api], namespace: str, kind: str
) -> None:
    alice, bob = people
    alice.post(path(namespace, kind), document(kind))
    changed = bob.patch(path(namespace, kind, "web"), {"metadata": {"labels": {"team": "b"}}})
    assert editor(changed) == ALICE.name


@pytest.mark.parametrize("name", [BOB.name, "", None], ids=["another", "empty", "none"])
def test_a_stamp_that_somebody_changes_by_hand_is_put_back(
    people: tuple[Api, Api], namespace: str, kind: str, name: str | None
) -> None:
    alice, bob = people
    alice.post(path(namespace, kind), document(kind))
    for person in (alice, bob):
        changed = person.patch(path(namespace, kind, "web"), {"metadata": {"annotations": {STAMP: name}}})
        assert editor(changed) == ALICE.name


def test_a_false_name_in_a_new_object_is_replaced(people: tuple[Api, Api], namespace: str, kind: str) -> None:
    alice, _ = people
    assert editor(alice.post(path(namespace, kind), document(kind, **{STAMP: BOB.name}))) == ALICE.name


def test_server_side_apply_keeps_the_stamp_of_who_applied_a_change(
    installed: Installation, people: tuple[Api, Api], namespace: str, kind: str
) -> None:
    body = json.dumps(document(kind))
    for _ in range(2):
        installed.cluster.kubectl("apply", "--server-side", "-n", namespace, "-f", "-", input=body, as_=ALICE)
        assert editor(people[0].get(path(namespace, kind, "web"))) == ALICE.name


@pytest.fixture
def proposal_of_alice(installed: Installation, namespace: str) -> Proposal:
    """A plan for something that Alice edited last, where duties are separated."""
    return propose(installed, namespace, annotations={STAMP: ALICE.name})


def test_who_edited_what_a_plan_is_made_for_may_not_approve_it_and_everybody_else_may(
    proposal_of_alice: Proposal,
) -> None:
    with refused("autonomic-plans", "somebody else approves it"):
        proposal_of_alice.add(ALICE)
    proposal_of_alice.add(BOB)


def test_who_edited_what_a_plan_is_made_for_may_deny_it(proposal_of_alice: Proposal) -> None:
    proposal_of_alice.add(ALICE, "Denied")


@pytest.mark.parametrize("person", [ALICE, BOB], ids=lambda person: person.name)
def test_nobody_takes_the_editor_off_a_plan(proposal_of_alice: Proposal, person: Person) -> None:
    body = {"metadata": {"annotations": {STAMP: None}}}
    with (
        every_right(proposal_of_alice.cluster, person.name),
        refused("autonomic-plans", "only the operator writes labels, annotations"),
    ):
        proposal_of_alice.patch(person, body)
