"""ReliabilityLoop: what burns too fast asks for the mildest cure that was not tried yet."""

from collections.abc import Iterable
from typing import ClassVar

from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.findings import Analysis
from autonomic.domain.readings import Answers, Question
from autonomic.domain.view import View
from autonomic.loops.reliability_finding import findings


class ReliabilityLoop:
    """Looks at the contracts whose alert shows a level; the SLO turn has counted and judged them."""

    type: ClassVar[str] = "Reliability"

    def monitor(self, view: View) -> Iterable[Question]:
        """Nothing: what must be known of contracts is in the view."""
        return ()

    def analyze(self, loop: ControlLoopResource, view: View, answers: Answers) -> Analysis:
        """A finding for each objective that asks for a change, and each cure of it that is untried."""
        found = [
            finding
            for key, assessments in sorted(view.assessments.items())
            if key in view.contracts
            for seen in assessments
            for finding in findings(view.contracts[key], seen, loop, view)
        ]
        return Analysis(findings=tuple(found))

    def pace(self, view: View) -> float | None:
        """The loop's own interval; the SLO turn wakes it when something burns."""
        return None
