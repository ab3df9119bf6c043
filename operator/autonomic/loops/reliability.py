"""ReliabilityLoop: error budgets and burn rates of every SLAContract; what burns too fast asks for the mildest untried cure."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from autonomic.domain.budgets import Assessment
from autonomic.domain.contracts import Objective, SLAContract
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.errors import Invalid
from autonomic.domain.findings import Analysis, Finding, Report
from autonomic.domain.readings import Answers, Question
from autonomic.domain.view import View
from autonomic.loops.reliability_finding import findings
from autonomic.loops.reliability_report import Judged, not_judged, report
from autonomic.slo.assess import assess
from autonomic.slo.questions import ask_about, evaluation_time, tick


class ReliabilityLoop:
    """Holds contracts against what Prometheus counted."""

    type: ClassVar[str] = "Reliability"

    def monitor(self, view: View) -> Iterable[Question]:
        """Counts, history and freshness of every objective in a namespace that opted in."""
        for contract in _watched(view):
            for objective in contract.spec.objectives:
                try:
                    yield from ask_about(objective, _at(objective, view), exact=view.exact_counts).every()
                except Invalid:
                    continue  # `analyze` reports it on the contract

    def analyze(self, loop: ControlLoopResource, view: View, answers: Answers) -> Analysis:
        """A report for each contract, and a finding for each objective that asks for a change."""
        judged = [self._judge(contract, view, answers) for contract in view.contracts.values()]
        reports = tuple(each if isinstance(each, Report) else report(each, view) for each in judged)
        return Analysis(reports=reports, findings=tuple(self._findings(judged, reports, loop, view)))

    def pace(self, view: View) -> float | None:
        """The finest resolution of any objective, where it is finer than the loop's interval."""
        return min((tick(each) for contract in _watched(view) for each in contract.spec.objectives), default=None)

    def _judge(self, contract: SLAContract, view: View, answers: Answers) -> Judged | Report:
        if not view.namespace(contract.metadata.namespace).enabled:
            reason = f"namespace {contract.metadata.namespace} is not labelled autonomic.maestro.dev/enabled=true"
            return not_judged(contract, view, "NamespaceNotEnabled", reason)
        try:
            return Judged(contract, tuple(_assess(contract, each, view, answers) for each in contract.spec.objectives))
        except Invalid as error:
            return not_judged(contract, view, "InvalidIndicator", str(error))

    def _findings(
        self, judged: list[Judged | Report], reports: tuple[Report, ...], loop: ControlLoopResource, view: View
    ) -> Iterable[Finding]:
        for each, told in zip(judged, reports, strict=True):
            if isinstance(each, Judged):
                for assessment in each.assessments:
                    yield from findings(each.contract, assessment, told, loop, view)


def _watched(view: View) -> Iterable[SLAContract]:
    return (each for each in view.contracts.values() if view.namespace(each.metadata.namespace).enabled)


def _at(objective: Objective, view: View) -> datetime:
    return evaluation_time(view.now, objective.alerting.resolution, view.ingestion_delay)


def _assess(contract: SLAContract, objective: Objective, view: View, answers: Answers) -> Assessment:
    asked = ask_about(objective, _at(objective, view), exact=view.exact_counts)
    return assess(contract.key, objective, asked, answers, exact=view.exact_counts)
