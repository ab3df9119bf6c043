"""`kubectl autonomic` as somebody who types it meets it, over a cluster in memory."""

import asyncio
import json
from typing import Any

import pytest
import yaml

from autonomic.domain.errors import Conflict, Forbidden, Unavailable
from autonomic.domain.plans import AdaptationPlan
from autonomic.ports.cluster import Manifest
from tests.unit.cli.plan.desk import Room
from tests.unit.domain.specimens import DEPLOYMENT, condition, contract_raw, execution, loop_raw

POLICY = (
    'could not review AdaptationPlan shop/cure: adaptationplans.autonomic.maestro.dev "cure" is forbidden:'
    " ValidatingAdmissionPolicy 'autonomic-plans' with binding 'autonomic-plans' denied request:"
    " ann has said Approved before (HTTP 403)"
)
RIGHTS = (
    'could not read AdaptationPlan shop/cure: adaptationplans is forbidden: User "ann" cannot get resource "adaptationplans" in'
    ' API group "autonomic.maestro.dev" in the namespace "shop" (HTTP 403)'
)


@pytest.fixture
def room() -> Room:
    made = Room()
    asyncio.run(made.furnish())
    return made


def reviews(room: Room) -> list[tuple[str, str, str]]:
    """What was said of the plan."""
    return asyncio.run(room.reviews())


def made(room: Room, **more: Any) -> AdaptationPlan:
    """The plan `cure`."""
    return asyncio.run(room.plan(**more))


def finished(outcome: str, **more: Any) -> dict[str, Any]:
    """The status of a plan that is over."""
    over = {**condition("Finished", "True", outcome), "message": f"it is {outcome}"}
    return {"phase": outcome, "conditions": [over], **more}


def test_an_approval_bears_the_digest_that_was_shown_the_name_and_the_reason(room: Room) -> None:
    plan = made(room)
    answer = room.type("approve", "cure", "--yes", "-m", "seen")
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert "approved shop/cure as ann@example.com" in answer.stdout
    assert reviews(room) == [("Approved", "ann@example.com", "seen")]
    raw = asyncio.run(room.person.memory.get(plan.ref))
    assert raw["spec"]["reviews"][0]["digest"] == plan.spec.digest


def test_without_a_terminal_nobody_is_asked_and_nothing_is_said(room: Room) -> None:
    plan = made(room)
    answer = room.type("approve", "cure")
    assert (answer.exit_code, reviews(room)) == (2, [])
    assert plan.spec.digest in answer.stdout
    assert "give --yes to approve shop/cure" in answer.stderr


def test_a_denial_is_not_asked_twice(room: Room) -> None:
    made(room)
    assert room.type("deny", "plan/cure", "-m", "not now").exit_code == 0
    assert reviews(room) == [("Denied", "ann@example.com", "not now")]


@pytest.mark.parametrize(("given", "code"), [("{}", 0), ("{:.19}", 0), ("sha256:" + "a" * 64, 4), ("{:.12}", 2)])
def test_an_approval_may_be_bound_to_a_digest_that_was_read_before(room: Room, given: str, code: int) -> None:
    plan = made(room)
    answer = room.type("approve", "cure", "--yes", "--digest", given.format(plan.spec.digest))
    assert (answer.exit_code, len(reviews(room))) == (code, 0 if code else 1)


@pytest.mark.parametrize(
    ("command", "phase"),
    [
        ("approve", "Executing"),
        ("deny", "Denied"),
        ("keep", "Succeeded"),
        ("undo", "RolledBack"),
        ("undo", "AwaitingApproval"),
    ],
)
def test_what_is_too_late_or_too_early_is_refused_with_the_phases_in_which_it_is_possible(
    room: Room, command: str, phase: str
) -> None:
    made(room, status={"phase": phase})
    answer = room.type(command, "cure", *(() if command == "deny" else ("--yes",)))
    assert (answer.exit_code, reviews(room)) == (1, [])
    assert f"plan shop/cure is {phase}: you can" in answer.stderr


@pytest.mark.parametrize(
    ("command", "phase", "decision"),
    [("undo", "Succeeded", "RollBack"), ("undo", "Inconclusive", "RollBack"), ("keep", "Inconclusive", "Keep")],
)
def test_what_was_done_is_taken_back_or_kept_by_a_review(room: Room, command: str, phase: str, decision: str) -> None:
    made(room, status={"phase": phase, "execution": execution()})
    assert room.type(command, "cure", "--yes").exit_code == 0
    assert reviews(room) == [(decision, "ann@example.com", "")]


def test_a_plan_that_is_not_what_its_digest_says_is_not_approved(room: Room) -> None:
    plan = made(room)
    asyncio.run(room.person.memory.patch_as("mallory", plan.ref, {"spec": {"justification": "trust me"}}))
    answer = room.type("approve", "cure", "--yes")
    assert (answer.exit_code, reviews(room)) == (1, [])
    assert "it was changed after it was made" in answer.stderr


def test_a_plan_that_was_made_anew_while_it_was_read_is_not_approved(room: Room) -> None:
    plan = made(room)

    async def anew() -> None:
        await room.person.memory.delete(plan.ref, plan.metadata.uid)
        await room.plan(nonce="1" * 32)

    room.person.meanwhile = anew
    answer = room.type("approve", "cure", "--yes")
    assert (answer.exit_code, reviews(room)) == (4, [])
    assert "is another one than was shown" in answer.stderr


def test_a_plan_that_was_deleted_while_it_was_read_is_named(room: Room) -> None:
    plan = made(room)
    room.person.meanwhile = lambda: room.person.memory.delete(plan.ref, plan.metadata.uid)
    answer = room.type("approve", "cure", "--yes")
    assert (answer.exit_code, answer.stderr) == (4, "plan shop/cure was deleted meanwhile\n")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Forbidden(POLICY), 1, "refused: ann has said Approved before\n"),
        (Forbidden(RIGHTS), 1, f"{RIGHTS}; ask for the ClusterRole autonomic-viewer\n"),
        (Unavailable("no answer within 10 s"), 5, "no answer within 10 s\n"),
        (Conflict("it changed"), 4, "it changed\n"),
    ],
)
def test_what_the_server_refuses_is_a_sentence_and_a_code(room: Room, error: Forbidden, code: int, said: str) -> None:
    made(room)
    room.person.refusal = error
    answer = room.type("approve", "cure", "--yes")
    assert (answer.exit_code, answer.stderr) == (code, said)


def test_a_name_that_is_misspelt_is_answered_with_the_near_ones(room: Room) -> None:
    made(room)
    answer = room.type("diff", "crue")
    assert (answer.exit_code, answer.stderr) == (3, "there is no plan crue in namespace shop; there are cure\n")


def test_a_reason_that_is_too_long_is_refused_before_anything_is_sent(room: Room) -> None:
    made(room)
    answer = room.type("deny", "cure", "-m", "x" * 513)
    assert (answer.exit_code, "512 are kept" in answer.stderr) == (2, True)


def test_diff_shows_what_would_change(room: Room) -> None:
    made(room)
    lines = [line.split() for line in room.type("diff", "cure").stdout.splitlines()]
    assert ["FIELD", "BEFORE", "AFTER", "LIVE"] in lines
    assert ["/spec/replicas", "2", "4", "2"] in lines


def test_diff_says_when_the_target_moved(room: Room) -> None:
    made(room)
    asyncio.run(room.person.memory.patch_as("kubectl", DEPLOYMENT, {"spec": {"replicas": 3}}))
    answer = room.type("diff", "cure")
    assert (
        "the target moved: the plan was to scale from 2 to 4 replicas, now it would scale from 3 to 4" in answer.stdout
    )
    document = yaml.safe_load(room.type("diff", "cure", "-o", "yaml").stdout)
    assert document["moved"].startswith("the target moved")


def test_diff_shows_what_was_recorded_and_what_somebody_did_since(room: Room) -> None:
    made(room, status={"phase": "Verifying", "execution": execution()})
    asyncio.run(room.person.memory.patch_as("kubectl", DEPLOYMENT, {"spec": {"replicas": 7}}))
    answer = room.type("diff", "cure").stdout
    assert ["/spec/replicas", "2", "4", "7"] in [line.split() for line in answer.splitlines()]
    assert "changed by somebody else since: /spec/replicas" in answer
    assert "moved" not in answer


def test_diff_of_a_target_that_is_gone_or_another_one_says_so(room: Room) -> None:
    made(room)
    live: Manifest = asyncio.run(room.person.memory.get(DEPLOYMENT))
    asyncio.run(room.person.memory.delete(DEPLOYMENT, live["metadata"]["uid"]))
    assert "Deployment shop/agent is not there any more" in room.type("diff", "cure").stdout
    asyncio.run(room.person.memory.create({key: value for key, value in live.items() if key != "status"}))
    assert "another object than when the plan was made" in room.type("diff", "cure").stdout


def test_diff_of_a_target_that_one_may_not_read_shows_what_is_wanted(room: Room) -> None:
    made(room)
    for _ in range(2):
        room.person.memory.fail_next("list", Forbidden("no"))
    answer = room.type("diff", "cure").stdout
    assert "you may not read what belongs to it" in answer
    assert ["/spec/replicas", "2", "4", "2"] in [line.split() for line in answer.splitlines()]


def test_pause_and_resume_write_only_what_changes(room: Room) -> None:
    for kind in ("Reliability", "Healing"):
        asyncio.run(room.person.memory.create(loop_raw(kind)))
    assert room.type("pause", "healing").exit_code == 0
    before = len(room.person.memory.writes)
    answer = room.type("pause", "--all")
    assert (answer.exit_code, len(room.person.memory.writes) - before) == (0, 1)
    assert "loop healing was paused already" in answer.stdout
    assert "loop reliability is paused" in answer.stdout
    assert room.type("resume", "reliability").stdout == "loop reliability goes on\n"


@pytest.mark.parametrize("arguments", [("pause",), ("resume", "--all", "healing")])
def test_pause_wants_names_or_all(room: Room, arguments: tuple[str, ...]) -> None:
    assert room.type(*arguments).exit_code == 2


def test_history_tells_finished_plans_and_who_decided(room: Room) -> None:
    decided = {"verdict": "Approve", "at": "2025-01-01T11:58:00Z"}
    made(room, name="waiting")
    made(room, name="denied", status=finished("Denied", reviewedBy="bob@example.com"))
    made(room, name="cured", status=finished("Succeeded", governance=decided, execution=execution()))
    made(room, name="late", status=finished("Expired"))
    items = json.loads(room.type("history", "-o", "json").stdout)["items"]
    assert {each["plan"]: (each["outcome"], each["by"]) for each in items} == {
        "denied": ("Denied", "bob@example.com"),
        "cured": ("Succeeded", "policy"),
        "late": ("Expired", "nobody"),
    }
    assert "WHY" not in room.type("history").stdout
    assert "it is Denied" in room.type("history", "-o", "wide").stdout


@pytest.mark.parametrize(
    ("option", "value", "found"),
    [
        ("--target", "deployment/agent", 1),
        ("--target", "other", 0),
        ("--loop", "reliability", 1),
        ("--loop", "healing", 0),
        ("--owner", "agent", 1),
        ("--owner", "other", 0),
    ],
)
def test_history_is_of_one_target_loop_or_owner(room: Room, option: str, value: str, found: int) -> None:
    made(room, status=finished("Succeeded"))
    assert len(json.loads(room.type("history", option, value, "-o", "json").stdout)["items"]) == found


def test_top_shows_phases_open_plans_loops_and_the_worst_budgets_first(room: Room) -> None:
    made(room)
    made(room, name="old", status=finished("Succeeded"))
    asyncio.run(room.person.memory.create(loop_raw("Reliability", suspend=True)))
    for name, alert, left in (("calm", "None", "90%"), ("broke", "Exhausted", "-5%"), ("blind", "Unknown", "Unknown")):
        raw = contract_raw(name)
        asyncio.run(room.person.memory.create(raw))
        reading = {"name": "success", "alert": alert, "budgetRemaining": left, "sli": "99%"}
        ref = DEPLOYMENT.model_copy(update={"api_version": raw["apiVersion"], "kind": "SLAContract", "name": name})
        asyncio.run(room.person.memory.patch_status(ref, {"status": {"objectives": [reading]}}))
    text = room.type("top").stdout
    assert "1 AwaitingApproval, 1 Succeeded" in text
    assert text.index("shop/broke/success") < text.index("shop/blind/success") < text.index("shop/calm/success")
    assert ["reliability", "Paused"] in [line.split()[:2] for line in text.splitlines()]
    document = json.loads(room.type("top", "-o", "json").stdout)
    assert document["phases"] == {"AwaitingApproval": 1, "Succeeded": 1}
    assert [each["plan"] for each in document["open"]] == ["shop/cure"]


def test_explain_tells_the_figures_the_rule_and_the_reviews_in_order(room: Room) -> None:
    ruled = {
        "verdict": "RequireApproval",
        "reasons": ["big: it is big"],
        "decisionId": "sha256:0123456789abcdef",
        "policyRevision": "r7",
        "at": "2025-01-01T12:00:01Z",
    }
    said = [{"decision": "Approved", "by": "bob", "message": "fine"}]
    conditions = [
        {**condition("Reviewed", "True", "Approved", "2025-01-01T12:02:00Z"), "message": "approved by bob: fine"}
    ]
    over = {**condition("Finished", "True", "Succeeded", "2025-01-01T12:03:00Z"), "message": "burn is 0.0"}
    claim = execution("2025-01-01T12:02:01Z")
    status = {"governance": ruled, "reviewedBy": "bob", "execution": claim, "conditions": [*conditions, over]}
    made(room, status={"phase": "Succeeded", **status}, reviews=said)
    waited = {"reason": "PlanWaits", "eventTime": "2025-01-01T12:00:30Z", "message": "the kill switch is on"}
    room.person.told = [waited, {**waited, "reason": "PlanExecuting", "message": "known already"}]
    text = room.type("explain", "cure").stdout
    story = [
        "became Breach",
        "proposed by loop reliability: scale from 2 to 4 replicas",
        "governance: RequireApproval: big: it is big",
        "waited: the kill switch is on",
        "approved by bob: fine",
        "claimed by a: Scale on Deployment/agent: /spec/replicas 2 -> 4",
        "Succeeded: burn is 0.0",
    ]
    tail = text[text.index("2025-01-01 11:55:00") :]
    assert [tail.index(each) for each in story] == sorted(tail.index(each) for each in story)
    assert "known already" not in text
    for figure in (
        "10 of 100 events failed",
        "40.0%",
        "over 5m falls below 14.4",
        "by policies r7 (sha256:0123456789abcdef)",
    ):
        assert figure in text
    document = json.loads(room.type("explain", "cure", "-o", "json").stdout)
    assert [each["at"] for each in document["story"]] == sorted(each["at"] for each in document["story"])


def test_explain_says_what_a_person_can_do_now(room: Room) -> None:
    made(room)
    assert "kubectl autonomic approve cure -n shop" in room.type("explain", "cure").stdout
