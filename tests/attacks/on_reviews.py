"""Attacks on reviews: by whom they are, of what, when, and what became of those that were there."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from testbed.api import Api
from testbed.installation import NAMESPACE
from testbed.people import ALICE, BOB, DAVE
from testbed.waiting import until
from tests.attacks.attack import Attack, Harmless
from tests.attacks.ground import Ground
from tests.attacks.on_plans import ADMINISTRATOR, APPROVER, EDITOR, MASTER, ROBOT, applied, replaced
from tests.e2e.admission.proposals import Proposal, times_to_come

OWNER = "dave, who has every verb in the namespace and bound the approvers' role to himself"
OPERATOR = "the operator, made cluster-admin"


def _of(who: Callable[[Ground], Api]) -> Callable[[Ground], object]:
    return lambda ground: ground.plan().add(who(ground))


def _minted(ground: Ground) -> None:
    token = ground.installed.cluster.kubectl("create", "token", "autonomic", "-n", NAMESPACE, as_=DAVE).strip()
    ground.plan().add(Api(ground.dave.url, ground.dave.ca_file, token))


def _impersonated(*extra: str) -> Callable[[Ground], object]:
    def attempt(ground: Ground) -> None:
        plan = ground.plan()
        where = ("adaptationplan", plan.name, "-n", plan.namespace, "--type=merge")
        body = f'{{"spec":{{"reviews":[{{"decision":"Approved","digest":"{plan.digest}"}}]}}}}'
        ground.installed.cluster.kubectl("patch", *where, "-p", body, f"--as={ALICE.name}", *extra, as_=DAVE)

    return attempt


def _json(plan: Proposal, api: Api, op: str, path: str, value: Any = None) -> None:
    plan.patch(api, [{"op": op, "path": path, **({} if value is None else {"value": value})}], "json-patch")


def _pair(ground: Ground) -> None:
    plan = ground.plan()
    both = [plan.review(by=ALICE.name), plan.review(by=BOB.name)]
    plan.patch(ground.alice, {"spec": {"reviews": both}})


def _pair_of_one(ground: Ground) -> None:
    plan = ground.plan()
    both = [plan.review(by=ALICE.name), plan.review("Denied", by=ALICE.name)]
    plan.patch(ground.alice, {"spec": {"reviews": both}})


def _denied(ground: Ground) -> Proposal:
    plan = ground.plan()
    plan.add(ground.bob, "Denied")
    return plan


def _deleting(ground: Ground) -> None:
    plan = ground.plan(finalizers=["example.com/held"])
    ground.operator.delete(plan.path)
    try:
        plan.add(ground.alice)
    finally:
        plan.patch(ground.admin, {"metadata": {"finalizers": None}})


def _expired(ground: Ground) -> None:
    plan = ground.plan(expires_in=timedelta(seconds=2))
    until(lambda: datetime.now(UTC) > plan.expires_at + timedelta(seconds=1), 10, "the plan to expire")
    plan.add(ground.alice)


def _in_phase(phase: str, decision: str) -> Callable[[Ground], object]:
    def attempt(ground: Ground) -> None:
        plan = ground.plan()
        plan.becomes(phase)
        plan.add(ground.alice, decision)

    return attempt


def _twice(ground: Ground) -> None:
    plan = ground.plan()
    plan.add(ground.alice)
    plan.add(ground.alice)


def _forged_time(ground: Ground) -> None:
    plan = ground.plan(expires_in=timedelta(seconds=2))
    until(lambda: datetime.now(UTC) > plan.expires_at + timedelta(seconds=1), 10, "the plan to expire")
    early = [
        {**each, "manager": "me", "time": "2001-01-01T00:00:00Z"} for each in plan.read()["metadata"]["managedFields"]
    ]
    plan.patch(
        ground.alice, {"metadata": {"managedFields": early}, "spec": {"reviews": [plan.review()]}}, fieldManager="me"
    )


def _with_times_to_come(ground: Ground) -> None:
    plan = ground.plan()
    forged = plan.read()["metadata"]["managedFields"] + times_to_come(9)
    plan.patch(ground.alice, {"metadata": {"managedFields": forged}, "spec": {"reviews": [plan.review()]}})


def _through_the_status(ground: Ground) -> None:
    plan = ground.plan()
    ground.operator.patch(f"{plan.path}/status", {"spec": {"reviews": [plan.review(by=ALICE.name)]}})
    if not plan.reviews():
        raise Harmless("there is no review")


def _by_put(ground: Ground) -> None:
    plan = ground.plan()
    replaced(ground.dave, plan.path, plan, spec={**plan.read()["spec"], "reviews": [plan.review(by=DAVE.name)]})


def _by_apply(ground: Ground) -> None:
    plan = ground.plan()
    applied(ground.dave, plan.path, plan, {"spec": {"reviews": [plan.review(by=DAVE.name)]}})


def _of_another(ground: Ground) -> None:
    ground.plan().add(ground.alice, digest=ground.plan().digest)


BY_OTHERS = [
    Attack("approve", EDITOR, _of(lambda ground: ground.dave)),
    Attack("approve", OWNER, lambda ground: ground.plan(ground.yard).add(ground.dave)),
    Attack("deny", OWNER, lambda ground: ground.plan(ground.yard).add(ground.dave, "Denied")),
    Attack("approve", ROBOT, _of(lambda ground: ground.robot)),
    Attack("approve", OPERATOR, _of(lambda ground: ground.operator)),
    Attack("approve", MASTER, _of(lambda ground: ground.root)),
    Attack("approve in alice's name", MASTER, lambda ground: ground.plan().add(ground.root, by=ALICE.name)),
    Attack("approve with a token of the operator's account", EDITOR, _minted),
    Attack("approve as alice, by impersonation", EDITOR, _impersonated()),
    Attack("approve as alice of system:masters, by impersonation", EDITOR, _impersonated("--as-group=system:masters")),
    Attack("approve in alice's name", EDITOR, lambda ground: ground.plan().add(ground.dave, by=ALICE.name)),
    Attack("approve in bob's name", APPROVER, lambda ground: ground.plan().add(ground.alice, by=BOB.name)),
    Attack("approve in bob's name", ADMINISTRATOR, lambda ground: ground.plan().add(ground.admin, by=BOB.name)),
    Attack("approve, by PUT", EDITOR, _by_put),
    Attack("approve, by apply", EDITOR, _by_apply),
    Attack("approve through the status", OPERATOR, _through_the_status),
    Attack("approve through a subresource that there is not", EDITOR, lambda ground: _no_subresource(ground)),
]


def _no_subresource(ground: Ground) -> None:
    plan = ground.plan()
    where = ("adaptationplan", plan.name, "-n", plan.namespace, "--subresource=approval", "--type=merge")
    ground.installed.cluster.kubectl("patch", *where, "-p", '{"spec":{}}', as_=DAVE)


OF_OTHERS = [
    Attack("two approvals in one write, in two names", APPROVER, _pair),
    Attack("an approval and a denial in one write", APPROVER, _pair_of_one),
    Attack("put a review before another's", APPROVER, lambda ground: _json(
        plan := _denied(ground), ground.alice, "add", "/spec/reviews/0", plan.review(by=ALICE.name))),
    Attack("replace another's review", APPROVER, lambda ground: (
        plan := _denied(ground)).patch(ground.alice, {"spec": {"reviews": [plan.review()]}})),
    Attack("turn another's denial into an approval", APPROVER, lambda ground: _json(
        _denied(ground), ground.alice, "replace", "/spec/reviews/0/decision", "Approved")),
    Attack("take another's denial away", APPROVER, lambda ground: _json(
        _denied(ground), ground.alice, "remove", "/spec/reviews/0")),
    Attack("take all reviews away", ADMINISTRATOR, lambda ground: _denied(ground).patch(
        ground.admin, {"spec": {"reviews": None}})),
    Attack("approve what was denied", APPROVER, lambda ground: _denied(ground).add(ground.alice)),
    Attack("approve twice", APPROVER, _twice),
]  # fmt: skip
WHEN = [
    Attack("approve with another digest", APPROVER, lambda ground: ground.plan().add(
        ground.alice, digest="sha256:" + "0" * 64)),
    Attack("approve with the digest of another plan", APPROVER, _of_another),
    Attack("decide what is no decision", APPROVER, lambda ground: ground.plan().add(ground.alice, "Certainly")),
    Attack("approve what expired", APPROVER, _expired),
    Attack("approve what expired, with a time forged in managedFields", APPROVER, _forged_time),
    Attack("approve, with times to come in managedFields, so that nobody can deny", APPROVER, _with_times_to_come),
    Attack("approve what is being deleted", APPROVER, _deleting),
    Attack("approve what is executed already", APPROVER, _in_phase("Executing", "Approved")),
    Attack("approve what was rolled back", APPROVER, _in_phase("RolledBack", "Approved")),
    Attack("keep what is not Inconclusive", APPROVER, _in_phase("Succeeded", "Keep")),
    Attack("roll back what was never done", APPROVER, _in_phase("AwaitingApproval", "RollBack")),
]  # fmt: skip
ON_REVIEWS = [*BY_OTHERS, *OF_OTHERS, *WHEN]
