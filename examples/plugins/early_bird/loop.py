"""Early: what a contract keeps for a spent budget is proposed as soon as an alert shows a level."""

from collections.abc import Iterable
from typing import ClassVar

from autonomic.sdk.plugins import (
    AlertTrigger,
    Analysis,
    Answers,
    Assessment,
    ControlLoopResource,
    Evidence,
    Finding,
    Level,
    PlanVerification,
    Question,
    SLAContract,
    SLOVerification,
    Trigger,
    View,
    plan_name,
)

ANNOTATION = "autonomic.maestro.dev/loops"


class EarlyLoop:
    """For contracts that are annotated `autonomic.maestro.dev/loops: Early`; others are left alone."""

    type: ClassVar[str] = "Early"

    def monitor(self, view: View) -> Iterable[Question]:
        """Nothing: what must be known of contracts is in the view."""
        return ()

    def analyze(self, loop: ControlLoopResource, view: View, answers: Answers) -> Analysis:
        """One finding for each objective that shows a level, in each incident."""
        found = [
            finding
            for key, assessments in sorted(view.assessments.items())
            if key in view.contracts and _lets_us(view.contracts[key])
            for seen in assessments
            if (finding := _finding(view.contracts[key], seen, loop)) is not None
        ]
        return Analysis(findings=tuple(found))

    def pace(self, view: View) -> float | None:
        """The loop's own interval."""
        return None


def _lets_us(contract: SLAContract) -> bool:
    return EarlyLoop.type in contract.metadata.annotations.get(ANNOTATION, "").split(",")


def _finding(contract: SLAContract, seen: Assessment, loop: ControlLoopResource) -> Finding | None:
    last = next((each for each in contract.spec.adaptations if Level.EXHAUSTED in each.levels), None)
    status = contract.status.reading(seen.objective, "")
    if last is None or seen.level is None or status is None or status.incident is None:
        return None
    meta, namespace = contract.metadata, contract.metadata.namespace or ""
    tier = next(each for each in contract.spec.objectives if each.name == seen.objective).tiers[0]
    since = status.since or seen.at
    wait = contract.spec.verification
    return Finding(
        loop=loop.metadata.name,
        owner=contract.ref,
        subject=seen.objective,
        name=plan_name(meta.name, seen.objective, (meta.uid, str(meta.generation), "early", str(status.incident))),
        trigger=Trigger(
            type="SLOAlert",
            slo_alert=AlertTrigger(contract=meta.name, objective=seen.objective, level=seen.level, since=since),
        ),
        permitted=last.actions,
        targets=tuple((each.target_ref or contract.spec.target_ref).within(namespace) for each in last.actions),
        justification=f"{meta.name}/{seen.objective} shows {seen.level}, and what is kept for the end may be done now.",
        evidence=Evidence(summary=f"the alert of {meta.name}/{seen.objective} is {seen.level}"),
        verification=PlanVerification(
            type="SLO",
            settle=wait.settle,
            within=wait.within,
            slo=SLOVerification(
                contract=meta.name, objective=seen.objective, window=tier.short, burn_below=tier.factor
            ),
        ),
        mode=loop.spec.mode,
    )
