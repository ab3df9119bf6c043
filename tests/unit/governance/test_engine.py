"""The strictest answer of all that were asked. No answer is never approval."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.decisions import NoRuling, Ruling
from autonomic.domain.errors import Unavailable
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.targets import StepFacts
from autonomic.domain.view import View
from autonomic.domain.words import Mode, Verdict
from autonomic.governance.engine import GovernanceEngine, read_answer
from autonomic.ports.memory.policy import MemoryPolicyEngine
from tests.unit.domain.specimens import NOW, contract, namespace, plan, redline, target

APPROVE = {"allow": True, "verdict": "Approve", "reasons": ["small"], "rules": ["small_step"], "revision": "r7"}
DENY = {**APPROVE, "allow": False, "verdict": "Deny"}
PERSON = {**APPROVE, "allow": False, "verdict": "RequireApproval"}
FACTS = (StepFacts("Scale", target(), (), frozenset(), "scale from 2 to 4 replicas", 2, 4),)


def view(**more: Any) -> View:
    base = {
        "namespaces": {"shop": namespace()},
        "redlines": {"default": redline()},
        "contracts": {"shop/agent": contract()},
    }
    return View(NOW, **{**base, **more})


async def ruled(
    answer: object = APPROVE,
    mode: Mode = Mode.ENFORCE,
    of: AdaptationPlan | None = None,
    seen: View | None = None,
    facts: tuple[StepFacts, ...] = FACTS,
) -> Ruling | NoRuling:
    return await GovernanceEngine(MemoryPolicyEngine(answer)).rule(of or plan(), facts, seen or view(), mode)


def verdict(ruling: Ruling | NoRuling) -> Verdict | None:
    return ruling.verdict if isinstance(ruling, Ruling) else None


async def test_an_approval_by_policy_carries_its_reasons_and_revision() -> None:
    ruling = await ruled()
    assert isinstance(ruling, Ruling)
    assert (ruling.verdict, ruling.reasons, ruling.policy_revision) == (Verdict.APPROVE, ("small_step: small",), "r7")


async def test_the_same_question_has_the_same_decision_id_and_another_has_another() -> None:
    first, again, other = await ruled(), await ruled(), await ruled(mode=Mode.PROPOSE)
    assert isinstance(first, Ruling)
    assert isinstance(other, Ruling)
    assert first == again
    assert first.decision_id.startswith("sha256:")
    assert first.decision_id != other.decision_id


@pytest.mark.parametrize(("answer", "wanted"), [(DENY, Verdict.DENY), (PERSON, Verdict.REQUIRE_APPROVAL)])
async def test_policy_may_deny_and_may_ask_for_a_person(answer: object, wanted: Verdict) -> None:
    assert verdict(await ruled(answer)) is wanted


async def test_a_policy_engine_that_does_not_answer_leaves_the_plan_waiting_and_says_why() -> None:
    policy = MemoryPolicyEngine(APPROVE)
    policy.failure = Unavailable("OPA is down")
    ruling = await GovernanceEngine(policy).rule(plan(), FACTS, view(), Mode.ENFORCE)
    assert ruling == NoRuling("PolicyEngineUnavailable", "OPA is down")


MALFORMED = [
    True,
    "Approve",
    [APPROVE],
    {},
    {"allow": True},
    {**APPROVE, "allow": "true"},
    {**APPROVE, "allow": 1},
    {**APPROVE, "verdict": "approve"},
    {**APPROVE, "verdict": "Approved"},
    {**APPROVE, "revision": ""},
    {**APPROVE, "reasons": "small"},
    {**APPROVE, "extra": 1},
    {**APPROVE, "reviewers": 0},
    {**APPROVE, "reviewers": 6},
    {**APPROVE, "reviewers": True},
    {**APPROVE, "reviewers": "2"},
    {**APPROVE, "verdict": ["Approve"]},
    {key: value for key, value in APPROVE.items() if key != "allow"},
]


@pytest.mark.parametrize("answer", MALFORMED, ids=str)
async def test_a_malformed_answer_never_approves(answer: object) -> None:
    ruling = await ruled(answer)
    assert isinstance(ruling, NoRuling)
    assert ruling.reason == "PolicyMalformed"


async def test_an_undefined_answer_never_approves() -> None:
    ruling = await ruled(None)
    assert isinstance(ruling, NoRuling)
    assert ruling.reason == "PolicyUndefined"


@pytest.mark.parametrize("answer", [{**APPROVE, "allow": False}, {**DENY, "allow": True}, {**PERSON, "allow": True}])
async def test_an_answer_that_contradicts_itself_never_approves(answer: object) -> None:
    ruling = await ruled(answer)
    assert isinstance(ruling, NoRuling)
    assert "contradicts itself" in ruling.message


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["Approve", "Deny"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(APPROVE)), inner, max_size=5),
    max_leaves=8,
)


@given(anything)
def test_only_a_whole_and_consistent_answer_approves(raw: object) -> None:
    if verdict(read_answer(raw)) is Verdict.APPROVE:
        assert isinstance(raw, dict)
        assert raw["allow"] is True
        assert raw["verdict"] == "Approve"
        assert raw["revision"]


async def test_observe_waits_and_never_asks() -> None:
    policy = MemoryPolicyEngine(APPROVE)
    ruling = await GovernanceEngine(policy).rule(plan(), FACTS, view(), Mode.OBSERVE)
    assert isinstance(ruling, NoRuling)
    assert ruling.reason == "ModeObserve"
    assert policy.asked == []


@pytest.mark.parametrize("scope", [{}, {"names": ["nobody"]}], ids=str)
async def test_while_a_kill_switch_is_on_plans_wait_and_policy_is_not_asked(scope: dict[str, Any]) -> None:
    policy = MemoryPolicyEngine(APPROVE)
    seen = view(redlines={"default": redline(), "stop": redline("stop", killSwitch=True, appliesTo=scope)})
    ruling = await GovernanceEngine(policy).rule(plan(), FACTS, seen, Mode.ENFORCE)
    assert isinstance(ruling, NoRuling)
    assert (ruling.reason, "RedLine stop" in ruling.message) == ("KillSwitch", True)
    assert policy.asked == []


async def test_without_any_redline_nothing_is_approved() -> None:
    ruling = await ruled(seen=view(redlines={}))
    assert isinstance(ruling, NoRuling)
    assert ruling.reason == "NoRedLine"


async def test_propose_turns_an_approval_into_a_question_to_a_person() -> None:
    ruling = await ruled(mode=Mode.PROPOSE)
    assert verdict(ruling) is Verdict.REQUIRE_APPROVAL
    assert isinstance(ruling, Ruling)
    assert ruling.reasons == ("mode: Propose, so a person decides", "small_step: small")


async def test_a_plan_made_under_propose_needs_a_person_even_when_the_mode_is_enforce_by_now() -> None:
    assert verdict(await ruled(of=plan(requiresPerson=True))) is Verdict.REQUIRE_APPROVAL


async def test_propose_softens_no_denial() -> None:
    assert verdict(await ruled(DENY, mode=Mode.PROPOSE)) is Verdict.DENY


async def test_a_redline_denies_what_policy_would_approve_and_policy_is_not_asked() -> None:
    policy = MemoryPolicyEngine(APPROVE)
    seen = view(redlines={"default": redline(limits={"maxReplicas": 3})})
    ruling = await GovernanceEngine(policy).rule(plan(), FACTS, seen, Mode.ENFORCE)
    assert verdict(ruling) is Verdict.DENY
    assert policy.asked == []


@pytest.mark.parametrize(
    "change", [{"justification": "another"}, {"digest": "sha256:" + "f" * 64}, {"requires_person": True}], ids=str
)
async def test_a_plan_whose_digest_is_not_that_of_its_content_is_denied(change: dict[str, Any]) -> None:
    honest = plan()
    changed = honest.model_copy(update={"spec": honest.spec.model_copy(update=change)})
    ruling = await ruled(of=changed)
    assert verdict(ruling) is Verdict.DENY
    assert isinstance(ruling, Ruling)
    assert "the digest does not match" in ruling.reasons[0]


@pytest.mark.parametrize("namespaces", [{}, {"shop": namespace(enabled=False)}])
async def test_a_plan_in_a_namespace_that_has_not_opted_in_is_denied(namespaces: dict[str, Any]) -> None:
    assert verdict(await ruled(seen=view(namespaces=namespaces))) is Verdict.DENY


async def test_what_an_action_objects_to_is_denied() -> None:
    facts = StepFacts("Scale", target(), (), frozenset(), "scale", objection="scaled by an HPA")
    ruling = await ruled(facts=(facts,))
    assert isinstance(ruling, Ruling)
    assert ruling.reasons == ("Deployment shop/agent: scaled by an HPA",)


async def test_a_frozen_plan_is_told_until_when_and_policy_is_not_asked() -> None:
    policy = MemoryPolicyEngine(APPROVE)
    seen = view(redlines={"default": redline(freezeDays=["Wednesday"])})
    ruling = await GovernanceEngine(policy).rule(plan(), FACTS, seen, Mode.ENFORCE)
    assert ruling == NoRuling("Frozen", "RedLine default: frozen until 2025-01-02 00:00 UTC")
    assert policy.asked == []


async def test_a_redline_denies_in_a_freeze_too() -> None:
    line = redline(freezeDays=["Wednesday"], limits={"maxReplicas": 3})
    assert verdict(await ruled(seen=view(redlines={"default": line}))) is Verdict.DENY


def left(share: str) -> AdaptationPlan:
    return plan(evidence={"summary": "?", "budgetRemaining": share})


async def test_with_little_of_the_budget_left_a_person_decides_what_policy_would_approve() -> None:
    ruling = await ruled(of=left("9.0%"))
    assert isinstance(ruling, Ruling)
    assert ruling.verdict is Verdict.REQUIRE_APPROVAL
    assert ruling.reasons == ("budget: 9.0% of it is left, and at 10.0% or less a person decides", "small_step: small")
    assert verdict(await ruled(of=left("80.0%"))) is Verdict.APPROVE


async def test_little_budget_softens_no_denial() -> None:
    assert verdict(await ruled(DENY, of=left("1.0%"))) is Verdict.DENY


@pytest.mark.parametrize(("answer", "reviewers"), [(PERSON, 1), ({**PERSON, "reviewers": 3}, 3)])
async def test_policy_says_how_many_people_must_approve_and_one_where_it_says_nothing(
    answer: object, reviewers: int
) -> None:
    ruling = await ruled(answer)
    assert isinstance(ruling, Ruling)
    assert ruling.reviewers == reviewers


async def test_what_asks_for_a_person_keeps_how_many_policy_wants() -> None:
    ruling = await ruled({**APPROVE, "reviewers": 2}, mode=Mode.PROPOSE)
    assert isinstance(ruling, Ruling)
    assert (ruling.verdict, ruling.reviewers) == (Verdict.REQUIRE_APPROVAL, 2)


async def test_policy_is_asked_with_everything_it_may_decide_on() -> None:
    policy = MemoryPolicyEngine(APPROVE)
    await GovernanceEngine(policy).rule(plan(), FACTS, view(), Mode.PROPOSE)
    (asked,) = policy.asked
    assert asked["now"] == "2025-01-01T12:00:00Z"
    assert asked["mode"] == "Propose"
    assert asked["contract"] == {"name": "agent", "tier": "Silver", "annotations": {}}
    assert asked["budget"] == {"remaining": 0.4}
    assert asked["steps"][0]["replicas"] == {"before": 2, "after": 4}
    assert asked["plan"]["trigger"]["sloAlert"]["level"] == "Breach"


async def test_policy_is_told_nothing_where_nothing_is_known() -> None:
    policy = MemoryPolicyEngine(APPROVE)
    unknown = plan(evidence={"summary": "?", "budgetRemaining": "Unknown"})
    restart = StepFacts("Restart", target(), (), frozenset(), "restart all pods")
    await GovernanceEngine(policy).rule(unknown, (restart,), view(contracts={}), Mode.ENFORCE)
    (asked,) = policy.asked
    assert (asked["budget"], asked["contract"], asked["steps"][0]["replicas"]) == (None, None, None)
