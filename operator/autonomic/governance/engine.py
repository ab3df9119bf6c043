"""GovernanceEngine: the strictest of RedLines, mode and policy engine. Silence is never approval."""

from dataclasses import replace

from pydantic import ValidationError

from autonomic.domain.decisions import NoRuling, PolicyAnswer, Ruling
from autonomic.domain.errors import AutonomicError
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.targets import StepFacts
from autonomic.domain.view import View
from autonomic.domain.words import Mode, Verdict
from autonomic.governance.autonomy import asks_person
from autonomic.governance.digest import canonical_digest, digest
from autonomic.governance.redlines import freezes, kill_switch, postponements, refusals
from autonomic.governance.request import request
from autonomic.ports.policy import PolicyEngine


class GovernanceEngine:
    """Answers whether a plan may be carried out. It is asked when a plan is made, and again just before it acts."""

    def __init__(self, policy: PolicyEngine) -> None:
        self._policy = policy

    async def rule(
        self, plan: AdaptationPlan, steps: tuple[StepFacts, ...], view: View, mode: Mode
    ) -> Ruling | NoRuling:
        """The strictest answer of all that were asked, or why there is none yet."""
        line = kill_switch(view)
        if line:
            return NoRuling("KillSwitch", f"the kill switch of RedLine {line} is on: the plan waits until it is lifted")
        denied = objections(plan, steps, view)
        if denied:
            return Ruling(Verdict.DENY, denied, plan.spec.policy_revision)
        if mode is Mode.OBSERVE:
            return NoRuling("ModeObserve", "the mode in force is Observe: plans wait until it is Propose or Enforce")
        if not view.redlines:
            return NoRuling("NoRedLine", "there is no RedLine: nothing is done where nothing is forbidden")
        later = not_yet(plan, steps, view)
        if later:
            return later
        return _floor(await self._ask(plan, steps, view, mode), plan, view, mode)

    async def _ask(
        self, plan: AdaptationPlan, steps: tuple[StepFacts, ...], view: View, mode: Mode
    ) -> Ruling | NoRuling:
        question = request(plan, steps, view, mode)
        try:
            raw = await self._policy.decide(question)
        except AutonomicError as error:
            return NoRuling("PolicyEngineUnavailable", str(error))
        answer = read_answer(raw)
        return replace(answer, decision_id=canonical_digest(question)[:23]) if isinstance(answer, Ruling) else answer


def objections(plan: AdaptationPlan, steps: tuple[StepFacts, ...], view: View) -> tuple[str, ...]:
    """What forbids the plan whatever a policy says."""
    found = [f"{step.target.ref}: {step.objection}" for step in steps if step.objection]
    if digest(plan.spec) != plan.spec.digest:
        found.append("the digest does not match the content: the plan was changed after it was made")
    if not view.namespace(plan.metadata.namespace).enabled:
        found.append(f"namespace {plan.metadata.namespace} has not opted in")
    return tuple(found) + refusals(plan, steps, view)


def not_yet(plan: AdaptationPlan, steps: tuple[StepFacts, ...], view: View) -> NoRuling | None:
    """What time lifts: a freeze, and bounds on how many plans there are. None when the plan may begin now."""
    frozen = freezes(plan, steps, view)
    if frozen:
        return NoRuling("Frozen", "; ".join(frozen))
    full = postponements(plan, steps, view)
    return NoRuling("RedLineLimit", "; ".join(full)) if full else None


def read_answer(raw: object) -> Ruling | NoRuling:
    """The ruling in a policy engine's answer. Undefined, malformed or contradictory is no ruling."""
    if raw is None:
        return NoRuling(
            "PolicyUndefined", "the policy engine has no decision for this plan: data.autonomic.decision is undefined"
        )
    try:
        answer = PolicyAnswer.model_validate(raw)
    except ValidationError as error:
        return NoRuling("PolicyMalformed", f"the policy engine's answer is malformed: {_first(error)}")
    verdict = Verdict(answer.verdict)
    if answer.allow != (verdict is Verdict.APPROVE):
        return NoRuling(
            "PolicyMalformed", f"the policy engine contradicts itself: allow is {answer.allow}, verdict {verdict}"
        )
    reasons = tuple(f"{rule}: {reason}" for rule, reason in zip(answer.rules, answer.reasons, strict=False))
    return Ruling(verdict, tuple(reason[:1000] for reason in reasons), answer.revision, reviewers=answer.reviewers)


def _floor(ruling: Ruling | NoRuling, plan: AdaptationPlan, view: View, mode: Mode) -> Ruling | NoRuling:
    """What asks for a person whatever policy says: the mode, now or when the plan was made, and a budget nearly spent."""
    if isinstance(ruling, NoRuling) or ruling.verdict is not Verdict.APPROVE:
        return ruling
    proposes = mode is Mode.PROPOSE or plan.spec.requires_person
    asking = ("mode: Propose, so a person decides" if proposes else None, asks_person(plan, view))
    reasons = tuple(reason for reason in asking if reason)
    if not reasons:
        return ruling
    return replace(ruling, verdict=Verdict.REQUIRE_APPROVAL, reasons=(*reasons, *ruling.reasons))


def _first(error: ValidationError) -> str:
    details = error.errors()[0]
    return f"{'.'.join(str(part) for part in details['loc']) or 'value'}: {details['msg']}"
